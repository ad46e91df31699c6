"""Azure: templates, live answers, and the lowering that Terraform shares."""

from hushdesk.guard.dialects.azure._dialect import AzureDialect
from hushdesk.guard.dialects.azure._lower import lower_azure
from hushdesk.guard.dialects.azure._tags import load_service_tags

__all__ = ["AzureDialect", "load_service_tags", "lower_azure"]

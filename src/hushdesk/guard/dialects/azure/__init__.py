"""Azure: templates, live answers, and the lowering that Terraform shares."""

from hushdesk.guard.dialects.azure._lower import lower_azure

__all__ = ["lower_azure"]

"""AWS: live answers, CloudFormation templates, and the semantics that Terraform's ``aws_*`` share."""

from hushdesk.guard.dialects.aws._dialect import AwsDialect
from hushdesk.guard.dialects.aws._lower import lower_aws

__all__ = ["AwsDialect", "lower_aws"]

"""AWS: live answers, CloudFormation templates, and the semantics that Terraform's ``aws_*`` share."""

from hushdesk.guard.dialects.aws._lower import lower_aws

__all__ = ["lower_aws"]

"""Terraform: what a configuration, a plan or a state lets in."""

from hushdesk.guard.dialects.terraform._dialect import TerraformDialect

__all__ = ["TerraformDialect"]

"""The module by itself: format, validity, and its own tests, which mock the provider."""

import pytest

pytestmark = pytest.mark.timeout(600)


def describe_the_module():
    def it_is_formatted(terraform):
        terraform("fmt", "-check", "-diff", "-recursive", "-no-color")

    def it_is_valid(terraform):
        terraform("validate", "-no-color")

    def it_leaves_redshift_parameters_that_aws_adds_alone(terraform):
        # A mocked provider answers with the parameters it was given, so that `terraform test` sees no drift.
        workgroup = (terraform.folder / "redshift.tf").read_text().partition('"aws_redshiftserverless_workgroup"')[2]
        assert "ignore_changes = [config_parameter]" in workgroup.partition("\nresource ")[0]

    def it_passes_its_own_tests(terraform):
        assert "Success!" in terraform("test", "-no-color")

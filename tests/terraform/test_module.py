"""The module by itself: format, validity, and its own tests, which mock the provider."""

import pytest

pytestmark = pytest.mark.timeout(600)


def describe_the_module():
    def it_is_formatted(terraform):
        terraform("fmt", "-check", "-diff", "-recursive", "-no-color")

    def it_is_valid(terraform):
        terraform("validate", "-no-color")

    def it_passes_its_own_tests(terraform):
        assert "Success!" in terraform("test", "-no-color")

"""Terraform on a copy of the module; where it is not installed its tests are skipped, which the summary reports."""

import pytest
from terraform_support import Terraform, UnavailableError, copy_module, package

APPLY = "test_apply.py"


def pytest_collection_modifyitems(items):
    """Puts the longest tests first."""
    items.sort(key=lambda item: item.path.name != APPLY)


@pytest.fixture(scope="session")
def module_copy(tmp_path_factory):
    """The module's folder in a copy of the project, with the output of `make package`."""
    folder = tmp_path_factory.mktemp("deployed")
    package(folder / "build")
    return copy_module(folder)


@pytest.fixture(scope="session")
def terraform(module_copy):
    """Terraform, initialized in that folder."""
    try:
        return Terraform(module_copy).init()
    except UnavailableError as error:
        pytest.skip(f"NOT TESTED: terraform/. {error}")

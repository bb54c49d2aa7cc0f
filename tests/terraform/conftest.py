"""Terraform on a copy of the module; its tests are skipped, which the end of the run says aloud, where it is not."""

import pytest
from terraform_support import Terraform, UnavailableError, copy_module, package

APPLY = "test_apply.py"


def pytest_collection_modifyitems(items):
    """What takes longest first."""
    items.sort(key=lambda item: item.path.name != APPLY)


@pytest.fixture(scope="session")
def module_copy(tmp_path_factory):
    """The module's folder in a copy of the project, with what `make package` makes."""
    folder = tmp_path_factory.mktemp("deployed")
    package(folder / "build")
    return copy_module(folder)


@pytest.fixture(scope="session")
def terraform(module_copy):
    """Terraform, ready to work there."""
    try:
        return Terraform(module_copy).init()
    except UnavailableError as error:
        pytest.skip(f"NOT TESTED: terraform/. {error}")

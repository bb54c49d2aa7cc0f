"""Ends fixtures of the session where the tests that can ask for them end.

They are of the session because pytest-describe takes each block for a module. A stack with its JVM has a gigabyte; a
dozen of them, idle until the end, took more memory than some machines have.
"""

import pytest


class FolderFixtures:
    """A plugin. It is no part of a conftest.py, since pytest asks none about fixtures of the session."""

    def __init__(self):
        self.set_up = []

    def pytest_fixture_setup(self, fixturedef, request):
        """Notes a fixture, with the request that was the first for it."""
        if fixturedef.scope == "session" and fixturedef.baseid:
            self.set_up.append((fixturedef, request))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, nextitem):
        """Ends what was defined in a file or folder that the next test is not in."""
        yield
        for fixture, request in reversed(self.set_up.copy()):
            if nextitem and not f"{nextitem.nodeid}/".startswith((f"{fixture.baseid}/", f"{fixture.baseid}::")):
                self.set_up.remove((fixture, request))
                fixture.finish(request)

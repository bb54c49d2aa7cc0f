"""What is compiled while the project is set up."""

import sys
from importlib.util import find_spec

import pytest

from local_glue.job import STANDIN
from local_glue.precompile import modules


@pytest.mark.parametrize("name", modules())
def test_it_is_there(name, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(STANDIN), *sys.path])
    assert find_spec(name)

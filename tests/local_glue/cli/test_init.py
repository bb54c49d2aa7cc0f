"""`local-glue init`; that what it writes works is tested where the wheel is (`test_wheel.py`)."""

from typer.testing import CliRunner

from local_glue.cli.main import app


def _init(folder):
    return CliRunner().invoke(app, ["init", str(folder)])


def test_it_overwrites_nothing(tmp_path):
    (tmp_path / "pyproject.toml").write_text("mine")
    answer = _init(tmp_path)
    assert answer.exit_code == 1
    assert "is there already" in answer.output
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]

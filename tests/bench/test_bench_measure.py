import sys

import pytest

from bench import measure

WAITING = """#!{python}
import pathlib, sys, time
out = pathlib.Path(sys.argv[4])
try:
    (out / "up").touch()
    time.sleep(60)
finally:
    (out / "down").touch()
"""


def describe_run():
    def it_lets_a_contender_take_down_what_it_has_put_up_when_it_is_stopped(tmp_path, monkeypatch):
        contender = tmp_path / "contender"
        contender.write_text(WAITING.format(python=sys.executable))
        contender.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(contender))

        def stop_when_up(_):
            if (tmp_path / "out" / "up").exists():
                raise KeyboardInterrupt

        monkeypatch.setattr(measure.time, "sleep", stop_when_up)
        with pytest.raises(KeyboardInterrupt):
            measure.run(["waiting"], tmp_path, tmp_path / "out")
        assert (tmp_path / "out" / "down").exists()

"""All contenders on a small input: they agree, also with the tests' own recomputation."""

import json

import pytest
from oracle import Delivery, recompute

from bench import measure, shape
from bench.compare import require_same
from bench.generate import generate, read_delivery
from bench.rounds import CONTENDERS
from bench.shape import Shape
from bench.tables import COUNTS, TABLES, names

SMALL = Shape(plays=2_000, files=3, users=150, tracks=400, days=3)
IN_PROCESSES = [name for name in CONTENDERS if name != "whole"]


def write_oracle(source, out):
    """The recomputation in the form in which contenders write; odd lines fail DuckDB's reader, so none is `clean`."""
    files = sorted(
        (source / "landing").rglob("*.csv"), key=lambda path: ("users", "songs", "streams").index(path.parent.name)
    )
    expected = recompute([Delivery(path.parent.name, path) for path in files], latest="2090-01-01")
    for name in TABLES:
        (out / name).mkdir(parents=True)
        path = out / name / "part-0.csv"
        expected.db.execute(f"COPY (SELECT {', '.join(names(name))} FROM {name}) TO '{path}' (HEADER)")
    return expected


@pytest.mark.slow
@pytest.mark.spark
def test_all_contenders_agree_with_the_oracle(tmp_path, monkeypatch):
    monkeypatch.setattr(shape, "BUILD", tmp_path)
    source = generate(SMALL)
    expected = write_oracle(source, tmp_path / "oracle")
    for name in IN_PROCESSES:
        measure.run(CONTENDERS[name], source, tmp_path / name)
        require_same(tmp_path / name, tmp_path / "oracle", counts=False)
        require_same(tmp_path / name, tmp_path / IN_PROCESSES[0])
    delivery, counts = read_delivery(source), json.loads((tmp_path / "engine" / COUNTS).read_text())
    assert counts["loaded"] == expected.value("SELECT count(*) FROM streams")
    assert (counts["quarantined"], counts["pending_after"]) == (delivery["quarantined"], delivery["pending"])

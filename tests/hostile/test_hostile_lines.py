"""Odd lines of every kind: the engine finds the reasons and values that an oracle of plain Python finds.

`make test` takes about 20,000 lines of a fixed seed. More: FUZZ_ROWS=1000000 FUZZ_SEED=2 pytest -m slow FILE.
"""

import os
import random
import time

import pytest

from glue_jobs.lib.contracts.datasets import DATASETS
from tests.hostile.engine import Engine, as_sifted, differences, expected, odd_files, without_doubtful

pytestmark = pytest.mark.spark

SEED = int(os.environ.get("FUZZ_SEED", "1"))
ROWS = int(os.environ.get("FUZZ_ROWS", "1000000"))
CHUNK = 20_000


def check(spark, folder, dataset, rng, *, rows, files, sift=True):
    """Compares about `rows` lines; returns how many rows there were, and how many of them are clean."""
    given = odd_files(rng, dataset, rows=rows, files=files)
    right, engine = expected(dataset, given), Engine(spark, dataset, given, folder)
    assert engine.counted == right.total()
    outcomes = engine.outcomes()
    found = differences(*without_doubtful(dataset, outcomes, right))
    if sift:
        found += differences(engine.sifted(), as_sifted(outcomes))
    assert not found, "\n".join(found)
    return right.total(), sum(count for (_, _, (reasons, *_)), count in right.items() if not reasons)


@pytest.mark.parametrize("name", DATASETS)
def test_lines_have_the_reasons_and_values_that_they_should(spark, tmp_path, name):
    rng = random.Random(f"{SEED} {name}")
    rows, clean = check(spark, tmp_path / "files", DATASETS[name], rng, rows=4000, files=4)
    assert rows > 3500
    assert 0.25 * rows < clean < 0.75 * rows


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_a_million_lines(spark, tmp_path, record_property):
    rng, done, good, begun = random.Random(SEED), 0, 0, time.monotonic()
    while done < ROWS:
        for dataset in DATASETS.values():
            folder = tmp_path / f"{done}"
            rows, clean = check(spark, folder, dataset, rng, rows=min(CHUNK, ROWS), files=10, sift=False)
            done, good = done + rows, good + clean
            for path in folder.iterdir():
                path.unlink()
    record_property("figures", f"{done} rows, {good} clean, {time.monotonic() - begun:.0f} s")

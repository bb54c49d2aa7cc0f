"""Mangled files of every kind: the file check finds what an oracle of plain Python finds.

`make test` takes 300 files of a fixed seed. More: FUZZ_FILES=5000 FUZZ_SEED=2 pytest FILE.
"""

import os
import random

import pytest
from oracle.files import judge

from glue_jobs.lib.contracts.datasets import DATASETS
from glue_jobs.lib.intake import inspection
from tests.hostile.file_grammar import odd_file

SEED = int(os.environ.get("FUZZ_SEED", "1"))
FILES = int(os.environ.get("FUZZ_FILES", "300"))
CHUNKS, MOST_CHUNKS = (1, 13, 4096, 1 << 20), 3000


def difference(body, dataset, chunk):
    """What the file check says otherwise than the oracle, if anything."""
    found = inspection.check((body[at : at + chunk] for at in range(0, len(body), chunk)), dataset, name="a")
    right = judge(body, dataset)
    if found.problem:
        return None if found.problem.reason in right.problems else (found.problem, right)
    same = not right.problems and (found.header, found.lines) == (right.header, right.rows)
    return None if same else (found, right)


@pytest.mark.parametrize("name", DATASETS)
def test_files_are_taken_or_refused_for_what_is_wrong(name):
    rng, taken, files = random.Random(f"{SEED} {name}"), 0, FILES // len(DATASETS)
    for number in range(files):
        body = odd_file(rng, DATASETS[name])
        chunk = rng.choice([size for size in CHUNKS if len(body) <= MOST_CHUNKS * size])
        assert difference(body, DATASETS[name], chunk) is None, (number, chunk, body[:3000])
        taken += not judge(body, DATASETS[name]).problems
    assert 0.2 * files < taken < 0.8 * files

"""The campaign: a short one with a fixed seed, and `make soak MINUTES=30` with a seed that it prints."""

from collections import Counter

import pytest
import soak
from campaigns import SparkifyCampaign, StreamsCampaign
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

pytestmark = [pytest.mark.stack, pytest.mark.spark]

STEPS = 8


def _live(machine, number, *, lives, steps, shrink):
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    how = settings(
        max_examples=lives, stateful_step_count=steps, deadline=None, database=None, phases=phases,
        suppress_health_check=checks, report_multiple_bugs=False,
    )  # fmt: skip
    # The first life that Hypothesis tries is the simplest; the others would be short.
    run_state_machine_as_test(seed(number)(machine), settings=how, _min_steps=steps)


@pytest.fixture(params=[StreamsCampaign, SparkifyCampaign], ids=["streams", "sparkify"])
def machine(request, pipeline, monkeypatch):
    """The campaign of a workflow on an emptied stack."""
    pipeline.workflow = request.param.__name__.removesuffix("Campaign").lower()

    class Here(request.param):
        """What Hypothesis makes anew for each life."""

    Here.pipeline, Here.monkeypatch, Here.did = pipeline, monkeypatch, Counter()
    return Here


@pytest.mark.timeout(900)
def test_whatever_happens_the_warehouse_is_the_recomputation(machine):
    _live(machine, 22, lives=2, steps=STEPS, shrink=False)
    assert machine.did["checks"] > 2


@pytest.mark.slow
@soak.only
@pytest.mark.timeout(0)
def test_soak(machine, capsys):
    name = machine.pipeline.workflow
    for number in soak.rounds():
        soak.say(capsys, f"{name}, seed {number}; so far {dict(machine.did) or 'nothing'}")
        _live(machine, number, lives=2, steps=2 * STEPS, shrink=True)
    soak.say(capsys, f"{name}, to seed {number}: {dict(machine.did)}; nothing lost, nothing counted twice")

"""Property: for any split of plays into files and runs, any order and repeats, the warehouse is the recomputation."""

import pytest
import samples
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

pytestmark = [pytest.mark.stack, pytest.mark.spark]

PLAYS = samples.all_plays()[:120]
CATALOGUE = ("users", "songs")


@st.composite
def deliveries(draw):
    """One or two runs of files; each play is in at least one, the catalogue comes in any run and may come twice."""
    runs = draw(st.integers(1, 2))
    cuts = sorted(draw(st.lists(st.integers(0, len(PLAYS)), max_size=4)))
    plays = draw(st.permutations(PLAYS))
    parts = [plays[start:end] for start, end in zip([0, *cuts], [*cuts, len(plays)], strict=True) if start < end]
    repeated = draw(st.lists(st.sampled_from(PLAYS), max_size=20))
    files = [("streams", samples.plays(part)) for part in [*parts, *([repeated] if repeated else [])]]
    half = draw(st.integers(1, len(samples.tracks()) - 1))
    files += [("songs", samples.songs(part)) for part in (samples.tracks()[:half], samples.tracks()[half:])]
    files += [("users", samples.users())] * draw(st.integers(1, 2))
    plan = [[] for _ in range(runs)]
    for number, (dataset, content) in enumerate(draw(st.permutations(files))):
        plan[draw(st.integers(0, runs - 1))].append((f"{dataset}/{number}.csv", content))
    return plan


def describe_any_split():
    @pytest.mark.timeout(600)
    @settings(
        max_examples=2,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(plan=deliveries())
    def it_gives_the_recomputation(pipeline, plan):
        pipeline.stack.reset()
        pipeline.delivered.clear()
        for files in plan:
            for key, content in files:
                pipeline.put(key, content)
            pipeline.run()
        pipeline.assert_exact()

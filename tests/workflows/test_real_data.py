"""Real users, songs and plays: no matter how they arrive, the warehouse is the one that DuckDB computes."""

import pytest
from oracle import assert_same_tables, warehouse_rows

pytestmark = [pytest.mark.stack, pytest.mark.spark, pytest.mark.usefixtures("adaptive")]


def _put(pipeline, lab, *names):
    for name in names:
        folder = {"users.csv": "users", "songs.sample20.csv": "songs"}.get(name, "streams")
        pipeline.put(f"{folder}/{name}", lab / name, clean=True)


def _halves(lab, tmp_path):
    """The songs sample in two files."""
    header, *lines = (lab / "songs.sample20.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    for number, part in enumerate((lines[::2], lines[1::2])):
        (tmp_path / f"part{number}.csv").write_text(header + "".join(part), encoding="utf-8")
        yield tmp_path / f"part{number}.csv"


@pytest.fixture(scope="module")
def seen():
    """Warehouses of the tests of this module, to be compared with each other."""
    return {}


def _remember(pipeline, seen):
    with pipeline.stack.connect("warehouse") as connection:
        rows = warehouse_rows(connection)
    for name, others in seen.items():
        assert_same_tables(rows, others), name
    seen[len(seen)] = rows


def describe_real_data():
    @pytest.mark.ci
    def it_is_exact_in_two_runs(pipeline, lab, seen):
        _put(pipeline, lab, "users.csv", "songs.sample20.csv", "streams1.csv")
        pipeline.run()
        pipeline.assert_exact()
        _put(pipeline, lab, "streams2.csv")
        pipeline.run()
        pipeline.assert_exact()
        assert pipeline.rows("SELECT count(DISTINCT track_genre) FROM music.songs") == [(113,)]
        _remember(pipeline, seen)

    @pytest.mark.slow
    def it_is_exact_in_one_run(pipeline, lab, seen):
        _put(pipeline, lab, "users.csv", "songs.sample20.csv", "streams1.csv", "streams2.csv")
        pipeline.run()
        pipeline.assert_exact()
        _remember(pipeline, seen)

    @pytest.mark.nightly
    def it_is_exact_in_the_other_order_with_songs_that_arrive_last(pipeline, lab, seen, tmp_path):
        first, rest = _halves(lab, tmp_path)
        pipeline.put("songs/first.csv", first, clean=True)
        _put(pipeline, lab, "users.csv", "streams2.csv")
        pipeline.run()
        _put(pipeline, lab, "streams1.csv")
        pipeline.put("songs/rest.csv", rest, clean=True)
        pipeline.run()
        pipeline.assert_exact()
        _remember(pipeline, seen)

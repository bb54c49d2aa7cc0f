"""Real events and songs: no matter how they arrive, the star schema is the one that DuckDB computes."""

import pytest
from oracle import assert_same_tables, warehouse_rows

pytestmark = [pytest.mark.stack, pytest.mark.spark]


@pytest.fixture(scope="session")
def seen():
    """Warehouses of the tests of this module, to be compared with each other."""
    return []


def _remember(pipeline, seen):
    pipeline.assert_exact()
    with pipeline.stack.connect("warehouse") as connection:
        rows = warehouse_rows(connection, schema="sparkify")
    for others in seen:
        assert_same_tables(rows, others, schema="sparkify")
    seen.append(rows)


def _put(pipeline, folder, paths):
    for path in paths:
        pipeline.put(path.relative_to(folder).as_posix(), path)


def _logs(folder):
    return sorted((folder / "log_data").rglob("*.json"))


def _songs(folder):
    return sorted((folder / "song_data").rglob("*.json"))


def describe_real_events():
    @pytest.mark.ci
    def it_is_exact_in_one_run_whatever_comes_twice_or_cut_off(sparkify, events_and_songs, seen):
        logs, songs = _logs(events_and_songs), _songs(events_and_songs)
        _put(sparkify, events_and_songs, [*logs, *songs])
        whole = logs[-1].read_bytes()
        kept = whole.rstrip()[:-40]
        sparkify.put("log_data/2018/11/copy of the last.json", whole)
        sparkify.put("log_data/2018/11/.ipynb_checkpoints/1-checkpoint.json", whole, valid=False)
        sparkify.put("song_data/.ipynb_checkpoints/1-checkpoint.json", songs[0], valid=False)
        sparkify.put("log_data/2018/11/cut off.json", kept)
        books = sparkify.file_books(sparkify.run())
        _remember(sparkify, seen)
        lines = kept.count(b"\n") + 1
        assert _counts(books["log_data/2018/11/copy of the last.json"]) == {"read": lines, "already_loaded": lines}
        cut_off = books["log_data/2018/11/cut off.json"]
        assert _counts(cut_off) == {"read": lines, "repeated": lines - 1, "quarantined": 1}
        assert cut_off["quarantined_by_rule"] == {"not_json": 1}
        assert not any(".ipynb_checkpoints" in key for key in books)
        ((repaired,),) = sparkify.rows("SELECT count(repaired_from) FROM sparkify.songplays")
        assert sum(book["warnings_by_rule"].get("text_repaired", 0) for book in books.values()) >= repaired > 0

    @pytest.mark.nightly
    def it_is_exact_in_the_other_order_with_songs_last(sparkify, events_and_songs, seen):
        logs, songs = _logs(events_and_songs), _songs(events_and_songs)
        for paths in (logs[7:], logs[:7][::-1], songs):
            _put(sparkify, events_and_songs, paths)
            sparkify.run()
        _remember(sparkify, seen)

    @pytest.mark.slow
    @pytest.mark.timeout(1200)
    def it_is_exact_day_by_day(sparkify, events_and_songs, seen):
        _put(sparkify, events_and_songs, _songs(events_and_songs))
        for path in _logs(events_and_songs):
            _put(sparkify, events_and_songs, [path])
            sparkify.run()
        _remember(sparkify, seen)


def _counts(book):
    names = ("read", "loaded", "already_loaded", "repeated", "quarantined", "out_of_window")
    return {name: book[name] for name in names if book[name]}

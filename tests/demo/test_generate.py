"""The generated folder is the same each time, and its manifest agrees with what DuckDB finds in the files."""

import hashlib
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from oracle import Delivery, recompute, recompute_star

from demo.generate import generate, main, manifest_path, more
from demo.manifest import Manifest
from demo.sparkify import defects as sparkify_defects
from demo.sparkify.sessions import FIELDS
from demo.sparkify.world import World
from demo.streams import defects

SMALL = {"days": 2, "plays": 800, "users": 120, "tracks": 200}
SIZES = {"streams": SMALL, "sparkify": {"days": 3, "events": 300, "songs": 30, "users": 12}}
STAR = ("songplays", "users", "songs", "artists", "time")
each_workflow = pytest.mark.parametrize("workflow", SIZES)


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _deliveries(folder: Path, manifest: Manifest) -> list[Delivery]:
    return [Delivery(entry.dataset, folder / entry.key) for entry in manifest.of(None, "LOADED", "REPEATED")]


def describe_generate():
    @each_workflow
    def it_writes_the_same_bytes_each_time(tmp_path, workflow):
        first, second = (generate(tmp_path / name, workflow, **SIZES[workflow]) for name in ("a", "b"))
        assert first == second
        assert _digest(tmp_path / "a") == _digest(tmp_path / "b")

    @each_workflow
    def it_writes_other_rows_for_another_seed(tmp_path, workflow):
        generate(tmp_path / "a", workflow, **SIZES[workflow])
        generate(tmp_path / "b", workflow, **SIZES[workflow], seed=8)
        assert _digest(tmp_path / "a") != _digest(tmp_path / "b")

    @each_workflow
    def it_books_every_file_it_writes(tmp_path, workflow):
        manifest = generate(tmp_path / "landing", workflow, **SIZES[workflow])
        assert set(_digest(tmp_path / "landing")) == set(manifest.files)

    @pytest.mark.parametrize("sizes", [{}, SMALL], ids=["as the demo", "small"])
    def it_books_what_duckdb_finds(tmp_path, sizes):
        manifest = generate(tmp_path, **sizes)
        expected = recompute(_deliveries(tmp_path, manifest))
        for dataset in ("users", "songs", "streams"):
            assert expected.value(f"SELECT count(*) FROM {dataset}") == manifest.total(dataset, "loaded")
        assert expected.value("SELECT count(*) FROM pending_streams") == manifest.total("streams", "pending")

    def it_plants_every_defect(tmp_path):
        manifest = generate(tmp_path, **SMALL)
        for dataset, planted in (("users", defects.USERS), ("songs", defects.SONGS), ("streams", defects.STREAMS)):
            assert set(manifest.by_rule(dataset)) == {rule for defect in planted for rule in defect.rules}

    def it_plants_every_defect_of_events_and_songs(tmp_path):
        manifest = generate(tmp_path, "sparkify", **SIZES["sparkify"])
        for dataset, planted in (("log_data", sparkify_defects.EVENTS), ("song_data", sparkify_defects.SONGS)):
            assert set(manifest.by_rule(dataset)) == {rule for defect in planted for rule in defect.rules}


def describe_generate_sparkify():
    @pytest.mark.parametrize("sizes", [{}, SIZES["sparkify"]], ids=["as the demo", "small"])
    def it_books_what_duckdb_finds(tmp_path, sizes):
        manifest = generate(tmp_path, "sparkify", **sizes)
        star = recompute_star(_deliveries(tmp_path, manifest))
        found = {name: star.value(f"SELECT count(*) FROM {name}") for name in STAR}
        assert found == {name: manifest.rows[name] for name in STAR}
        matched = star.value("SELECT count(song_id) FROM songplays")
        assert manifest.measures["matched"] == matched
        assert 0 < manifest.measures["matched_before_repair"] < matched < found["songplays"]

    def it_writes_people_whose_sessions_make_sense(tmp_path):
        world = World(**SIZES["sparkify"])
        sessions = defaultdict(list)
        for event in (event for day in world.events_by_day.values() for event in day):
            sessions[event["sessionId"], event["userId"]].append(event)
        for events in sessions.values():
            assert [e["itemInSession"] for e in events] == sorted({e["itemInSession"] for e in events})
            assert {tuple(event) for event in events} == {FIELDS}

    def it_changes_levels_where_people_ask_for_it():
        events = [event for day in World().events_by_day.values() for event in day if event["userId"]]
        level, changed = {}, Counter()
        for event in events:
            before = level.setdefault(event["userId"], event["level"])
            if before != event["level"]:
                changed[event["level"]] += 1
                level[event["userId"]] = event["level"]
        asked = Counter(event["page"] for event in events if event["page"].startswith("Submit"))
        assert changed == {"paid": asked["Submit Upgrade"], "free": asked["Submit Downgrade"]}


def describe_more():
    def it_resolves_the_plays_of_the_late_songs(tmp_path):
        manifest, later = generate(tmp_path / "a", **SMALL), more(tmp_path / "b", **SMALL)
        everything = _deliveries(tmp_path / "a", manifest) + _deliveries(tmp_path / "b", later)
        expected = recompute(everything)
        plays = manifest.total("streams", "loaded") + later.total("streams", "loaded") + later.resolved
        assert expected.value("SELECT count(*) FROM streams") == plays
        waiting = manifest.total("streams", "pending") + later.total("streams", "pending") - later.resolved
        assert expected.value("SELECT count(*) FROM pending_streams") == waiting
        assert later.resolved > 0

    def it_brings_songs_of_plays_that_had_none(tmp_path):
        sizes = SIZES["sparkify"]
        manifest, later = generate(tmp_path / "a", "sparkify", **sizes), more(tmp_path / "b", "sparkify", **sizes)
        star = recompute_star(_deliveries(tmp_path / "a", manifest) + _deliveries(tmp_path / "b", later))
        assert {name: star.value(f"SELECT count(*) FROM {name}") for name in STAR} == {
            name: later.rows[name] for name in STAR
        }
        matched = star.value("SELECT count(song_id) FROM songplays")
        assert matched > manifest.measures["matched"] + later.measures["matched"]
        assert later.resolved >= matched - manifest.measures["matched"] - later.measures["matched"]


def describe_main():
    def it_writes_the_manifest_beside_the_folder(tmp_path, capsys):
        out = tmp_path / "landing"
        main([str(out), "--plays", "300", "--users", "50", "--tracks", "100", "--days", "1"])
        assert Manifest.read(manifest_path(out)).files.keys() == _digest(out).keys()
        assert str(out) in capsys.readouterr().out

    def it_writes_all_workflows_into_one_folder(tmp_path):
        out = tmp_path / "landing"
        main([str(out), "--workflow", "all", "--users", "20", "--days", "1", "--plays", "300", "--events", "200"])
        planted = [set(Manifest.read(manifest_path(out, workflow)).files) for workflow in SIZES]
        assert set.union(*planted) == _digest(out).keys()

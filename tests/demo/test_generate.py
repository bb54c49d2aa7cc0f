"""The generated folder is the same each time, and its manifest agrees with what DuckDB finds in the files."""

import hashlib
from pathlib import Path

import pytest
from oracle import Delivery, recompute

from demo.generate import generate, main, manifest_path, more
from demo.manifest import Manifest
from demo.streams import defects

SMALL = {"days": 2, "plays": 800, "users": 120, "tracks": 200}


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _deliveries(folder: Path, manifest: Manifest) -> list[Delivery]:
    return [Delivery(entry.dataset, folder / entry.key) for entry in manifest.of(None, "LOADED", "REPEATED")]


def describe_generate():
    def it_writes_the_same_bytes_each_time(tmp_path):
        first, second = (generate(tmp_path / name, **SMALL) for name in ("a", "b"))
        assert first == second
        assert _digest(tmp_path / "a") == _digest(tmp_path / "b")

    def it_writes_other_plays_for_another_seed(tmp_path):
        generate(tmp_path / "a", **SMALL)
        generate(tmp_path / "b", **SMALL, seed=8)
        assert _digest(tmp_path / "a") != _digest(tmp_path / "b")

    def it_books_every_file_it_writes(tmp_path):
        manifest = generate(tmp_path / "landing", **SMALL)
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


def describe_main():
    def it_writes_the_manifest_beside_the_folder(tmp_path, capsys):
        out = tmp_path / "landing"
        main([str(out), "--plays", "300", "--users", "50", "--tracks", "100", "--days", "1"])
        assert Manifest.read(manifest_path(out)).files.keys() == _digest(out).keys()
        assert str(out) in capsys.readouterr().out

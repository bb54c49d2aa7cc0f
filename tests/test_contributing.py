"""The changes that CONTRIBUTING.md shows: applied to a copy of the project they work, and are as small as it says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PAGE = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHANGES = dict(re.findall(r"^### (.*?)\n.*?```diff\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE))
MOST = {"A rule": (1, 1), "A column": (1, 1), "A KPI table": (4, 30), "A dataset": (3, 20), "A job": (3, 45)}
"""Of each change, the files and lines that it takes at most; tests, demo and generated files aside."""

FAST = ("-m", "not spark and not stack and not slow and not nightly")
SKIPPED = (".git", ".venv", ".local_glue", ".demo", "build", "__pycache__", ".terraform")


def run(folder, *command, **options):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def apply(diff, folder):
    """Applies a diff whose line numbers say nothing: a hunk belongs where its lines stand, which is one place."""
    for change in re.split(r"^--- .*\n", diff, flags=re.MULTILINE)[1:]:
        target, *hunks = re.split(r"^@@.*@@\n", change, flags=re.MULTILINE)
        file = folder / target.strip().removeprefix("+++ b/")
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        for hunk in hunks:
            before, after = (
                "".join(line[1:] for line in hunk.splitlines(keepends=True) if line[0] in kept) for kept in (" -", " +")
            )
            assert text.count(before) == 1 or not text, f"{target.strip()} does not hold once:\n{before}"
            text = text.replace(before, after, 1)
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """A copy of the project with every change of the page."""
    folder = tmp_path_factory.mktemp("contributing") / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(*SKIPPED))
    for text in CHANGES.values():
        apply(text, folder)
    run(folder, sys.executable, "-m", "glue_jobs.lib.contracts.docs")
    return folder


@pytest.mark.parametrize("change", MOST)
def test_a_change_is_as_small_as_promised(change):
    lines = [line for line in CHANGES[change].splitlines() if line.startswith("+") and line[1:].strip()]
    files = [line for line in lines if line.startswith("+++ ")]
    assert (len(files), len(lines) - len(files)) <= MOST[change]


@pytest.mark.nightly
def test_the_fast_tests_pass_with_all_changes(changed):
    run(changed, sys.executable, "-m", "ruff", "check", "-q", "--fix", "glue_jobs")
    run(changed, sys.executable, "-m", "pytest", *FAST, "tests/glue_jobs", "tests/docs", "tests/test_layers.py")


PODCASTS = "podcast_id,title,publisher\np1,Ohren auf,Radio\np2,Quiet,\n,no id,x\n"
SONGS = (
    "id,track_id,artists,album_name,track_name,popularity,duration_ms,explicit,track_genre,danceability,energy,"
    "loudness,speechiness,acousticness,instrumentalness,liveness,valence,tempo\n"
    "1,t1,Ada;Bo,Album,Song,101,1000,False,pop,0.5,0.5,-5,0.1,0.2,0,0.3,0.4,120\n"
)
LABELLED = SONGS.replace("track_id,", "track_id,label,").replace("t1,", "t2,Label,")
USERS = "user_id,user_name,user_age,user_country,created_at\n1,Ann,30,France,2024-01-01\n"
PLAYS = "user_id,track_id,listen_time\n1,t1,2024-06-25 10:00:00\n1,t2,2024-06-25 11:00:00\n"


@pytest.mark.slow
@pytest.mark.stack
@pytest.mark.spark
def test_a_workflow_loads_what_the_changes_brought(changed, no_shared_stack, tmp_path):
    from local_glue.stack import Stack

    files = {"podcasts": PODCASTS, "songs/old": SONGS, "songs/new": LABELLED, "users": USERS, "streams": PLAYS}
    stack = Stack.start(changed, home=tmp_path / "home")
    try:
        s3 = stack.client("s3")
        for name, text in files.items():
            s3.put_object(Bucket="music-landing", Key=f"{name.partition('/')[0]}/{Path(name).name}.csv", Body=text)
        found = stack.run_workflow("streams")
        assert found["Statistics"]["FailedActions"] == 0
        with stack.connect("warehouse") as db:
            rows = {
                "podcasts": db.execute("SELECT podcast_id, publisher FROM music.podcasts ORDER BY 1").fetchall(),
                "songs": db.execute("SELECT track_id, label, popularity FROM music.songs ORDER BY 1").fetchall(),
                "artists": db.execute("SELECT rank, artist, listen_count FROM music.daily_top_artists").fetchall(),
                "warnings": db.execute(
                    "SELECT source_file, warnings_by_rule FROM music.load_files WHERE warnings_by_rule <> '{}'"
                ).fetchall(),
                "checks": db.execute("SELECT check_name FROM music.data_quality_results").fetchall(),
            }
        exports = s3.list_objects_v2(Bucket="music-lake", Prefix="exports/genre_kpis/")["Contents"]
    finally:
        stack.stop()
    assert rows["podcasts"] == [("p1", "Radio"), ("p2", None)]
    assert rows["songs"] == [("t1", None, 101), ("t2", "Label", 101)]
    assert sorted(rows["artists"]) == [(1, "Ada", 2), (2, "Bo", 2)]
    assert ("podcasts/podcasts.csv", '{"publisher_missing":1}') in rows["warnings"]
    assert ("songs/old.csv", '{"popularity_out_of_range":1}') in rows["warnings"]
    assert {("podcasts_filled",), ("daily_top_artists_ranks",)} <= set(rows["checks"])
    assert any(item["Key"].endswith(".csv") for item in exports)

"""Facts of reports, made up: of a usual run, of nothing, of a warehouse of 600 days, of names that mean harm."""

import math
from datetime import UTC, date, datetime, timedelta

from glue_jobs.lib.contracts.books import Count
from glue_jobs.lib.quality.measure import Result
from glue_jobs.lib.report.facts import EarlierCheck, Facts, FileSum, ReportedFile, ReportedJob, ReportedRun
from glue_jobs.lib.report.play_charts import cut
from glue_jobs.lib.report.rows import NUMBERS, TEXTS, FactRow

NOW = datetime(2026, 11, 27, 4, 20, tzinfo=UTC)
HARM = "<script>alert(1)</script> \"&' $x_1$ \u202egpj.exe"
LONG = "Symphony No. 9 in D minor, Op. 125, Choral: IV. Presto, Allegro assai (Live at the Old Hall, Remastered) " * 3
GENRES = ("pop", "house", "hip-hop", "rock", "ambient", "soul")
COUNTRIES = ("United States", "Brazil", "Germany", "Ghana", "Japan", "Côte d'Ivoire", "Korea, Republic of", "", "Kenya")


def row(*values):
    """A row of a figure: its texts, then its numbers."""
    texts = [value for value in values if isinstance(value, str)]
    numbers = [float(value) for value in values if not isinstance(value, str)]
    return FactRow(tuple(texts + [""] * (TEXTS - len(texts))), tuple(numbers + [0.0] * (NUMBERS - len(numbers))))


def counts(read, *, quarantined=0, pending=0, repeated=0, already=0, before=0):
    """Counts that balance."""
    loaded = read + before - quarantined - pending - repeated - already
    return {
        **{Count.PENDING_BEFORE: before, Count.READ: read, Count.LOADED: loaded, Count.ALREADY_LOADED: already},
        **{Count.REPEATED: repeated, Count.QUARANTINED: quarantined, Count.PENDING_AFTER: pending},
        Count.OUT_OF_WINDOW: 0,
    }


def result(name="streams_rows", outcome="passed", severity="warn", observed=10.0, expected="at least 0", message=""):
    """A check's outcome."""
    return Result(name, severity, outcome, observed, expected, message)


def job(name, at, seconds, found, *, rules=None):
    """A job run with Spark's measures."""
    spark = {"jobs": 63, "cpu_s": 5.3, "input_bytes": 59_446_848, "shuffle_bytes": 2_650_720, "spilled_bytes": 0}
    spark |= {"cores": 8, "dpu_seconds": 2 * seconds, "dpu_seconds_per_million_rows": 908.3}
    return ReportedJob(name, at, int(seconds * 1000), 3, found, rules or {}, {"before_signup": 503}, {"spark": spark})


def run(at, *, read=27_000, quarantined=173, name="wr_1", rules=None):
    """A run of the three jobs of `streams`."""
    rules = rules or {"listen_time_invalid": quarantined - 40, "ragged_row": 40}
    return ReportedRun(
        name,
        (
            job("load_metadata", at, 24.7, counts(0)),
            job("load_catalog", at + timedelta(seconds=27), 5.1, counts(0)),
            job(
                "load_streams",
                at + timedelta(seconds=35),
                20 + read / 9000,
                counts(read, quarantined=quarantined, pending=314, repeated=144),
                rules=rules,
            ),
        ),
    )


def file(name="streams/2026-11-26.csv", *, state="LOADED", reason="", read=27_000, quarantined=173, **others):
    """A file of plays."""
    return ReportedFile(
        "streams",
        name,
        state,
        reason,
        counts(read, quarantined=quarantined, **others),
        {"ragged_row": quarantined} if quarantined else {},
    )


def sums(files):
    """The sums of `files` by state."""
    states = {item.state for item in files}
    return [
        FileSum(
            "streams",
            state,
            sum(item.state == state for item in files),
            {count: sum(item.counts[count] for item in files if item.state == state) for count in Count},
        )
        for state in sorted(states)
    ]


def figures(days, *, last=date(2026, 11, 26), name="Ocean"):
    """The rows of every figure of `streams` after so many days of plays."""
    first = last - timedelta(days - 1)
    each = [first + timedelta(at) for at in range(days)]
    plays = {day: 3000 + 900 * math.sin(at / 9) + 5 * at + 600 * (day.weekday() > 4) for at, day in enumerate(each)}
    starts = cut(first, last)[0]
    return {
        "days": [row(day.isoformat(), number) for day, number in plays.items()],
        "hours": [
            row(day, hour, 4 * (40 + 30 * math.sin((hour - 9) / 4) + 9 * (day in (0, 6))), 4)
            for day in range(7)
            for hour in range(24)
        ],
        "genres_over_time": [
            row(start.isoformat(), genre, 300 + 40 * math.sin(at / 3 + place) + 9 * place, place + 1)
            for at, start in enumerate(starts)
            for place, genre in enumerate((*GENRES, ""))
        ],
        "top_genres": [
            row(genre, name, at + 1, 2000 / (at + 1), 0.1 / (at + 1), 30, 2e5) for at, genre in enumerate(GENRES)
        ],
        "top_tracks": [row(f"{name} {at}", "A;B", "pop", at + 1, 900 / (at + 1)) for at in range(10)],
        "top_artists": [row(f"{name} of {at}", at + 1, 1500 / (at + 1), 9) for at in range(10)],
        "listeners": [
            row(country, at + 1, band, 10 + 40 * (1 + (band + at) % 5) // (at + 1), 2000 / (at + 1), len(COUNTRIES))
            for at, country in enumerate(COUNTRIES)
            for band in range(8)
        ],
    }


def sparkify_figures(name="Ocean"):
    """The rows of every figure of `sparkify`."""
    days = [date(2026, 11, 1) + timedelta(at) for at in range(30)]
    return {
        "days": [
            row(day.isoformat(), level, 90 + 30 * math.sin(at), 40 + at)
            for at, day in enumerate(days)
            for level in ("free", "paid")
        ],
        "hours": [row(day, hour, 40 + hour, 4) for day in range(7) for hour in range(24)],
        "levels": [row("paid", 3700, 22), row("free", 2700, 75)],
        "locations": [row(f"{name}, SE {at}", at + 1, 1300 / (at + 1), 12) for at in range(10)],
        "songs": [row(f"{name} {at}", "An artist", at + 1, 60 / (at + 1), 12) for at in range(10)],
        "artists": [row(f"{name} of {at}", at + 1, 60 / (at + 1), 12) for at in range(10)],
        "unknown": [row(f"{name} {at}", "An artist", at + 1, 60 / (at + 1), 12) for at in range(10)],
    }


def usual(days=5, runs=2, *, name="Ocean", results=None):
    """A run that went well enough, after so many days."""
    first = NOW - timedelta(days=runs - 1)
    before = run(NOW, name="x")
    files = [file(f"streams/{name} {at}.csv", quarantined=0, read=2000 + at) for at in range(9)]
    files += [file(f"streams/{name} bad.csv", state="REJECTED", reason="not_csv", read=0, quarantined=0), file()]
    past = [
        run(first + timedelta(days=at), read=24_000 + 300 * at, quarantined=100 + 11 * at, name=f"wr_{at}")
        for at in range(runs)
    ]
    return Facts(
        workflow="streams",
        made_at=NOW + timedelta(minutes=2),
        runs=past,
        files=files,
        file_sums=sums(files),
        results=results or [result(observed=1234.0), result("streams_keys_unique", severity="error", observed=0.0)],
        before={"streams_rows": EarlierCheck("passed", 1000.0, before.started_at - timedelta(days=1))},
        rows=figures(days, name=name),
    )


def nothing(workflow="streams"):
    """Before the first run."""
    missing = result("streams_delivered", "failed", "warn", 0.0, "at least 1", "no file was ever delivered")
    return Facts(workflow=workflow, made_at=NOW, results=[missing])


def long_history():
    """600 days of plays, 30 runs."""
    return usual(600, 30)


def sparkify(name="Ocean"):
    """A run of sparkify."""
    found = usual(name=name)
    runs = [
        ReportedRun(one.run_id, (job("load_sparkify", one.started_at, 39, one.counts, rules=one.rules),))
        for one in found.runs
    ]
    return Facts(
        workflow="sparkify",
        made_at=found.made_at,
        runs=runs,
        files=found.files,
        file_sums=found.file_sums,
        results=found.results,
        rows=sparkify_figures(name),
    )

"""Hundreds of odd lines: Spark's parser with the rules, and DuckDB's with the oracle, accept the same ones."""

import json
import random
from types import SimpleNamespace

import pytest
from oracle import Delivery, recompute_star

from glue_jobs.lib.contracts.sparkify import LOG_DATA, SONG_DATA
from glue_jobs.lib.rows import checked_rows, json_lines, raw_lines
from tests.glue_jobs.lib.rows.test_json_rules import PATH, PLAY, RUN_START, SONG, VISIT

pytestmark = pytest.mark.spark

LINES = 1000
VALUES = (
    *("null", '""', '" "', '"x"', '"12"', '"039"', '" 39 "', '"+39"', '"39a"', '"39\\n"', '"\\t"', '"NaN"', '"-1"'),
    *(
        "12",
        "-1",
        "0",
        "-0.0",
        "0.0",
        "1.5",
        "1e3",
        "1E400",
        "-1e-400",
        "NaN",
        "Infinity",
        "-Infinity",
        "00",
        "+1",
        ".5",
    ),
    *(
        "true",
        "[]",
        "{}",
        '[1, "a"]',
        '{"a": {"b": null}}',
        '"{}"',
        '"[]"',
        '"\\u0000"',
        '"\\\\"',
        '"a\\"b"',
        '"\\ud83d\\ude00"',
    ),
    *("2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "123456789012345678901234567890"),
    *(
        "1541105830796",
        "1541105830",
        "1541105830796.5",
        '"1541105830796"',
        "99999999999",
        "100000000000",
        "253402300800000",
    ),
    *("1543669200000", "1543669200001", '"9223372036854775808"', '"NextSong"', '"Home"', '"Logged Out"', "90", "180.5"),
    *(
        '"' + "ö" * 512 + '"',
        '"' + "ö" * 513 + '"',
        '"' + "x" * 65 + '"',
        "'x'",
        "x",
        '"\t"',
        '"a\\/b"',
        '""""',
        '{"song": 1}',
        '{"artist": "Q", "title": "T"}',
        "583.0",
        "12345678.0",
    ),
)


def _odd_line(rng, records):
    fields = {name: json.dumps(value) for name, value in rng.choice(records).items()}
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        name = rng.choice(list(fields))
        if rng.random() < 0.2:
            del fields[name]
        else:
            fields[name] = rng.choice(VALUES)
    text = (
        "{" + rng.choice((",", ", ")).join(f'"{name}":{rng.choice(("", " "))}{v}' for name, v in fields.items()) + "}"
    )
    if rng.random() < 0.1:
        at = rng.randrange(len(text))
        text = rng.choice(
            (
                *(text[:at], text[:at] + text[at + 1 :], text + "}", text + ",", "[" + text + "]", text * 2),
                *(text + "]", text + "] x", text + "],[", text + "]" + text, text + "},{", text + "}" + text),
            )
        )
    return text


@pytest.mark.parametrize(("dataset", "records"), [(LOG_DATA, (PLAY, VISIT)), (SONG_DATA, (SONG,))])
def test_odd_lines_are_taken_by_both_or_by_none(spark, tmp_path, dataset, records):
    rng = random.Random(17)
    texts = [text for text in dict.fromkeys(_odd_line(rng, records) for _ in range(LINES)) if text]
    (tmp_path / "read").mkdir()
    (tmp_path / "read" / "lines").write_text("\n".join(texts), encoding="utf-8")
    latest = RUN_START.replace(hour=RUN_START.hour + 1, tzinfo=None)
    oracle = recompute_star([Delivery(dataset.name, tmp_path / "read" / "lines")], latest=str(latest))
    right = {texts[number] for (number,) in oracle.rows(f"valid_{dataset.name}", ["line_no"])}

    file = SimpleNamespace(
        **{"archive_key": PATH.removeprefix("s3://lake/"), "landing_key": "x/a.json"},
        **{"file_key": "x/a.json@1", "header": "", "accepted_at": None, "record_parts": ()},
    )
    files = raw_lines.files_frame(spark, [file], dataset=dataset, lake_bucket="lake")
    read = spark.read.text(str(tmp_path / "read"), lineSep="\n").selectExpr("value AS line", f"'{PATH}' AS path")
    parsed = json_lines.parse_json(read, files, dataset=dataset)
    checked = checked_rows.with_checks(parsed, dataset=dataset, run_start=RUN_START)
    # Not filtered by Spark, which would put all that the errors are made of into the condition, many times over.
    taken = {row.raw for row in checked.select("raw", "_errors").collect() if not row["_errors"]}
    assert 0.2 * LINES < len(right) < 0.8 * LINES
    assert (sorted(taken - right), sorted(right - taken)) == ([], [])

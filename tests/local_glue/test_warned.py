"""What the end of a run says that its jobs warned of."""

import json

import pytest

from local_glue.warned import SHOWN, shown_of, warnings_of


@pytest.fixture
def log(tmp_path):
    def write(*lines):
        file = tmp_path / "jr_1.log"
        file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
        return file

    return write


def test_structured_warnings_are_told_with_what_their_text_leaves_out(log):
    warning = {"time": "2024-06-25T17:43:13", "level": "WARNING", "event": "file rejected: 'a.csv' is empty"}
    file = log(
        {"level": "INFO", "event": "WARNING is what this is not"},
        {**warning, "run_id": "jr_1", "file": "a.csv", "reason": "empty_file"},
        {"level": "ERROR", "event": "the error of the run is its ErrorMessage, not a WARNING"},
        {"levelname": "warn", "message": "a column is new", "columns": ["x"]},
    )
    assert warnings_of(file, {"jr_1"}) == {
        "file rejected: 'a.csv' is empty (reason=empty_file)": 1,
        'a column is new (columns=["x"])': 1,
    }


def test_warnings_of_glues_logger_are_told_and_those_of_spark_are_not(log):
    file = log(
        "2024-06-25 17:43:13,123 WARNING nothing to load\x1b[31m",
        "24/06/25 17:43:13 WARN NativeCodeLoader: Unable to load native-hadoop library",
        "WARNING: An illegal reflective access operation has occurred",
        '[1, "WARN"]',
    )
    assert warnings_of(file) == {"nothing to load": 1}


def test_the_same_warning_is_told_once_and_many_are_cut(log):
    text = "2024-06-25 17:43:13,123 WARN slow {}"
    warned = warnings_of(log(*(text.format(number) for number in [0, 0, 0, *range(1, 9)])))
    assert shown_of(warned)[0] == "slow 0 (3 times)"
    assert shown_of(warned)[SHOWN:] == ["… and 4 more: see its log"]


def test_a_job_that_never_began_warned_of_nothing(tmp_path):
    assert warnings_of(tmp_path / "none.log") == {}
    assert shown_of({}) == []

"""getResolvedOptions gives the same answers as the official one of the same version."""

import importlib
import json
import subprocess
import sys

import pytest
from standin_support import standin_imports

from local_glue.versions import running

PAUSE = ["--job-bookmark-option", "job-bookmark-pause"]
CASES = [
    (["--JOB_NAME", "x"], ["JOB_NAME"]),
    (["--JOB_NAME", "x", "--other", "1", "lone"], ["JOB_NAME"]),
    (["--JOB_NAME", "x"], ["JOB_NAME", "day"]),
    (["--from-date", "2020"], ["from-date"]),
    (["--from_date", "2020"], ["from-date"]),
    (["--TempDir", "s3://x"], ["TempDir"]),
    ([], ["TempDir"]),
    (["--RedshiftTempDir", "s3://t"], []),
    (["--x"], ["x"]),
    (["--x", "--y", "1"], ["x"]),
    (["--x=5"], ["x"]),
    (["--x", ""], ["x"]),
    (["--x", "-5"], ["x"]),
    (["--x", "1", "--x", "2"], ["x"]),
    (["--x", "--looks like"], ["x"]),
    (["--job-bookmark-option", "job-bookmark-enable"], ["job-bookmark-option"]),
    (["--job-bookmark-option", "job-bookmark-enable", "--JOB_RUN_ID", "jr_1"], []),
    (["--job-bookmark-option", "nonsense"], []),
    ([*PAUSE, "--job-bookmark-from", "a", "--job-bookmark-to", "b"], []),
    ([*PAUSE, "--job-bookmark-from", "a"], []),
    (["--job-bookmark-from", "a", "--job-bookmark-to", "b"], []),
    (["--job-bookmark-option", "job-bookmark-enable", "--job-bookmark-from", "a"], []),
    (["--config_uri", "good", "--conf", "spark.x=1"], ["config_uri"]),
    (["--WORKFLOW_NAME", "w", "--WORKFLOW_RUN_ID", "r"], ["WORKFLOW_NAME", "WORKFLOW_RUN_ID"]),
]
ASK = """
import json, sys
from awsglue.utils import getResolvedOptions
answers = []
for argv, options in json.loads(sys.argv[1]):
    try:
        answers.append(getResolvedOptions(["script.py", *argv], options))
    except Exception as error:
        answers.append(type(error).__name__)
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def official():
    command = [sys.executable, "-I", "-c", ASK, json.dumps(CASES)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.fixture(scope="module")
def utils():
    with standin_imports():
        yield importlib.import_module("awsglue.utils")


@pytest.mark.parametrize("index", range(len(CASES)), ids=[" ".join(argv) or "nothing" for argv, _ in CASES])
def test_answers_as_the_official_one(official, utils, index):
    argv, options = CASES[index]
    try:
        answer = utils.getResolvedOptions(["script.py", *argv], options)
    except Exception as error:
        answer = type(error).__name__
    assert answer == official[index]


def test_a_missing_option_is_named(utils):
    with pytest.raises(utils.GlueArgumentError, match="--day"):
        utils.getResolvedOptions(["script.py"], ["day"])


def test_names_are_matched_by_their_beginning_before_6_0(utils):
    answer = utils.getResolvedOptions(["script.py", "--config_uri", "good", "--conf", "spark.x=1"], ["config_uri"])
    assert answer["config_uri"] == ("good" if running().name >= "6.0" else "spark.x=1")

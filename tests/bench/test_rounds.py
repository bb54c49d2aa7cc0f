import sys

from bench import measure, rounds
from bench.measure import Measured, Tree
from bench.rounds import medians, ratios, run_rounds

ROUNDS = [
    {"engine": Measured(10, 4, 100), "pandas": Measured(20, 20, 300)},
    {"engine": Measured(30, 5, 200), "pandas": Measured(30, 21, 200)},
    {"engine": Measured(8, 6, 150), "pandas": Measured(32, 22, 100)},
]


def describe_medians():
    def it_takes_each_measure_by_itself():
        assert medians(ROUNDS) == {"engine": Measured(10, 5, 150), "pandas": Measured(30, 21, 200)}


def describe_ratios():
    def it_compares_within_a_round():
        assert ratios(ROUNDS, "engine") == {"pandas": 0.5}


def describe_run_rounds():
    def it_lets_contenders_take_turns_and_compares_each_with_the_first(tmp_path, monkeypatch):
        compared, ran = [], []

        def run(arguments, _, out):
            out.mkdir(parents=True)
            return Measured(len(arguments), 1, 1)

        monkeypatch.setattr(measure, "run", run)
        monkeypatch.setattr(rounds.compare, "require_same", lambda have, want: compared.append((have.name, want.name)))
        turns = {"rounds": 2, "done": lambda *event: ran.append(event[:2])}
        found = list(run_rounds(["engine", "pandas"], tmp_path, tmp_path / "out", **turns))
        assert [list(names) for names in found] == [["engine", "pandas"]] * 2
        assert ran == [(1, "engine"), (1, "pandas"), (2, "pandas"), (2, "engine")]
        assert compared == [("pandas", "reference"), ("pandas", "reference"), ("engine", "reference")]


def describe_tree():
    def it_counts_from_the_start_of_the_work():
        tree = Tree("mark", samples=[(9.0, 1.0, 5_000_000), (10.0, 2.0, 9_000_000), (12.0, 7.0, 8_000_000)])
        assert tree.between(10.0, 12.0) == Measured(2, 5, 8)


def describe_run():
    def it_measures_children_too(tmp_path, monkeypatch):
        burn = "import time; end = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
        code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
        start = measure.subprocess.Popen
        monkeypatch.setattr(
            measure.subprocess, "Popen", lambda _, **options: start([sys.executable, "-c", code], **options)
        )
        assert 0.3 < measure.run(["none"], tmp_path, tmp_path / "out").cpu_s < 3

import pytest

from glue_jobs.lib.run import logs, parallel


def describe_in_parallel():
    def it_keeps_the_order():
        assert parallel.in_parallel(lambda number: number * 2, range(100)) == list(range(0, 200, 2))

    def it_raises_what_was_raised_and_begins_no_more():
        begun = []

        def fail(number):
            begun.append(number)
            raise ValueError(number)

        with pytest.raises(ValueError, match="0"):
            parallel.in_parallel(fail, range(10_000), workers=2)
        assert len(begun) < 10_000


def describe_progress():
    def it_speaks_only_now_and_then(monkeypatch):
        said = []
        monkeypatch.setattr(logs, "info", lambda event, **counts: said.append(counts))
        progress = parallel.Progress("reading", every_seconds=0)
        progress.add(files=1, bytes=5)
        progress.add(files=1)
        parallel.Progress("reading").add(files=1)
        assert said == [{"files": 1, "bytes": 5}, {"files": 2, "bytes": 5}]


def describe_batches():
    def it_gives_every_item_once_and_no_empty_batch():
        assert list(parallel.batches([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]
        assert list(parallel.batches([], 2)) == []

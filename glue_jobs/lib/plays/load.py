"""One run of load_streams: read, judge, publish everything in one transaction, then settle the ledger.

The order makes it safe to die anywhere: what was published is found again in `load_files` by the next run, whose
bookmark gives it the same files.
"""

from glue_jobs.lib.contracts.datasets import STREAMS
from glue_jobs.lib.load import delivery, settle
from glue_jobs.lib.plays import judge, publish
from glue_jobs.lib.plays.play_run import PlayRun
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.session import GlueRun


def load(glue_run: GlueRun, config: JobConfig) -> None:
    """Loads what there is to load; publishes books and the all-time figures of genres in any case.

    Raises:
        BooksError: What was read is not what validate_files counted; nothing was published.
        PublishConflictError: Someone else published meanwhile; nothing was published.
    """
    with PlayRun.opened(glue_run, config) as run:
        _load(run)


def _load(run: PlayRun) -> None:
    waiting = delivery.find(run, STREAMS)
    run.suit(waiting.inputs.line_count)
    delivered = delivery.read(run, waiting)
    run.done("read")
    judgement = judge.judge(run, delivered)
    run.done("judge")
    publish.publish(run, delivered, judgement)
    run.done("publish")
    settle.settle(run, delivered, judgement.counted)

"""One run of load_streams: read, judge, publish everything in one transaction, then settle the ledger.

The order makes it safe to die anywhere: what was published is found again in `load_files` by the next run, whose
bookmark gives it the same files.
"""

from glue_jobs.lib import delivery, play_judgement, play_publish, settle
from glue_jobs.lib.arguments import JobConfig
from glue_jobs.lib.datasets import STREAMS
from glue_jobs.lib.error_log import ErrorLog
from glue_jobs.lib.glue import GlueRun
from glue_jobs.lib.ledger import Ledger
from glue_jobs.lib.load_run import CODEGEN
from glue_jobs.lib.play_run import PlayRun
from glue_jobs.lib.warehouse import Warehouse


def load(glue_run: GlueRun, config: JobConfig) -> None:
    """Loads what there is to load; publishes books and the all-time figures of genres in any case.

    Raises:
        BooksError: What was read is not what validate_files counted; nothing was published.
        PublishConflictError: Someone else published meanwhile; nothing was published.
    """
    warehouse = Warehouse(glue_run, config)
    warehouse.prepare()
    run = PlayRun(glue_run, config, Ledger(config.ledger_table), warehouse, ErrorLog(config))
    compiles = glue_run.spark.conf.get(CODEGEN)
    try:
        _load(run)
    finally:
        glue_run.spark.catalog.clearCache()
        glue_run.spark.conf.set(CODEGEN, compiles)


def _load(run: PlayRun) -> None:
    waiting = delivery.find(run, STREAMS)
    run.suit(waiting.inputs.line_count)
    delivered = delivery.read(run, waiting)
    run.done("read")
    judgement = play_judgement.judge(run, delivered)
    run.done("judge")
    play_publish.publish(run, delivered, judgement)
    run.done("publish")
    settle.settle(run, delivered, judgement.counted)

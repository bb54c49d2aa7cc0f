"""Lets crawls say that they found nothing because nothing crawls here.

moto (5.2.5) keeps crawlers and takes each crawl for completed; here a crawl ends as FAILED, with the reason.
"""

from typing import Any

WHY = "local_glue keeps crawlers but does not crawl: create the table with CreateTable"


def install() -> None:
    """Makes the crawls of this process end as failed. Can be repeated."""
    from moto.glue import models
    from moto.moto_api._internal.managed_state_model import ManagedState

    if hasattr(models.FakeCrawl, "says_why"):
        return

    class Crawl(models.FakeCrawl):
        """A crawl that finds nothing."""

        says_why = True

        def __init__(self, crawler_name: str) -> None:
            super().__init__(crawler_name)
            transitions = [("RUNNING", "FAILED"), ("STOPPING", "STOPPED")]
            ManagedState.__init__(self, model_name="glue::crawl", transitions=transitions)

        def advance(self) -> None:
            """Goes on to the next state, which is the last."""
            before = self.status
            ManagedState.advance(self)
            if before in ("RUNNING", "STOPPING") and self.status != before:
                self.end_time = models.utcnow()

        def as_dict(self) -> dict[str, Any]:
            """The crawl as ListCrawls shows it."""
            shown = super().as_dict()
            return {**shown, "ErrorMessage": WHY} if shown.get("State") == "FAILED" else shown

    models.FakeCrawl = Crawl

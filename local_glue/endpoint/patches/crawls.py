"""Lets crawls end FAILED with the reason: nothing here crawls.

moto (5.2.5) lets them end COMPLETED without any table, and only when somebody lists them.
"""

from typing import Any

REASON = "local_glue does not crawl: create the tables with the API or with Terraform."


def install() -> None:
    """Makes every crawl that is started in this process fail. Can be repeated."""
    from moto.core.utils import utcnow
    from moto.glue import models

    if models.FakeCrawl.__module__ == __name__:
        return

    class Crawl(models.FakeCrawl):
        def __init__(self, crawler_name: str) -> None:
            super().__init__(crawler_name)
            self._transitions = [("RUNNING", "FAILED"), ("STOPPING", "STOPPED")]

        def advance(self) -> None:
            super().advance()
            if self.status in ("FAILED", "STOPPED") and self.end_time is None:
                self.end_time = utcnow()

        def as_dict(self) -> dict[str, Any]:
            return super().as_dict() | _reason(self)

    class Crawler(models.FakeCrawler):
        def as_dict(self) -> dict[str, Any]:
            answer = super().as_dict()
            if self.crawls:
                answer["LastCrawl"] |= _reason(self.crawls[-1])
                self.crawls[-1].advance()  # so that who waits for the crawler sees it end
            return answer

    models.FakeCrawl, models.FakeCrawler = Crawl, Crawler
    for made in (Crawl, Crawler):  # by these names they are found again in a state that was kept
        made.__qualname__ = made.__name__
        globals()[made.__name__] = made


def _reason(crawl: Any) -> dict[str, str]:
    return {"ErrorMessage": REASON} if crawl.status == "FAILED" else {}

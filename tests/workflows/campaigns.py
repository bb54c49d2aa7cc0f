"""What the campaign does to each workflow: its deliveries, and what of the warehouse they change."""

from typing import ClassVar

import campaign_files as files
import star_samples
from campaign import TODAYS, Campaign, forms, names, news, seeds
from hypothesis import strategies as st
from hypothesis.stateful import rule

from demo.streams.world import FIRST_DAY


class StreamsCampaign(Campaign):
    """Users, songs and plays."""

    loads = ("load_metadata", "load_catalog", "load_streams")
    counts = ("load_runs WHERE job_name = 'load_streams'", "music.streams")
    days: ClassVar = {"from_date": "2025-03-01", "to_date": "2025-03-31"}
    some_day = FIRST_DAY.isoformat()

    @rule(name=names, start=st.integers(0, files.PLAYS - 1), count=st.integers(1, 80), form=forms,
          broken=st.integers(0, 5), seed=seeds)  # fmt: skip
    def deliver_plays(self, name: str, start: int, count: int, form: str, broken: int, seed: int) -> None:
        """Plays that may have come before, and may overlap with others."""
        self._put(f"streams/{name}", files.plays(name, start, count, form=form, broken=broken, seed=seed))

    @rule(name=names, start=st.integers(0, files.USERS - 1), count=st.integers(1, files.USERS),
          version=st.integers(0, 2), form=forms, seed=seeds)  # fmt: skip
    def deliver_users(self, name: str, start: int, count: int, version: int, form: str, seed: int) -> None:
        """Users, new or changed."""
        self._put(f"users/{name}", files.users(name, start, count, version, form=form, seed=seed))

    @rule(name=names, start=st.integers(0, files.TRACKS - 1), count=st.integers(1, files.TRACKS),
          version=st.integers(0, 2), form=forms, seed=seeds)  # fmt: skip
    def deliver_songs(self, name: str, start: int, count: int, version: int, form: str, seed: int) -> None:
        """Songs, new or changed."""
        self._put(f"songs/{name}", files.songs(name, start, count, version, form=form, seed=seed))
        if self._changes(range(start, min(start + count, files.TRACKS)), version):
            self.tables = TODAYS

    @rule(dataset=st.sampled_from(("streams", "users", "songs")), name=names, content=st.sampled_from(files.REFUSED))
    def deliver_what_is_refused(self, dataset: str, name: str, content: bytes) -> None:
        """A file that is put aside as a whole."""
        self._refuse(f"{dataset}/{name}", content)

    @news
    @rule(whole=st.booleans())
    def recompute(self, whole: bool) -> None:
        """Makes the figures of all days, or of some, again, with the catalogue of today."""
        self.did["recomputations"] += 1
        self.pipeline.run(self._window(whole) | {"recompute": "true"})
        if whole:
            self.tables = None
            self._check(is_tidy=False)
        else:
            self.tables = TODAYS


class SparkifyCampaign(Campaign):
    """Events and songs."""

    loads = ("load_sparkify",)
    counts = ("load_files WHERE source_file LIKE 'song_data/%%'", "sparkify.songs")
    days: ClassVar = {"from_date": "2018-11-01", "to_date": "2018-11-30"}
    some_day = star_samples.START.date().isoformat()

    @rule(name=names, start=st.integers(0, star_samples.PLAYS - 1), count=st.integers(1, 40), others=st.integers(0, 6),
          broken=st.integers(0, 6), seed=seeds)  # fmt: skip
    def deliver_events(self, name: str, start: int, count: int, others: int, broken: int, seed: int) -> None:
        """Plays and visits, other versions of plays, broken lines."""
        key = f"log_data/2018/11/{name.replace('.csv', '.json')}"
        self._put(key, files.events(key, start, count, others=others, broken=broken, seed=seed))

    @rule(name=names, numbers=st.lists(st.integers(0, 11), min_size=1, max_size=6), version=st.integers(0, 2))
    def deliver_songs(self, name: str, numbers: list[int], version: int) -> None:
        """Songs, new or changed; a backfill reads events only."""
        self.has_unread = True
        self.loads_again |= self._changes(numbers, version)
        key = f"song_data/A/{name.replace('.csv', '.json')}"
        self._put(key, files.song_records(key, numbers, version))

    @rule(dataset=st.sampled_from(("log_data", "song_data")), content=st.sampled_from(files.REFUSED))
    def deliver_what_is_refused(self, dataset: str, content: bytes) -> None:
        """A file that is put aside as a whole."""
        self._refuse(f"{dataset}/refused.json", content)

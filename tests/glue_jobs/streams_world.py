"""The lake, the ledger and the warehouse around load_streams, for tests that run the job by itself."""

import hashlib
import json
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from glue_jobs import load_streams
from glue_jobs.lib.contracts.tables import MUSIC_TABLES
from glue_jobs.lib.files import s3_copy
from glue_jobs.lib.files.ledger import ACCEPTED, LOADED, Ledger, LedgerFile
from glue_jobs.lib.files.manifest import write_manifest
from glue_jobs.lib.run import aws, session
from glue_jobs.lib.warehouse.warehouse import Warehouse
from tests.glue_jobs.lib.configs import make_config

HEADER = "user_id,track_id,listen_time"
LAKE, TABLE = "music-lake", "ProcessedFiles"
FACTS = ("user_id", "track_id", "listen_time")
KPI_SUMS = {
    "hourly_kpis": "sum(total_plays)",
    "genre_daily_kpis": "sum(listen_count)",
    "genre_kpis": "sum(listen_count)",
    "track_totals": "sum(plays)",
    "user_track_totals": "sum(plays)",
    "user_days": "sum(plays)",
    "user_features": "sum(total_plays)",
}


class Killed(BaseException):
    """Ends a run at once, as a kill does."""


@contextmanager
def dying(monkeypatch, owner, name):
    """The run in the block must die when it calls this function."""

    def die(*args, **kwargs):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, die)
        with pytest.raises(Killed):
            yield


class World:
    """The lake, the ledger and the warehouse around load_streams."""

    def __init__(self, stack, glue_run):
        self.stack, self.glue_run = stack, glue_run
        self.ledger = Ledger(TABLE)
        self.last = None
        self.delivered = []

    def deliver(self, key, *rows, state=ACCEPTED, lines=None, **changes):
        """Leaves a file as validate_files does: in the archive, in the ledger, and named by a manifest."""
        body = "\n".join([HEADER, *rows]).encode()
        checksum = hashlib.sha256(body).hexdigest()
        archive_key = f"archive/streams/2024/06/25/{checksum}.csv"
        if state == ACCEPTED:
            metadata = {s3_copy.FILE_KEY_METADATA: urlsafe_b64encode(f"{key}@1".encode()).decode()}
            aws.client("s3").put_object(Bucket=LAKE, Key=archive_key, Body=body, Metadata=metadata)
        file = LedgerFile(
            file_key=f"{key}@1",
            dataset="streams",
            landing_key=key,
            checksum=checksum,
            header=HEADER,
            lines=len(rows) if lines is None else lines,
            bytes=len(body),
            state=state,
            reason=None,
            archive_key=archive_key if state == ACCEPTED else None,
            accepted_at=datetime.now(UTC),
        )
        file = LedgerFile(**(vars(file) | changes))
        self.ledger.put([file])
        self.delivered.append(file.file_key)
        if state == ACCEPTED:
            self.announce(file)
        return file

    def announce(self, *files):
        """Writes a manifest, as a run of validate_files does."""
        write_manifest(make_config(run_id=f"jr_{len(self.keys('manifests/'))}"), "streams", files)

    def load(self, **overrides):
        """Runs the job as its script does; returns its book."""
        config, run = self.glue_run(job_name="load_streams", **({"started_at": datetime.now(UTC)} | overrides))
        self.last = config
        load_streams.load(run, config)
        if not config.is_backfill:
            run.commit()
        session.delete_temporary_files(config)
        return self.book(config.run_id)

    def catalogue(self, users=(), tracks=()):
        """Adds rows as load_catalog leaves them; a track is (track_id, genre)."""
        config, run = self.glue_run(job_name="load_catalog")
        Warehouse(run, config).prepare(MUSIC_TABLES)
        for user in users:
            self.sql("INSERT INTO music.users (user_id, created_at) VALUES (%s, %s)", user, date(2024, 6, 25))
        for track, genre in tracks:
            self.sql(
                "INSERT INTO music.songs (track_id, id, artists, track_name, duration_ms, track_genre)"
                " VALUES (%s, 1, %s, %s, 1000, %s)",
                *(track, f"artist of {track}", f"name of {track}", genre),
            )
        self.sql("UPDATE music.publication SET version = version + 1, run_id = %s", config.run_id)

    def sql(self, text, *values):
        with self.stack.connect("warehouse") as connection:
            cursor = connection.execute(text, values or None)
            return cursor.fetchall() if cursor.description else []

    def rows(self, table, *columns):
        return sorted(self.sql(f"SELECT {', '.join(columns or FACTS)} FROM music.{table}"))

    def book(self, run_id):
        names = ("read", "pending_before", "loaded", "already_loaded", "repeated", "quarantined", "out_of_window")
        names = (*names, "pending_after")
        ((*counts, rules),) = self.sql(
            f"SELECT {', '.join(names)}, quarantined_by_rule FROM music.load_runs WHERE run_id = %s", run_id
        )
        found = {name: count for name, count in zip(names, counts, strict=True) if count}
        return found | ({"rules": json.loads(rules)} if rules != "{}" else {})

    def file_book(self, key, run_id=None):
        ((*found,),) = self.sql(
            "SELECT state, reason, read, loaded, already_loaded, first_date, last_date FROM music.load_files"
            " WHERE source_file = %s AND run_id = %s",
            *(key, run_id or self.last.run_id),
        )
        return tuple(found)

    def states(self):
        """The states of files that are loaded or still wait for a job."""
        files = self.ledger.get(self.delivered).values()
        return {file.landing_key: file.state for file in files if file.is_open or file.state == LOADED}

    def keys(self, prefix):
        return [item["Key"] for item in aws.list_objects(LAKE, prefix)]

    def assert_sums_agree(self):
        ((count,),) = self.sql("SELECT count(*) FROM music.streams")
        assert {name: self.sql(f"SELECT {total} FROM music.{name}")[0][0] or 0 for name, total in KPI_SUMS.items()} == (
            dict.fromkeys(KPI_SUMS, count)
        )


def play(user=1, track="t1", at="2024-06-25 10:00:00"):
    return f"{user},{track},{at}"

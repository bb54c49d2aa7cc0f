"""Both workflows on one stack whose lake keeps versions, a user in all of their data, and a look for that user."""

import gzip
import io
import json

import pyarrow.parquet as pq
import samples
import star_samples
from oracle import Delivery
from pipeline import LAKE, LANDING, LEDGER, Pipeline
from star_samples import play

from demo.streams.world import FIRST_DAY
from erase.asking import Eraser

USER, NAME = 987654321, "Ottilie"
DAY = f"{FIRST_DAY:%Y-%m-%d}"
TRACKS = [row["track_id"] for row in samples.tracks()]
OF_USERS = ("user_features", "user_track_totals", "user_days")
BOTH = ("streams", "sparkify")


def theirs(*plays):
    """Lines of plays of the user, of (track, time)."""
    return "".join(f"{USER},{track},{DAY} {time}\n" for track, time in plays)


PEOPLE = (
    f"{USER},{NAME},42,Chad,2020-01-01\n"
    f'{USER},"{NAME}\n{NAME} the second",42,Chad,2020-01-01\n'
    f'{USER},"{NAME}""s row is broken,42\n'
)
PLAYS = theirs(*((track, f"0{hour}:15:00") for hour, track in enumerate(TRACKS[:6])))
PLAYS += f"{USER},{TRACKS[0]},never\n{USER}\n"
ALONE = theirs((TRACKS[0], "23:59:59"), (TRACKS[1], "23:59:59.5"))
EVENTS = [play(number, userId=str(USER), firstName=NAME, sessionId=900 + number) for number in range(3)]
EVENTS += ['{"userId": "987654321", "firstName": "Ottilie"']
FIRST_PLAYS, MORE_PLAYS = (samples.plays(part) for part in (samples.all_plays()[:150], samples.all_plays()[150:]))


class ErasureWorld:
    """Delivers lines of others and of the user; the workflows' recomputations know those of the others only."""

    def __init__(self, stack, folder):
        for name in BOTH:
            (folder / name).mkdir()
        self.stack = stack
        self.streams, self.star = (Pipeline(stack, folder / name, workflow=name) for name in BOTH)
        self.s3 = self.streams.s3
        self.s3.put_bucket_versioning(Bucket=LAKE, VersioningConfiguration={"Status": "Enabled"})
        self.eraser = Eraser(stack.client, tell=lambda line: None, poll_s=0.1)

    def put(self, key, others, of_user="", *, counts=True):
        """Delivers a file; `counts` says whether its lines of others are to be in the warehouse."""
        pipeline = self.star if key.startswith(("log_data", "song_data")) else self.streams
        pack = gzip.compress if key.endswith(".gz") else bytes
        if counts:
            path = pipeline._keep(key, pack(others.encode()))
            pipeline.delivered.append(Delivery(key.partition("/")[0], path))
        self.s3.put_object(Bucket=LANDING, Key=key, Body=pack((others + of_user).encode()))

    def deliver(self):
        """The user in every kind of place: loaded, waiting, rejected rows, rejected files, a file of their own."""
        self.put("users/users.csv", samples.users(), PEOPLE)
        self.put("songs/songs.csv", samples.songs())
        self.put("streams/plays.csv", FIRST_PLAYS, PLAYS)
        self.put("streams/more.csv.gz", MORE_PLAYS, theirs((samples.MISSING, "05:00:00")))
        self.put("streams/alone.csv", samples.plays([]), ALONE, counts=False)
        self.put("users/no header.csv", "", f"{USER},{NAME},1,Chad,2020-01-01\n", counts=False)
        lines = star_samples.lines([*map(play, range(20)), "{}}"])
        self.put("log_data/2018/11/a.json", f"{lines}\n", star_samples.lines(EVENTS))
        self.put("song_data/A/a.json", star_samples.lines([star_samples.song(7)]))

    def load(self):
        """Runs both workflows; their checks of quality have to hold."""
        self.streams.run()
        self.star.run()

    def assert_exact(self):
        """Fails unless the warehouse equals what follows from the lines of others."""
        self.streams.assert_exact()
        self.star.assert_exact()

    def of_others(self):
        """Figures of other users."""
        return {
            name: sorted(self.streams.rows(f"SELECT * FROM music.{name} WHERE user_id <> {USER}")) for name in OF_USERS
        }

    def mentions(self):
        """What names the user: objects of which any version does, tables, entries of the ledger."""
        found = {key for key, body in self._versions() if _names(_text(body))}
        for database in ("warehouse", "rds"):
            ours = "('music', 'sparkify', 'public', 'stage')"
            query = f"SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN {ours}"
            for schema, table in self.streams.rows(query, database=database):
                rows = self.streams.rows(f'SELECT * FROM {schema}."{table}"', database=database)
                found |= {f"{schema}.{table}"} if _names(str(rows)) else set()
        return found | {item["file_key"]["S"] for item in self.entries() if _names(json.dumps(item))}

    def entries(self):
        """Everything in the ledger."""
        return self.streams.dynamodb.scan(TableName=LEDGER)["Items"]

    def state(self):
        """Objects but for those of erasures and manifests, the ledger, the runs in the books."""
        objects = {key for key in self.streams.keys(LAKE) if not key.startswith(("erasures/", "manifests/"))}
        return (
            objects,
            sorted(map(str, self.entries())),
            sorted(self.streams.rows("SELECT run_id FROM music.load_runs")),
        )

    def _versions(self):
        for bucket in (LAKE, LANDING):
            for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
                for item in page.get("Versions", []):
                    which = {"Bucket": bucket, "Key": item["Key"], "VersionId": item["VersionId"]}
                    yield f"{bucket}/{item['Key']}", self.s3.get_object(**which)["Body"].read()


def _text(body):
    if body.startswith(b"PAR1"):
        return str(pq.read_table(io.BytesIO(body)).to_pylist())
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode(errors="replace")


def _names(text):
    return str(USER) in text or NAME in text

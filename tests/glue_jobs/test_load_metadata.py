import json

import psycopg
import pytest
from files_support import LAKE, TABLE, USERS_HEADER, deliver, keys, read

from glue_jobs import load_metadata, validate_files
from glue_jobs.lib.catalogue import rds_sql
from glue_jobs.lib.contracts.model import Column
from glue_jobs.lib.files.ledger import ACCEPTED, LOADED, REJECTED, REPEATED, Ledger
from glue_jobs.lib.run import aws, session
from glue_jobs.lib.run.errors import MissingResourceError

pytestmark = [pytest.mark.spark, pytest.mark.stack]

SONGS_HEADER = (
    "id,track_id,artists,album_name,track_name,popularity,duration_ms,explicit,track_genre,danceability,energy,"
    "loudness,speechiness,acousticness,instrumentalness,liveness,valence,tempo"
)


def users(*rows: str) -> bytes:
    return "\n".join([USERS_HEADER, *rows, ""]).encode()


def user(number: int, age: object = 30, name: str = "Ann") -> str:
    return f"{number},{name},{age},France,2024-01-01"


def song(number: int, track: str, name: str = "Song", duration: object = 1000) -> str:
    return f'{number},{track},A;B,Album,"{name}",50,{duration},False,pop,0.5,1.01e-06,-5,0.1,0.2,0,0.3,0.4,120'


def songs(*rows: str) -> bytes:
    return "\n".join([SONGS_HEADER, *rows, ""]).encode()


class Catalogue:
    """Deliveries, runs of validate_files and load_metadata, and RDS."""

    def __init__(self, stack, glue_run):
        self.stack, self.glue_run = stack, glue_run

    def start(self, **changes):
        return self.glue_run(job_name="load_metadata", datasets=("users", "songs"), **changes)

    def take_in(self, **files: bytes) -> None:
        for name, body in files.items():
            deliver(name.replace("__", "/") + ".csv", body)
        config, _ = self.start()
        validate_files.run(config)

    def load(self, **changes):
        config, glue = self.start(**changes)
        book = load_metadata.load(glue, config)
        glue.commit()
        session.delete_temporary_files(config)
        return book

    def rows(self, sql: str):
        with self.stack.connect("rds") as db:
            return db.execute(sql).fetchall()

    def ages(self):
        return dict(self.rows("SELECT user_id, user_age FROM users"))

    def books(self):
        counts = "read, loaded, already_loaded, repeated, quarantined"
        found = self.rows(f"SELECT source_file, state, {counts} FROM load_files ORDER BY book_seq, source_file")
        return [(key.removeprefix("users/").removesuffix(".csv"), *others) for key, *others in found]


@pytest.fixture
def catalogue(stack, glue_run):
    return Catalogue(stack, glue_run)


def describe_loading():
    def it_loads_users_and_songs_with_their_books(catalogue):
        catalogue.take_in(
            users__u=users(user(1), user(2, name='"O""Neil, Ü"')), songs__s=songs(song(1, "t1"), song(2, "t2"))
        )
        book = catalogue.load()
        assert (book.files, book.read, book.outcomes["loaded"]) == (2, 4, 4)
        assert catalogue.rows("SELECT user_name FROM users ORDER BY user_id") == [("Ann",), ('O"Neil, Ü',)]
        assert catalogue.rows("SELECT track_id, id, explicit, energy, duration_ms FROM songs ORDER BY 1") == [
            ("t1", 1, False, 1.01e-06, 1000),
            ("t2", 2, False, 1.01e-06, 1000),
        ]
        assert [file for name in ("users", "songs") for file in Ledger(TABLE).open_files(name)] == []
        assert catalogue.rows("SELECT job_name, files, read, loaded FROM load_runs") == [("load_metadata", 2, 4, 4)]
        assert keys(LAKE, "temp/load_metadata/") == []

    def it_has_nothing_to_do_without_files(catalogue):
        assert catalogue.load() is None
        catalogue.take_in(users__u=users(user(1)))
        catalogue.load()
        assert catalogue.load() is None
        assert catalogue.rows("SELECT count(*) FROM load_runs") == [(1,)]

    def it_changes_only_rows_that_differ(catalogue):
        catalogue.take_in(users__a=users(user(1), user(2)))
        catalogue.load()
        (before,) = catalogue.rows("SELECT max(change_seq) FROM users")[0]
        catalogue.take_in(users__b=users(user(1), user(2, age=""), user(3)))
        assert (catalogue.load().outcomes["loaded"], catalogue.ages()) == (2, {1: 30, 2: None, 3: 30})
        assert sorted(catalogue.rows(f"SELECT user_id FROM users WHERE change_seq > {before}")) == [(2,), (3,)]
        assert catalogue.books()[-1] == ("b", LOADED, 3, 2, 1, 0, 0)

    def it_takes_the_last_of_a_b_a(catalogue):
        first, second = users(user(1, 20)), users(user(1, 21))
        for name, body, age in (("a", first, 20), ("b", second, 21), ("c", first, 20)):
            catalogue.take_in(**{f"users__{name}": body})
            catalogue.load()
            assert catalogue.ages() == {1: age}

    def it_takes_the_last_of_a_b_a_in_one_run(catalogue):
        deliver("users/z.csv", users(user(1, 20)))
        catalogue.take_in()
        deliver("users/y.csv", users(user(1, 21), user(2)))
        catalogue.take_in()
        catalogue.take_in(users__x=users(user(1, 20)))
        catalogue.load()
        assert catalogue.ages() == {1: 20, 2: 30}
        assert sorted(catalogue.books()) == [
            ("x", LOADED, 1, 1, 0, 0, 0),
            ("y", LOADED, 2, 1, 0, 1, 0),
            ("z", REPEATED, 1, 0, 1, 0, 0),
        ]

    def it_takes_the_smallest_id_of_a_track_and_the_first_line_of_a_user(catalogue):
        catalogue.take_in(
            songs__s=songs(song(10, "t", "ten"), song(9, "t", "nine"), song(9, "t", "nine again")),
            users__u=users(user(1, 40), user(1, 20), user(1, 60)),
        )
        assert catalogue.load().outcomes["repeated"] == 4
        assert catalogue.rows("SELECT track_name FROM songs") == [("nine",)]
        assert catalogue.ages() == {1: 40}

    def it_numbers_rows_changed_by_others(catalogue):
        catalogue.take_in(users__u=users(user(1), user(2)))
        catalogue.load()
        with catalogue.stack.connect("rds") as db:
            db.execute("UPDATE users SET user_age = 99, change_seq = 1 WHERE user_id = 1")
        ((changed, other),) = catalogue.rows(
            "SELECT a.change_seq, b.change_seq FROM users a, users b WHERE a.user_id = 1 AND b.user_id = 2"
        )
        assert changed > other

    def it_numbers_rows_in_the_order_of_commits(catalogue):
        catalogue.take_in(users__u=users(user(1), user(2)))
        catalogue.load()
        with catalogue.stack.connect("rds") as first, catalogue.stack.connect("rds") as second:
            first.autocommit = False
            first.execute("UPDATE users SET user_age = 50 WHERE user_id = 1")
            second.execute("SET lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                second.execute("UPDATE users SET user_age = 50 WHERE user_id = 2")
            first.rollback()


def describe_files_as_people_make_them():
    def it_loads_a_catalogue_whose_first_column_has_no_name(catalogue):
        catalogue.take_in(songs__s=songs(song(2, "t1", name="Later"), song(1, "t1")).removeprefix(b"id"))
        assert catalogue.load().outcomes["loaded"] == 1
        assert catalogue.rows("SELECT id, track_id, track_name FROM songs") == [(1, "t1", "Song")]

    def it_loads_no_row_out_of_a_quoted_value(catalogue):
        record = ('3,"a', user(4), 'b",30,France,2024-01-01')
        catalogue.take_in(users__u=users(user(1), *record, user(2)))
        assert catalogue.load().quarantined_by_rule == {"multiline_record": 1, "unbalanced_quotes": 2}
        assert sorted(catalogue.ages()) == [1, 2]

    def it_takes_ages_as_pandas_writes_them_and_survives_nul_wherever_it_is(catalogue):
        header, *rows = users(user(1, age="34.0"), user(2)).decode().splitlines()
        odd = [f"{header},no\x00te", f"{rows[0]},x", f"{rows[1]},\x00"]
        catalogue.take_in(users__u="\n".join(odd).encode())
        assert catalogue.load().quarantined_by_rule == {"nul_byte": 1}
        assert catalogue.ages() == {1: 34}


def describe_rows_in_error():
    def it_quarantines_them_and_counts_rules(catalogue, spark):
        catalogue.take_in(users__u=users(user(1), user("x"), user(-3, age=0), "4,short"))
        book = catalogue.load()
        assert (book.outcomes["loaded"], book.outcomes["quarantined"]) == (1, 3)
        assert book.quarantined_by_rule == {
            "ragged_row": 1,
            "user_age_out_of_range": 1,
            "user_id_invalid": 1,
            "user_id_negative": 1,
        }
        kept = spark.read.parquet(f"s3a://{LAKE}/quarantine/users/run_id={book.run_id}/").collect()
        assert sorted(row["raw"] for row in kept) == sorted([user("x"), user(-3, age=0), "4,short"])
        (log,) = keys(LAKE, "logs/errors/")
        lines = [json.loads(line) for line in read(LAKE, log).splitlines()]
        assert {(line["kind"], line["rule"], line["rows"]) for line in lines} >= {("rejected_rows", "ragged_row", 1)}

    def it_counts_warnings(catalogue):
        catalogue.take_in(songs__s=songs(song(1, "t1", name="")))
        assert catalogue.load().warnings_by_rule == {"track_name_missing": 1}

    def it_rejects_a_file_with_too_many(catalogue):
        bad = users(*(user(number, age=200 if number <= 51 else 30) for number in range(1, 101)))
        catalogue.take_in(users__bad=bad, users__good=users(user(1, 44)))
        book = catalogue.load()
        assert catalogue.ages() == {1: 44}
        assert sorted(catalogue.books()) == [("bad", REJECTED, 100, 0, 0, 0, 100), ("good", LOADED, 1, 1, 0, 0, 0)]
        assert book.quarantined_by_rule == {"user_age_out_of_range": 51, "reject_rate_exceeded": 100}
        (reason,) = [key for key in keys(LAKE, "quarantine/files/") if key.endswith(".reason.json")]
        assert "51 of its 100 rows" in json.loads(read(LAKE, reason))["message"]
        (archived,) = keys(LAKE, "archive/")
        assert read(LAKE, archived) == users(user(1, 44))

    @pytest.mark.parametrize(("rows", "rate"), [(99, 0.5), (100, 1.0)])
    def it_loads_a_small_file_or_one_within_the_rate(catalogue, rows, rate):
        body = users(user(1), *(user(number, age=200) for number in range(2, rows + 1)))
        catalogue.take_in(users__u=body)
        assert catalogue.load(max_reject_rate=rate).outcomes["loaded"] == 1


def describe_books():
    def it_books_rejected_and_repeated_files_once(catalogue):
        catalogue.take_in(users__broken=b"{}", users__empty=b"")
        assert catalogue.load().files == 2
        assert sorted(catalogue.books()) == [("broken", REJECTED, 0, 0, 0, 0, 0), ("empty", REJECTED, 0, 0, 0, 0, 0)]
        assert catalogue.load() is None

    def it_puts_a_file_aside_whose_lines_are_not_those_counted(catalogue):
        catalogue.take_in(users__u=users(user(1), user(2)), users__v=users(user(3)))
        ledger = Ledger(TABLE)
        (odd,) = [file for file in ledger.open_files("users") if file.landing_key == "users/u.csv"]
        ledger.mark([odd], state=ACCEPTED, lines=3)
        assert catalogue.load().quarantined_by_rule == {"lines_differ": 3}
        assert sorted(catalogue.ages()) == [3]
        assert sorted(catalogue.books()) == [("u", REJECTED, 3, 0, 0, 0, 3), ("v", LOADED, 1, 1, 0, 0, 0)]
        assert catalogue.load() is None


@pytest.mark.ci
def describe_deaths():
    @pytest.mark.parametrize("point", ["settle", "finish"])
    def it_changes_nothing_more_after_the_upsert(catalogue, monkeypatch, point):
        bad = users(*(user(number, age=200) for number in range(1, 101)))
        catalogue.take_in(users__u=users(user(1), user(2)), users__bad=bad, songs__s=songs(song(1, "t")))
        config, glue = catalogue.start()
        with monkeypatch.context() as patch:
            if point == "settle":
                patch.setattr(Ledger, "mark", lambda *_, **__: pytest.fail("died"))
                with pytest.raises(pytest.fail.Exception):
                    load_metadata.load(glue, config)
            else:
                patch.setattr(aws, "delete_objects", lambda *_: 0)
                load_metadata.load(glue, config)
        state = catalogue.rows("SELECT * FROM users ORDER BY 1")
        catalogue.take_in(users__v=users(user(3)))
        catalogue.load()
        assert catalogue.rows("SELECT * FROM users WHERE user_id < 3 ORDER BY 1") == state
        assert sorted(catalogue.ages()) == [1, 2, 3]
        assert catalogue.load() is None
        assert catalogue.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'stage'") == [(0,)]

    def it_sweeps_stages_of_dead_runs(catalogue, monkeypatch):
        catalogue.take_in(users__u=users(user(1)))
        with monkeypatch.context() as patch:
            patch.setattr(load_metadata.Rds, "publish", lambda *_: pytest.fail("died"))
            with pytest.raises(pytest.fail.Exception):
                catalogue.load()
        assert catalogue.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'stage'") == [(1,)]
        assert catalogue.load().outcomes["loaded"] == 1
        assert catalogue.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'stage'") == [(0,)]


def describe_tables():
    def it_adds_columns_that_a_contract_gained(catalogue, monkeypatch):
        catalogue.take_in(users__u=users(user(1)))
        catalogue.load()
        with catalogue.stack.connect("rds") as db:
            db.execute("ALTER TABLE users DROP COLUMN user_country")
        catalogue.take_in(users__v=users(user(1), user(2)))
        assert catalogue.load().outcomes["loaded"] == 2
        assert catalogue.rows("SELECT user_country FROM users ORDER BY user_id") == [("France",), ("France",)]

    def it_numbers_the_rows_of_a_table_that_was_there_before(catalogue):
        with catalogue.stack.connect("rds") as db:
            columns = "user_id bigint PRIMARY KEY, user_name text, user_age int, user_country text, created_at date"
            db.execute(f"CREATE TABLE users ({columns})")
            db.execute("INSERT INTO users (user_id) VALUES (1), (2)")
            db.execute("ALTER TABLE users OWNER TO loader")
        catalogue.load()
        assert catalogue.rows("SELECT count(DISTINCT change_seq) FROM users WHERE change_seq > 0") == [(2,)]


def describe_a_missing_or_closed_database():
    def it_names_a_missing_connection(catalogue):
        with pytest.raises(MissingResourceError, match="Glue connection 'nowhere'"):
            catalogue.load(rds_connection="nowhere")

    def it_names_a_wrong_password(catalogue):
        secret = json.dumps({"username": "loader", "password": "wrong"})
        catalogue.stack.client("secretsmanager").put_secret_value(SecretId="music/rds", SecretString=secret)
        with pytest.raises(
            MissingResourceError, match=r"connection 'music-rds'\) refuses user 'loader'; correct its secret"
        ):
            catalogue.load()

    def it_names_a_database_that_does_not_answer(catalogue, monkeypatch):
        address = property(lambda place: ("127.0.0.1", 1, "music"))
        monkeypatch.setattr("glue_jobs.lib.catalogue.rds_connection.Place.address", address)
        with pytest.raises(MissingResourceError, match=r"127\.0\.0\.1:1 .* does not answer; start it"):
            catalogue.load()


def describe_sql():
    def it_qualifies_and_quotes(catalogue):
        assert rds_sql.quoted(["explicit", "id"], of="s") == 's."explicit", s."id"'
        assert rds_sql.add_column(rds_sql.CATALOGUE["users"], Column("x", "BIGINT")) == (
            'ALTER TABLE public.users ADD COLUMN "x" BIGINT'
        )

"""Values are exactly the same after CSV, COPY and reading back."""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from standin_support import BUCKET

pytestmark = [pytest.mark.spark, pytest.mark.stack]
SCHEMA = (
    "n bigint, s string, d double, t timestamp, m decimal(38,10), a date, b boolean, r float, i int, j array<string>"
)
COLUMNS = "n BIGINT, s VARCHAR(MAX), d FLOAT8, t TIMESTAMP, m DECIMAL(38,10), a DATE, b BOOLEAN, r REAL, i INT, j SUPER"
AWKWARD = ["", " ", "  x  ", "@NULL@", "NULL", "\\N", "\\.", '"', '""', ",", "a,b", "a\nb", "a\r\nb", "\r", "\t", "\\",
           'x"y\\"z', "'", ";", "%s", "{}", "é" * 5, "\u2028", "\ufeffx", "🎵", "\x01\x7f", "null", "\n"]  # fmt: skip
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (Spark gives times without a zone)


@pytest.fixture
def round_trip(standin_runs, standin_warehouse):
    """Writes rows to the warehouse and reads them back."""

    def run(rows):
        from awsglue.dynamicframe import DynamicFrame

        context = standin_runs.start()
        options = {
            "useConnectionProperties": "true",
            "connectionName": "redshift",
            "dbtable": "public.wide",
            "redshiftTmpDir": f"s3://{BUCKET}/tmp/",
        }
        frame = standin_runs.spark.createDataFrame(rows, SCHEMA)
        actions = {"preactions": f"DROP TABLE IF EXISTS public.wide; CREATE TABLE public.wide ({COLUMNS})"}
        context.write_dynamic_frame.from_options(
            DynamicFrame.fromDF(frame, context), "redshift", {**options, **actions}
        )
        back = context.create_dynamic_frame.from_options("redshift", options).toDF()
        return sorted((tuple(row) for row in back.collect()), key=lambda row: row[0])

    return run


def row(n, **values):
    names = ["n", "s", "d", "t", "m", "a", "b", "r", "i", "j"]
    return tuple({"n": n, **values}.get(name) for name in names)


def same(one, other):
    return one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other))


def test_awkward_strings(round_trip):
    rows = [row(n, s=text) for n, text in enumerate([*AWKWARD, None])]
    assert [(r[0], r[1]) for r in round_trip(rows)] == [(r[0], r[1]) for r in rows]


def test_awkward_numbers_and_times(round_trip):
    rows = [
        row(1, d=0.1 + 0.2, t=datetime(2024, 6, 25, 23, 59, 59, 999_999), m=Decimal("-1E-10")),  # noqa: DTZ001
        row(2, d=5e-324, t=datetime(1970, 1, 1, 0, 0, 0, 1), m=Decimal("9" * 28)),  # noqa: DTZ001
        row(3, d=1.7976931348623157e308, t=datetime(1900, 1, 1), m=Decimal(0)),  # noqa: DTZ001
        row(4, d=math.inf, a=date(1, 1, 1), i=-(2**31), r=0.10000000149011612),
        row(5, d=-math.inf, a=date(9999, 12, 31), i=2**31 - 1, b=True),
        row(6, d=-0.0, b=False),
        row(-(2**63), d=math.nan),
        row(2**63 - 1),
    ]
    expected = sorted(rows)
    for found, wanted in zip(round_trip(rows), expected, strict=True):
        assert all(same(one, other) for one, other in zip(found, wanted, strict=True)), (found, wanted)


def test_nested_values_are_json(round_trip):
    (found,) = round_trip([row(1, j=['a"b', None])])
    assert found[9] == '["a\\"b", null]'


def test_times_do_not_depend_on_the_sessions_zone(round_trip, standin_runs, standin_warehouse):
    conf = standin_runs.spark.conf
    conf.set("spark.sql.session.timeZone", "America/New_York")
    try:
        round_trip([row(1, t=datetime(2024, 6, 25, 12, 0, 0, 5))])  # noqa: DTZ001
    finally:
        conf.set("spark.sql.session.timeZone", "UTC")
    stored = standin_warehouse.execute("SELECT t FROM public.wide").fetchone()[0]
    assert stored.replace(tzinfo=UTC) == datetime(2024, 6, 25, 12, 0, 0, 5, tzinfo=UTC)


texts = (
    st.none() | st.sampled_from(AWKWARD) | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
)
times = st.integers(-(10**15), 4 * 10**15).map(lambda us: EPOCH + timedelta(microseconds=us))
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**27), max_value=10**27)
wide_rows = st.tuples(
    texts,
    st.none() | st.floats(),
    st.none() | times,
    st.none() | decimals,
    st.none() | st.dates(min_value=date(1583, 1, 1)),
    st.none() | st.booleans(),
    st.none() | st.floats(width=32),
    st.none() | st.integers(-(2**31), 2**31 - 1),
)


@settings(
    max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True
)
@given(st.lists(wide_rows, min_size=150, max_size=150))
def test_any_values(round_trip, values):
    """Few Spark actions, many values: each example is a frame of 150 rows."""
    rows = [(n, *value, None) for n, value in enumerate(values)]
    for found, wanted in zip(round_trip(rows), rows, strict=True):
        assert all(same(one, other) for one, other in zip(found, wanted, strict=True)), (found, wanted)

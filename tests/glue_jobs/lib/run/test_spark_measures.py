from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from glue_jobs.lib.run import logs
from glue_jobs.lib.run.spark_measures import measured


@pytest.mark.spark
def test_it_tells_what_spark_did_and_what_a_million_rows_cost(spark, tmp_path):
    minute_ago = datetime.now(UTC) - timedelta(minutes=1)
    before = measured(spark, started_at=minute_ago)
    spark.range(1000).write.parquet(str(tmp_path / "numbers"))
    spark.read.parquet(str(tmp_path / "numbers")).repartition(3).write.parquet(str(tmp_path / "again"))
    after = measured(spark, started_at=minute_ago, rows=500_000)
    assert after["jobs"] >= before["jobs"] + 2
    assert after["input_bytes"] > before["input_bytes"]
    assert after["shuffle_bytes"] > before["shuffle_bytes"]
    assert after["cores"] > 0
    assert after["dpu_seconds"] == pytest.approx(60 * max(1, after["cores"] / 4), rel=0.5)
    assert after["dpu_seconds_per_million_rows"] == pytest.approx(2 * after["dpu_seconds"])
    assert "dpu_seconds_per_million_rows" not in before


def test_a_spark_without_statuses_fails_no_load(capsys):
    logs.configure()
    assert measured(SimpleNamespace(sparkContext=None), started_at=datetime.now(UTC)) == {}
    assert "gave no measures" in capsys.readouterr().out


@pytest.mark.spark
def test_a_run_is_not_charged_for_what_others_did_in_its_session_before(spark):
    spark.range(1000).repartition(3).count()
    started_at = datetime.now(UTC) + timedelta(milliseconds=1)
    assert measured(spark, started_at=started_at)["jobs"] == 0
    spark.range(1000).repartition(3).count()
    found = measured(spark, started_at=started_at)
    assert 0 < found["jobs"] <= 4
    assert found["shuffle_bytes"] > 0

"""The cases of bookmarks of tables, on a table of PostgreSQL."""

import pytest
from bookmark_story import Story
from fidelity_cases import stories

from local_glue.job.connections import Jdbc
from local_glue.job.sources.jdbc import unread

pytestmark = pytest.mark.stack


@pytest.mark.parametrize("case", stories("jdbc_bookmarks"))
def test_each_case_of_tables(case, database_server, tmp_path, monkeypatch):
    monkeypatch.setenv("LOCAL_GLUE_HOME", str(tmp_path))
    server = database_server
    source = Jdbc("postgresql", server.host, server.port, "shop", "loader", server.passwords["loader"], "shop")
    with source.connect(autocommit=True) as connection, source.connect() as other:
        connection.execute("DROP TABLE IF EXISTS t, u")
        for statement in case.setup:
            connection.execute(statement)

        def read(run, ctx, options):
            query = options.get("sampleQuery")
            table = f"({query}) AS sample_query" if query else options.get("dbtable", "public.t")
            rows = connection.execute(f"SELECT * FROM {unread(run, source, table, options, ctx)}").fetchall()
            return sorted(row[0] for row in rows)

        def change(step):
            if "sql" in step:
                connection.execute(step["sql"])
            elif "uncommitted" in step:
                other.execute(step["uncommitted"])
            else:
                assert step == {"commit_it": True}
                other.commit()

        Story(tmp_path, read, change).play(case.steps)

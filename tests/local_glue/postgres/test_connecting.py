"""How people connect to the warehouse: psql, and Redshift's own driver."""

import json
import os
import shutil
import struct
import subprocess

import pytest
from environments import installed

from local_glue.endpoint.redshift_port import CANCEL, VERSION, without_unknown

DRIVER = """
import json, sys
import redshift_connector
to = json.loads(sys.argv[1])
with redshift_connector.connect(ssl=False, **to) as connection, connection.cursor() as cursor:
    cursor.execute("CREATE TABLE public.driven (a BIGINT, b DECIMAL(8,2), c VARCHAR(9), at TIMESTAMP)")
    cursor.executemany("INSERT INTO public.driven VALUES (%s, %s, %s, %s)", [(1, "1.5", "it's", "2024-06-25 01:02:03")])
    connection.commit()
    cursor.execute("SELECT a, b, c, at, LEN(c) FROM public.driven WHERE c = %s", ("it's",))
    print(cursor.fetchall())
"""


def describe_the_first_message():
    def it_keeps_what_postgresql_knows():
        pairs = b"user\0loader\0client_protocol_version\x002\0database\0dwh\0driver_version\0x\0\0"
        sent = struct.pack("!II", len(pairs) + 8, VERSION) + pairs
        kept = b"user\0loader\0database\0dwh\0\0"
        assert without_unknown(sent) == struct.pack("!II", len(kept) + 8, VERSION) + kept

    def it_leaves_a_cancellation_as_it_is():
        sent = struct.pack("!IIII", 16, CANCEL, 7, 9)
        assert without_unknown(sent) == sent


@pytest.mark.stack
def describe_connecting():
    def it_lets_redshift_connector_in(shop_stack, tmp_path):
        try:
            python = installed("redshift") / "python"
        except subprocess.CalledProcessError:
            pytest.skip("NOT TESTED: redshift_connector, for it cannot be installed here")
        script = tmp_path / "driver.py"
        script.write_text(DRIVER)
        secret = json.loads(shop_stack.client("secretsmanager").get_secret_value(SecretId="shop/dwh")["SecretString"])
        to = {
            "host": "127.0.0.1",
            "port": shop_stack.state["redshift_port"],
            "database": "dwh",
            "user": secret["username"],
        }
        given = json.dumps({**to, "password": secret["password"]})
        done = subprocess.run([python, script, given], capture_output=True, text=True, timeout=60)
        assert done.stdout.strip() == "([1, Decimal('1.50'), \"it's\", datetime.datetime(2024, 6, 25, 1, 2, 3), 4],)", (
            done.stderr
        )
        refused = subprocess.run([python, script, json.dumps({**to, "password": "no"})], capture_output=True, text=True)
        assert "password authentication failed" in refused.stderr

    @pytest.mark.parametrize("port", ["postgres", "redshift"])
    def it_lets_psql_in(shop_stack, port):
        if not shutil.which("psql"):
            pytest.skip("NOT TESTED: psql, for it is not installed here")
        number = shop_stack.state["redshift_port"] if port == "redshift" else shop_stack.postgres.port
        uri = f"postgresql://loader@127.0.0.1:{number}/dwh"
        environment = {"PATH": os.environ["PATH"], "PGPASSWORD": shop_stack.postgres.passwords["loader"]}
        done = subprocess.run(
            ["psql", uri, "-Atc", "SELECT LEN('four')"], capture_output=True, text=True, env=environment
        )
        assert (done.stdout, done.stderr) == ("4\n", "")

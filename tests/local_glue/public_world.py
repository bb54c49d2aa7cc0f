"""What Amazon's sample scripts expect to find: buckets, tables and rows of the shapes that its pages show."""

import json
from pathlib import Path
from typing import Any

PROJECT = """
[tool.local_glue]
scripts_bucket = "scripts"
buckets = [{ name = "scripts" }, { name = "glue-sample-target" }, { name = "awsglue-datasets" },
           { name = "somebucket" }, { name = "outputbucket" }]

[tool.local_glue.databases.warehouse]
engine = "redshift"
dbname = "testdb"
user = "loader"

[tool.local_glue.connections.redshift3]
database = "warehouse"
secret = "redshift3"
"""
LEGISLATORS: dict[str, list[dict[str, Any]]] = {
    "persons": [
        {
            "id": "p1", "family_name": "Roe", "name": "Richard Roe", "links": [{"note": "home", "url": "http://r"}],
            "identifiers": [{"scheme": "s", "identifier": "1"}], "other_names": [{"note": "short", "name": "Rick"}],
            "contact_details": [{"type": "phone", "value": "1"}, {"type": "fax", "value": "2"}],
            "images": [{"url": "http://i"}], "birth_date": "1944-10-15",
        },
        {"id": "p2", "family_name": "Doe", "name": "Jane Doe", "links": [], "birth_date": "1950-01-01"},
    ],
    "memberships": [
        {"person_id": "p1", "organization_id": "o1", "role": "member", "start_date": "1993-01-05"},
        {"person_id": "p2", "organization_id": "o2", "role": "member", "start_date": "1999-01-05"},
    ],
    "organizations": [
        {"id": "o1", "name": "House", "type": "chamber", "seats": 435,
         "identifiers": [{"scheme": "x", "identifier": "y"}],
         "other_names": [{"lang": "de", "note": "multilingual", "name": "Haus"}]},
        {"id": "o2", "name": "Senate", "type": "chamber", "seats": 100},
    ],
}  # fmt: skip
MEDICARE = (
    "drg definition:string,provider id:bigint,provider name:string,provider street address:string,provider city:string,"
    "provider state:string,provider zip code:bigint,hospital referral region description:string,"
    "total discharges:bigint,average covered charges:string,average total payments:string,"
    "average medicare payments:string"
)
PROVIDERS = """drg,id,name,street,city,state,zip,region,discharges,covered,total,medicare
039 - X,10001,SOUTHEAST,1 ROSS,DOTHAN,AL,36301,AL - Dothan,91,$32963.07,$5777.24,$4763.73
039 - X,none,WEST,2 ROSS,DOTHAN,AL,36301,AL - Dothan,14,$1.07,$2.24,$3.73
"""
METASTORE = {"type": "database", "item": {"name": "d", "description": "", "locationUri": "", "parameters": {}}}


def provide(client: Any) -> None:
    """Creates the tables and uploads their rows.

    Args:
        client: Makes a boto3 client of a service, on a stack of `PROJECT`.
    """
    s3, glue = client("s3"), client("glue")
    for name in ("legislators", "payments"):
        glue.create_database(DatabaseInput={"Name": name})
    for name, rows in LEGISLATORS.items():
        folder = f"examples/us-legislators/{name}"
        _put(s3, f"{folder}/1.json", "\n".join(map(json.dumps, rows)))
        _table(glue, "legislators", f"{name}_json", folder, [("id", "string")], "json")
    _put(s3, "examples/medicare/1.csv", PROVIDERS)
    columns = [tuple(column.split(":")) for column in MEDICARE.split(",")]
    _table(glue, "payments", "medicare", "examples/medicare", columns, "csv")
    _put(s3, "hive/1.json", json.dumps(METASTORE))
    s3.put_object(Bucket="somebucket", Key="somepath/1.csv", Body=b"1,a\n2,b\n")


def upload(client: Any, path: Path, key: str) -> str:
    """Uploads a file for a job; returns its URI."""
    client("s3").put_object(Bucket="scripts", Key=key, Body=path.read_bytes())
    return f"s3://scripts/{key}"


def _put(s3: Any, key: str, text: str) -> None:
    s3.put_object(Bucket="awsglue-datasets", Key=key, Body=text.encode())


def _table(glue: Any, database: str, name: str, folder: str, columns: list[Any], kind: str) -> None:
    serde = {"json": "org.openx.data.jsonserde.JsonSerDe", "csv": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"}
    described = {
        "Location": f"s3://awsglue-datasets/{folder}/",
        "Columns": [{"Name": column, "Type": type_} for column, type_ in columns],
        "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
        "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "SerdeInfo": {"SerializationLibrary": serde[kind], "Parameters": {"field.delim": ","}},
    }
    glue.create_table(
        DatabaseName=database,
        TableInput={
            "Name": name, "TableType": "EXTERNAL_TABLE", "StorageDescriptor": described,
            "Parameters": {"classification": kind, **({"skip.header.line.count": "1"} if kind == "csv" else {})},
        },
    )  # fmt: skip

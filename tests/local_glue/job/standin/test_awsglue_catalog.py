"""from_catalog: tables of the Data Catalog whose files are on S3, as half of all public scripts read them."""

import pytest
from standin_support import BUCKET

from local_glue.job.sources.catalog import CatalogError

pytestmark = [pytest.mark.spark, pytest.mark.stack]
CSV = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "Parameters": {"field.delim": ","}}
JSON = {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe", "Parameters": {"paths": "id,name"}}


class Catalog:
    """A database of the Data Catalog, with tables and files."""

    def __init__(self, stack, prefix):
        self.glue, self.s3, self.prefix, self.database = (
            stack.client("glue"),
            stack.client("s3"),
            prefix,
            f"db_{prefix}",
        )
        self.glue.create_database(DatabaseInput={"Name": self.database})

    def table(self, name, columns, *, serde=CSV, classification="csv", keys=(), location=None, **parameters):
        """Defines a table in the folder of its name."""
        storage = {
            "Columns": [{"Name": column, "Type": kind} for column, kind in columns],
            "Location": location or self.folder(name),
            "SerdeInfo": serde,
        }
        more = parameters.pop("more", {})
        self.glue.create_table(
            DatabaseName=self.database,
            TableInput={
                "Name": name,
                "StorageDescriptor": storage,
                "PartitionKeys": [{"Name": key, "Type": kind} for key, kind in keys],
                "Parameters": {**({"classification": classification} if classification else {}), **parameters},
                **more,
            },
        )

    def partition(self, table, folder, *values):
        """Tells the catalog of a partition."""
        storage = {"Location": f"{self.folder(table)}{folder}", "Columns": [], "SerdeInfo": CSV}
        entry = {"Values": list(values), "StorageDescriptor": storage}
        self.glue.create_partition(DatabaseName=self.database, TableName=table, PartitionInput=entry)

    def put(self, key, text):
        """Writes a file into the folder of a table."""
        self.s3.put_object(Bucket=BUCKET, Key=f"{self.prefix}/{key}", Body=text.encode())

    def folder(self, table):
        """Where a table's files are."""
        return f"s3://{BUCKET}/{self.prefix}/{table}/"


@pytest.fixture
def catalog(standin, standin_prefix):
    return Catalog(standin, standin_prefix)


@pytest.fixture
def read(standin_runs, catalog):
    """Reads a table in a new run, and commits; gives columns and sorted rows."""

    def run(table, ctx="", **options):
        context = standin_runs.start()
        frame = context.create_dynamic_frame.from_catalog(
            database=catalog.database, table_name=table, transformation_ctx=ctx, **options
        ).toDF()
        rows = sorted((tuple(row) for row in frame.collect()), key=str) if frame.columns else []
        context.job.commit()
        return frame.columns, rows

    return run


@pytest.fixture
def sales(catalog):
    """A table with a partition for each month, one of them not in a folder of the usual form."""
    catalog.table("sales", [("id", "bigint")], keys=[("year", "int"), ("month", "string")])
    for folder, *values in (
        ("year=2024/month=01/", "2024", "01"),
        ("year=2024/month=02/", "2024", "02"),
        ("old", "2023", "12"),
    ):
        catalog.partition("sales", folder, *values)
    catalog.put("sales/year=2024/month=01/a.csv", "1\n")
    catalog.put("sales/year=2024/month=02/a.csv", "2\n")
    catalog.put("sales/old/a.csv", "3\n")
    catalog.put("sales/year=2025/month=01/unknown.csv", "4\n")
    return catalog


def describe_csv():
    def it_has_the_names_and_types_of_the_table(catalog, read):
        catalog.table("t", [("id", "bigint"), ("name", "string"), ("price", "double"), ("new", "int")],
                      **{"skip.header.line.count": "1"})  # fmt: skip
        catalog.put("t/a.csv", 'ID,Name,Price\n1,"a, b",2.5\n2,,\n')
        assert read("t") == (["id", "name", "price", "new"], [(1, "a, b", 2.5, None), (2, None, None, None)])

    def it_finds_the_table_by_the_old_name_of_the_database_too(catalog, standin_runs):
        catalog.table("t", [("id", "bigint")])
        catalog.put("t/a.csv", "1\n")
        reader = standin_runs.start().create_dynamic_frame
        assert reader.from_catalog(name_space=catalog.database, table_name="t").count() == 1
        with pytest.raises(ValueError, match="both given"):
            reader.from_catalog(database=catalog.database, table_name="t", name_space=catalog.database)

    def it_refuses_nested_columns(catalog, read):
        catalog.table("t", [("ids", "array<bigint>")])
        catalog.put("t/a.csv", "1\n")
        with pytest.raises(NotImplementedError, match="nested column 'ids'"):
            read("t")

    def it_takes_the_separator_and_quotes_of_the_serde(catalog, read):
        parameters = {"separatorChar": ";", "quoteChar": "'"}
        serde = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde", "Parameters": parameters}
        catalog.table("t", [("a", "string"), ("b", "string")], serde=serde, classification=None)
        catalog.put("t/a.csv", "'x;y';z\n")
        assert read("t")[1] == [("x;y", "z")]

    def it_makes_a_choice_of_a_column_with_values_of_another_type(catalog, standin_runs):
        """The example of the documentation: provider ids of which some are text."""
        catalog.table("medicare", [("provider id", "bigint"), ("name", "string")])
        catalog.put("medicare/a.csv", "10001,x\nunknown,y\n,z\n")
        frame = standin_runs.start().create_dynamic_frame.from_catalog(catalog.database, "medicare")
        assert frame.schema().fields[0].dataType.jsonValue()["choices"] == [
            {"dataType": "long", "properties": {}},
            {"dataType": "string", "properties": {}},
        ]
        rows = sorted(frame.toDF().collect(), key=lambda row: row["name"])
        assert [row["provider id"] and tuple(row["provider id"]) for row in rows] == [
            (10001, None),
            (None, "unknown"),
            None,
        ]
        long = frame.resolveChoice(specs=[("provider id", "cast:long")]).toDF()
        assert sorted(row[0] for row in long.collect() if row[0]) == [10001]
        assert frame.resolveChoice(choice="match_catalog", database=catalog.database, table_name="medicare").toDF(
        ).dtypes == long.dtypes  # fmt: skip


def describe_other_formats():
    def it_reads_json_as_its_files_are(catalog, read):
        catalog.table("t", [("id", "int"), ("other", "string")], serde=JSON, classification="json")
        catalog.put("t/a.json", '{"id": 1, "tags": ["x"]}\n{"id": 2}\n')
        assert read("t") == (["id", "tags"], [(1, ["x"]), (2, None)])

    def it_reads_parquet(catalog, read, standin_runs):
        standin_runs.start()
        standin_runs.spark.range(2).write.parquet(catalog.folder("t"))
        serde = {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"}
        catalog.table("t", [("id", "bigint")], serde=serde, classification=None)
        assert read("t") == (["id"], [(0,), (1,)])

    def it_reads_only_the_folder_itself_unless_told_otherwise(catalog, read):
        catalog.table("t", [("id", "bigint")])
        catalog.put("t/a.csv", "1\n")
        catalog.put("t/deep/b.csv", "2\n")
        assert read("t")[1] == [(1,)]
        assert read("t", additional_options={"recurse": True})[1] == [(1,), (2,)]
        assert read("t", additional_options={"recurse": True, "exclusions": '["**/a.csv"]'})[1] == [(2,)]


def describe_partitions():
    def it_reads_those_that_the_catalog_knows_with_their_keys(sales, read):
        assert read("sales") == (
            ["id", "year", "month"],
            [(1, 2024, "01"), (2, 2024, "02"), (3, 2023, "12")],
        )

    @pytest.mark.parametrize(
        ("predicate", "ids"),
        [
            ("year == 2024 and month = '02'", [2]),
            ("(year == '2024')", [1, 2]),
            ("month in ('01', '12') or year < 2000", [1, 3]),
            ("year > 3000", []),
        ],
    )
    def it_pushes_a_predicate_down_to_them(sales, read, predicate, ids):
        assert [row[0] for row in read("sales", push_down_predicate=predicate)[1]] == ids

    def it_lets_the_catalog_choose_them(sales, read):
        chosen = {"catalogPartitionPredicate": "month = '12'"}
        assert read("sales", additional_options=chosen)[1] == [(3, 2023, "12")]

    @pytest.mark.parametrize("predicate", ["id = 1", "year = ", "nope = 3"])
    def it_names_the_keys_when_a_predicate_is_of_something_else(sales, read, predicate):
        with pytest.raises(CatalogError, match=r"can not be resolved .* year, month; use Filter"):
            read("sales", push_down_predicate=predicate)

    def it_refuses_a_predicate_for_a_table_without_partitions(catalog, read):
        catalog.table("t", [("id", "bigint")])
        with pytest.raises(CatalogError, match=r"can not be resolved .*: none"):
            read("t", push_down_predicate="id = 1")


def describe_bookmarks():
    def it_reads_new_files_of_all_partitions(sales, read):
        assert len(read("sales", ctx="c")[1]) == 3
        assert read("sales", ctx="c") == ([], [])
        sales.put("sales/year=2024/month=02/b.csv", "5\n")
        sales.partition("sales", "year=2025/month=01/", "2025", "01")
        assert read("sales", ctx="c")[1] == [(4, 2025, "01"), (5, 2024, "02")]
        assert len(read("sales")[1]) == 5


def describe_refusals():
    def it_names_a_table_that_does_not_exist(catalog, read):
        with pytest.raises(CatalogError, match=r"EntityNotFoundException: .* no table db_.*\.nope"):
            read("nope")

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"classification": "postgresql", "location": "shop.public.t"}, "from_options and its connection"),
            ({"classification": "orc"}, "classification 'orc'"),
            ({"table_type": "ICEBERG"}, "iceberg table"),
            ({"more": {"TableType": "VIRTUAL_VIEW"}}, "view"),
            ({"skip.header.line.count": "2"}, "skip.header.line.count='2'"),
        ],
    )
    def it_names_what_it_lacks(catalog, read, given, message):
        catalog.table("t", [("id", "bigint")], **given)
        with pytest.raises(NotImplementedError, match=message):
            read("t")

    @pytest.mark.parametrize("where", ["the read", "the table"])
    def it_reads_a_bounded_number_of_files_a_run(catalog, read, where):
        bound = {"boundedFiles": "1"}
        catalog.table("t", [("id", "bigint")], **(bound if where == "the table" else {}))
        for n in (1, 2):
            catalog.put(f"t/{n}.csv", f"{n}\n")
        options = bound if where == "the read" else {}
        both = [read("t", ctx="c", additional_options=options)[1] for _ in range(2)]
        assert both == [[(1,)], [(2,)]]

    def it_names_an_unknown_option(catalog, read):
        catalog.table("t", [("id", "bigint")])
        with pytest.raises(NotImplementedError, match="noSuch"):
            read("t", additional_options={"noSuch": "1"})


def describe_writing():
    def it_adds_files_to_the_tables_folder(catalog, read, standin_runs):
        from awsglue.dynamicframe import DynamicFrame

        catalog.table("t", [("id", "bigint"), ("name", "string")], **{"skip.header.line.count": "1"})
        context = standin_runs.start()
        rows = context.spark_session.createDataFrame([(1, "x"), (2, "y")], "id bigint, name string")
        frame = DynamicFrame.fromDF(rows, context)
        context.write_dynamic_frame.from_catalog(frame, database=catalog.database, table_name="t")
        assert read("t")[1] == [(1, "x"), (2, "y")]
        with pytest.raises(NotImplementedError, match=r"write_data_frame_from_catalog: use DynamicFrame\.fromDF"):
            context.write_data_frame.from_catalog(rows, catalog.database, "t")

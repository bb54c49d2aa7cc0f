"""The transforms that public scripts use, on frames as Glue's readers make them."""

import datetime
import decimal

import pytest
from standin_support import BUCKET

from local_glue.job.sources.s3_listing import S3SourceError
from local_glue.versions import running

pytestmark = [pytest.mark.spark, pytest.mark.stack]

MIXED = ('{"id": 1, "v": 10001, "p": 1}', '{"id": 2, "v": "x", "p": 2.5}', '{"id": 3, "v": "7"}')


@pytest.fixture
def context(standin_runs):
    return standin_runs.start("disable")


@pytest.fixture
def frame(context):
    """Makes a DynamicFrame of rows."""
    from awsglue.dynamicframe import DynamicFrame

    return lambda rows, schema: DynamicFrame.fromDF(context.spark_session.createDataFrame(rows, schema), context)


@pytest.fixture
def from_json(context, standin_s3, standin_prefix):
    """Makes a DynamicFrame of JSON lines."""

    def read(*lines, **options):
        standin_s3.put_object(Bucket=BUCKET, Key=f"{standin_prefix}/a.json", Body="\n".join(lines).encode())
        source = {"paths": [f"s3://{BUCKET}/{standin_prefix}/"]}
        return context.create_dynamic_frame.from_options("s3", source, "json", options)

    return read


def rows(frame):
    return sorted((tuple(row) for row in frame.toDF().collect()), key=str)


def describe_Filter():
    def it_keeps_the_records_for_which_the_function_is_true(frame):
        from awsglue.transforms import Filter

        people = frame([(1, "a", (1, [2, 3])), (2, None, (5, [])), (3, "c", None)],
                       "id int, name string, at struct<x:int, ys:array<int>>")  # fmt: skip
        assert [r[0] for r in rows(Filter.apply(frame=people, f=lambda x: x["id"] > 1 and x["name"] is None))] == [2]
        assert [r[0] for r in rows(people.filter(lambda x: x["at"] and x["at"]["ys"] == [2, 3]))] == [1]
        assert people.filter(lambda x: False).toDF().schema == people.toDF().schema

    def it_ends_the_run_when_the_function_fails(frame):
        with pytest.raises(Exception, match="KeyError: 'nope'"):
            frame([(1,)], "id int").filter(lambda x: x["nope"]).count()


def describe_Map():
    def it_gives_what_the_function_makes_of_each_record(frame):
        from awsglue.transforms import Map

        def address(record):
            record["address"] = {"street": record["street"], "zip": record["zip"]}
            record["parts"] = record["street"].split(" ")
            del record["street"]
            return record

        mapped = Map.apply(frame=frame([("Main St", 5), ("High St", 6)], "street string, zip smallint"), f=address)
        assert mapped.toDF().schema.simpleString() == (
            "struct<zip:smallint,address:struct<street:string,zip:int>,parts:array<string>>"
        )
        assert rows(mapped) == [(5, ("Main St", 5), ["Main", "St"]), (6, ("High St", 6), ["High", "St"])]

    def it_keeps_the_types_of_columns_that_it_leaves_alone(frame):
        before = frame(
            [(1, 2, decimal.Decimal("1.50"), datetime.date(2024, 1, 2), 0.5, b"x", {"k": 1}, None)],
            "a tinyint, b bigint, c decimal(10,2), d date, e float, f binary, g map<string,int>, h string",
        )
        after = before.map(lambda record: record)
        assert after.toDF().dtypes == before.toDF().dtypes
        assert rows(after) == rows(before)

    def it_finds_the_type_of_a_new_field_in_all_its_values(frame):
        made = frame([(n,) for n in range(3)], "id int").map(
            lambda r: {"id": r["id"], "big": r["id"] * 2**31, "part": r["id"] / 2, **({"late": "x"} if r["id"] else {})}
        )
        assert dict(made.toDF().dtypes) == {"id": "int", "big": "bigint", "part": "double", "late": "string"}
        assert rows(made)[0] == (0, 0, 0.0, None)

    def it_makes_a_choice_of_a_field_with_several_types(frame):
        made = frame([(1,), (2,)], "id int").map(lambda r: {"v": r["id"] if r["id"] == 1 else "two"})
        assert made.schema().fields[0].dataType.typeName() == "choice"
        assert rows(made.resolveChoice(choice="make_cols")) == [(1, None), (None, "two")]

    @pytest.mark.parametrize(
        ("function", "message"),
        [
            (lambda r: None, "returned a NoneType: return the record"),
            (lambda r: {"x": object()}, "a object, for which Glue has no type"),
            (lambda r: {"x": 2**63}, "9223372036854775808, which is beyond 64 bits"),
            (lambda r: {"x": {"y": 1 if r["id"] == 1 else "z"}}, "'y' has values of the types int, string"),
        ],
    )
    def it_says_what_it_cannot_take(frame, function, message):
        with pytest.raises(Exception, match=message):
            frame([(1,), (2,)], "id int").map(function).count()


def describe_choices():
    """JSON in which a field has values of several types."""

    def it_is_a_struct_in_a_data_frame(from_json, capsys):
        found = from_json(*MIXED)
        assert found.toDF().dtypes == [
            ("id", "bigint"),
            ("p", "struct<double:double,int:int>"),
            ("v", "struct<int:int,string:string>"),
        ]
        assert rows(found) == [(1, (None, 1), (10001, None)), (2, (2.5, None), (None, "x")), (3, None, (None, "7"))]
        found.printSchema()
        assert "|-- v: choice\n|    |-- int\n|    |-- string" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("action", "names", "values"),
        [
            ("cast:long", ["v"], [(10001,), (7,), (None,)]),
            ("cast:string", ["v"], [("10001",), ("7",), ("x",)]),
            ("project:int", ["v"], [(10001,), (None,), (None,)]),
            ("project:string", ["v"], [("7",), ("x",), (None,)]),
            ("make_cols", ["v_int", "v_string"], [(10001, None), (None, "7"), (None, "x")]),
            ("make_struct", ["v"], [((10001, None),), ((None, "7"),), ((None, "x"),)]),
        ],
    )
    def it_is_resolved_by_each_action(from_json, action, names, values):
        found = from_json(*MIXED).drop_fields(["id", "p"])
        resolved = found.resolveChoice(specs=[("v", action)])
        assert resolved.toDF().columns == names
        assert rows(resolved) == values
        assert rows(found.resolveChoice(choice=action)) == values

    def it_goes_through_other_transforms(from_json):
        from awsglue.transforms import ResolveChoice

        found = from_json(*MIXED).rename_field("v", "w").select_fields(["id", "w"])
        kept = found.filter(lambda r: r["w"] in (10001, "x"))
        assert rows(ResolveChoice.apply(frame=kept, choice="make_cols")) == [(1, 10001, None), (2, None, "x")]

    def it_carries_the_name_of_the_file(from_json):
        assert all(row[-1].endswith("/a.json") for row in rows(from_json(*MIXED, attachFilename="source")))

    @pytest.mark.parametrize(
        ("given", "error", "message"),
        [
            ({"specs": [("v", "cast:int")], "choice": "make_cols"}, ValueError, "not both"),
            ({"choice": "cast"}, ValueError, "unknown action 'cast'"),
            ({"choice": "make_col"}, ValueError, "unknown action"),
            ({"specs": [("v", "project:date")]}, ValueError, "choice of int, string, not 'date'"),
            ({}, NotImplementedError, "choice column 'p'"),
            ({"specs": [("v[].price", "cast:int")]}, NotImplementedError, "nested path"),
            ({"specs": [("id", "project:string")]}, NotImplementedError, "use cast:string"),
        ],
    )
    def it_says_what_it_cannot_do(from_json, given, error, message):
        with pytest.raises(error, match=message):
            from_json(*MIXED).resolveChoice(**given)

    def it_must_be_resolved_before_a_mapping(from_json):
        with pytest.raises(NotImplementedError, match="use resolveChoice before"):
            from_json(*MIXED).apply_mapping([("v", "string", "v", "string")])

    def it_leaves_frames_without_a_choice_alone(frame):
        plain = frame([(1, "2")], "a int, b string")
        for given in ({"choice": "make_cols"}, {"choice": "make_struct"}, {"specs": [("a", "make_cols")]}, {}):
            assert plain.resolveChoice(**given).toDF().dtypes == plain.toDF().dtypes
        assert rows(plain.resolveChoice(specs=[("b", "cast:int")])) == [(1, 2)]

    def it_refuses_structs_beside_plain_values(from_json):
        with pytest.raises(NotImplementedError, match="'v' has values of the types int, struct"):
            from_json('{"v": 1}', '{"v": {"x": 1}}')


def describe_DropNullFields():
    def it_drops_what_is_null_in_every_record(from_json):
        from awsglue.transforms import DropNullFields

        found = from_json('{"id": 1, "gone": null, "part": null}', '{"id": 2, "gone": null, "part": "x"}')
        assert dict(found.toDF().dtypes) == {"id": "bigint", "gone": "void", "part": "string"}
        assert DropNullFields.apply(frame=found).toDF().columns == ["id", "part"]

    def it_keeps_columns_that_have_a_type(frame):
        from awsglue.transforms import DropNullFields

        assert DropNullFields.apply(frame([(1, None)], "id int, name string")).toDF().columns == ["id", "name"]

    @pytest.mark.skipif(running().name >= "6.0", reason="Spark 4.1 writes columns without a type")
    def it_is_needed_before_parquet(from_json, context, standin_prefix):
        found = from_json('{"id": 1, "gone": null}')
        target = {"path": f"s3://{BUCKET}/{standin_prefix}/p"}
        with pytest.raises(Exception, match="VOID"):
            context.write_dynamic_frame.from_options(found, "s3", target, "parquet")


def describe_Relationalize():
    def it_makes_tables_of_arrays_and_columns_of_structs(frame):
        nested = frame(
            [
                ("ann", ("x", 1), [("fax", "1"), ("tel", "2")], ["a"]),
                ("bob", None, [], None),
                ("cat", ("y", 2), [("tel", "3")], ["b", "c"]),
            ],
            "name string, place struct<street:string,no:int>, contacts array<struct<type:string,value:string>>, "
            "tags array<string>",
        )
        tables = nested.relationalize("root", None)
        assert sorted(tables.keys()) == ["root", "root_contacts", "root_tags"]
        root = tables.select("root").toDF()
        assert root.dtypes == [("name", "string"), ("place.street", "string"), ("place.no", "int"),
                               ("contacts", "bigint"), ("tags", "bigint")]  # fmt: skip
        contacts = tables.select("root_contacts").toDF()
        assert contacts.dtypes == [("id", "bigint"), ("index", "int"), ("contacts.val.type", "string"),
                                   ("contacts.val.value", "string")]  # fmt: skip
        joined = root.join(contacts, root["contacts"] == contacts["id"]).select("name", "index", "`contacts.val.value`")
        assert sorted(map(tuple, joined.collect())) == [("ann", 0, "1"), ("ann", 1, "2"), ("cat", 0, "3")]
        assert tables["root_tags"].toDF().columns == ["id", "index", "tags.val"]
        assert root.where("name = 'bob'").select("tags").first()[0] is None

    def it_follows_arrays_in_structs_and_in_arrays(frame):
        nested = frame(
            [(1, ([(1, [10, 11])],))], "id int, order struct<lines:array<struct<no:int,serials:array<int>>>>"
        )
        tables = nested.relationalize("root", None)
        assert sorted(tables.keys()) == ["root", "root_order.lines", "root_order.lines.val.serials"]
        serials = tables["root_order.lines.val.serials"].toDF()
        assert serials.columns == ["id", "index", "order.lines.val.serials.val"]
        assert sorted(row[2] for row in serials.collect()) == [10, 11]

    def it_says_what_it_cannot_take(frame, from_json):
        with pytest.raises(NotImplementedError, match=r"map 'm': .*map_entries"):
            frame([({"a": 1},)], "m map<string,int>").relationalize("root", None)
        with pytest.raises(NotImplementedError, match="use resolveChoice before"):
            from_json('{"v": 1}', '{"v": "x"}').relationalize("root", None)
        with pytest.raises(S3SourceError, match="bucket 'no-such-bucket' does not exist"):
            frame([(1,)], "id int").relationalize("root", "s3://no-such-bucket/tmp")


def describe_splitting():
    def it_unnests_and_splits_fields(frame):
        flat = frame([(1, ("x",))], "id int, at struct<street:string>").unnest()
        assert flat.toDF().columns == ["id", "at.street"]
        parts = flat.split_fields(["id"], "left", "right")
        assert (parts["left"].toDF().columns, parts["right"].toDF().columns) == (["id"], ["at.street"])


def describe_purge_s3_path():
    @pytest.fixture
    def keys(standin_s3, standin_prefix):
        for key in ("out/a", "out/deep/b", "outside/c"):
            standin_s3.put_object(Bucket=BUCKET, Key=f"{standin_prefix}/{key}", Body=b"x")
        listed = lambda: standin_s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{standin_prefix}/").get("Contents", [])  # noqa: E731
        return lambda: [item["Key"].removeprefix(f"{standin_prefix}/") for item in listed()]

    @pytest.mark.parametrize("end", ["", "/"])
    @pytest.mark.parametrize("hours", [0, -1])
    def it_deletes_what_is_old_enough_below_the_path(context, keys, standin_prefix, hours, end):
        context.purge_s3_path(f"s3://{BUCKET}/{standin_prefix}/out{end}", {"retentionPeriod": hours})
        assert keys() == ["outside/c"]

    @pytest.mark.parametrize("options", [{}, {"retentionPeriod": 1}, {"retentionPeriod": 0,
                                         "excludeStorageClasses": ["STANDARD"]}])  # fmt: skip
    def it_keeps_what_is_young_or_excluded(context, keys, standin_prefix, options):
        context.purge_s3_path(f"s3://{BUCKET}/{standin_prefix}/out/", options)
        assert len(keys()) == 3

    def it_says_what_it_lacks(context):
        with pytest.raises(NotImplementedError, match="manifestFilePath"):
            context.purge_s3_path(f"s3://{BUCKET}/x/", {"manifestFilePath": "s3://x/"})
        with pytest.raises(S3SourceError, match="does not exist"):
            context.purge_s3_path("s3://no-such-bucket/x/")


def describe_gluetypes():
    def it_describes_a_frame_as_json(frame):
        import awsglue.gluetypes as types

        schema = frame([], "a int, b array<decimal(5,1)>, c struct<d:timestamp>, e map<string,float>").schema()
        assert [field.dataType.typeName() for field in schema] == ["int", "array", "struct", "map"]
        assert schema.getField("b").dataType == types.ArrayType(types.DecimalType(5, 1))
        assert types.StructType.fromJsonValue(schema.jsonValue()) == schema
        assert schema.hasField("c")
        assert not schema.hasField("z")

"""apply_mapping over structs, as AWS's sample data_cleaning_and_lambda.py and the scripts of Glue Studio use it."""

import pytest
from chispa import assert_df_equality

pytestmark = [pytest.mark.spark, pytest.mark.stack]

ORDERS = "id string, buyer struct<Name:string, home:struct<zip:string>>, `a.b` int"
ROWS = [("1", ("Ann", ("007",)), 3), ("x", None, None)]


@pytest.fixture
def mapped(standin_runs):
    """The DataFrame that mappings make of two orders, and the session."""
    from awsglue.dynamicframe import DynamicFrame

    context = standin_runs.start("disable")
    spark = context.spark_session
    orders = DynamicFrame.fromDF(spark.createDataFrame(ROWS, ORDERS), context)
    return lambda *mappings, **options: orders.apply_mapping(list(mappings), **options).toDF(), spark


def describe_mappings_of_structs():
    def it_reads_fields_and_makes_structs_in_the_order_of_the_mappings(mapped):
        apply, spark = mapped
        found = apply(
            ("id", "string", "order.id", "long"),
            ("buyer.home.zip", "string", "zip", "int"),
            ("BUYER.name", "string", "order.by.who", "string"),
            ("`a.b`", "int", "`c.d`", "string"),
            ("buyer.home", "home"),
        )
        wanted = spark.createDataFrame(
            [((1, ("Ann",)), 7, "3", ("007",)), ((None, (None,)), None, None, None)],
            "order struct<id:bigint, by:struct<who:string>>, zip int, `c.d` string, home struct<zip:string>",
        )
        assert_df_equality(found, wanted, ignore_nullable=True)

    def it_leaves_out_what_is_not_there(mapped):
        apply, _ = mapped
        assert apply(("id", "id"), ("buyer.age", "age"), ("id.x", "x"), ("a.b", "ab")).columns == ["id"]
        assert apply(("id", "id"), ("buyer.name", "name"), case_sensitive=True).columns == ["id"]

    @pytest.mark.parametrize(
        ("mappings", "error", "message"),
        [
            ([("items[].price", "int", "p", "int")], NotImplementedError, r"nested path 'items\[\].price'"),
            ([("id", "a"), ("id", "a.b")], NotImplementedError, "two mappings to a.b"),
            ([("id", "a"), ("a.b", "x"), ("buyer", "a")], NotImplementedError, "two mappings to a:"),
            ([("id", "string", "a")], ValueError, "a mapping is"),
        ],
    )
    def it_says_what_it_cannot_do(mapped, mappings, error, message):
        with pytest.raises(error, match=message):
            mapped[0](*mappings)

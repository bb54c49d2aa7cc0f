"""awsgluedq as Glue Studio's scripts use it, and what is refused of it and of awsglueml."""

import pytest
from chispa import assert_df_equality

pytestmark = [pytest.mark.spark, pytest.mark.stack]
STUDIO = """
    Rules = [
        ColumnCount > 0
    ]
"""
OUTCOMES = (
    "Rule string, Outcome string, FailureReason string, EvaluatedMetrics map<string,double>, EvaluatedRule string"
)


@pytest.fixture
def orders(standin_runs):
    from awsglue.dynamicframe import DynamicFrame

    context = standin_runs.start("disable")
    return DynamicFrame.fromDF(context.spark_session.createDataFrame([(1,), (2,)], "id int"), context)


def describe_EvaluateDataQuality():
    def it_takes_what_glue_studio_writes(orders):
        from awsgluedq.transforms import EvaluateDataQuality

        found = EvaluateDataQuality().process_rows(
            frame=orders,
            ruleset=STUDIO,
            publishing_options={"dataQualityEvaluationContext": "node1", "enableDataQualityResultsPublishing": True},
            additional_options={
                "dataQualityResultsPublishing.strategy": "BEST_EFFORT",
                "observations.scope": "ALL",
            },
        )
        assert_df_equality(found.select("originalData").toDF(), orders.toDF())
        wanted = [("ColumnCount > 0", "Passed", None, {"Dataset.*.ColumnCount": 1.0}, "ColumnCount > 0")]
        spark = orders.glue_ctx.spark_session
        assert_df_equality(found.select("ruleOutcomes").toDF(), spark.createDataFrame(wanted, OUTCOMES))

    def it_says_which_rules_failed(orders):
        from awsgluedq.transforms import EvaluateDataQuality

        rows = (
            EvaluateDataQuality.apply(orders, "Rules = [RowCount = 2, RowCount >= 3, ColumnCount<2]").toDF().collect()
        )
        assert [(row.Outcome, row.FailureReason) for row in rows] == [
            ("Passed", None),
            ("Failed", "Value: 2.0 does not meet the constraint requirement!"),
            ("Passed", None),
        ]

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"ruleset": 'Rules = [ColumnCount > 0, IsComplete "id"]'}, """rule 'IsComplete "id"'"""),
            ({"ruleset": "Analyzers = [RowCount]"}, "does not read the ruleset"),
            ({"ruleset": STUDIO, "publishing_options": {"resultsS3Prefix": "s3://b/"}}, "resultsS3Prefix"),
        ],
    )
    def it_names_what_it_cannot_do(orders, given, message):
        from awsgluedq.transforms import EvaluateDataQuality

        with pytest.raises(NotImplementedError, match=message):
            EvaluateDataQuality.apply(orders, **given)


def test_machine_learning_is_refused_by_name(standin):
    with pytest.raises(NotImplementedError, match=r"awsglueml\.FindMatches"):
        from awsglueml.transforms import FindMatches  # noqa: F401

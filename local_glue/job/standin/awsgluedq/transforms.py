"""EvaluateDataQuality, for rules about the number of columns and rows."""

import operator
import re
from collections.abc import Mapping
from typing import Any

from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection

from local_glue.job.options import check, refuse

_SCHEMA = "Rule string, Outcome string, FailureReason string, EvaluatedMetrics map<string,double>, EvaluatedRule string"
_COMPARE = {
    ">=": operator.ge, "<=": operator.le, "!=": operator.ne, ">": operator.gt, "<": operator.lt, "=": operator.eq
}  # fmt: skip
_RULE = re.compile(r"(ColumnCount|RowCount)\s*(>=|<=|!=|>|<|=)\s*(\d+)")
_NOT_PUBLISHED = ("enableDataQualityCloudWatchMetrics", "enableDataQualityResultsPublishing")
_TUNING = ("dataQualityResultsPublishing.strategy", "observations.scope", "performanceTuning.caching")


class EvaluateDataQuality:
    """Checks a frame; the results are returned and published nowhere."""

    @classmethod
    def apply(
        cls, frame: DynamicFrame, ruleset: str, publishing_options: Mapping[str, Any] | None = None, **options: Any
    ) -> DynamicFrame:
        """The outcome of each rule, as a frame.

        Raises:
            NotImplementedError: a rule or an option is not supported; the message names it.
        """
        check("EvaluateDataQuality", publishing_options or {}, ("dataQualityEvaluationContext",), _NOT_PUBLISHED)
        refuse("EvaluateDataQuality", **options)
        measured = {"ColumnCount": len(frame.toDF().columns)}
        outcomes = []
        for rule, name, compare, number in _rules(ruleset):
            if name not in measured:
                measured[name] = frame.count()
            passed = _COMPARE[compare](measured[name], number)
            reason = None if passed else f"Value: {float(measured[name])} does not meet the constraint requirement!"
            metrics = {f"Dataset.*.{name}": float(measured[name])}
            outcomes.append((rule, "Passed" if passed else "Failed", reason, metrics, rule))
        data = frame.glue_ctx.spark_session.createDataFrame(outcomes, _SCHEMA)
        return DynamicFrame.fromDF(data, frame.glue_ctx, "ruleOutcomes")

    def process_rows(
        self, frame: DynamicFrame, ruleset: str, publishing_options: Mapping[str, Any] | None = None,
        additional_options: Mapping[str, Any] | None = None,
    ) -> DynamicFrameCollection:  # fmt: skip
        """`originalData` and `ruleOutcomes`; there is no `rowLevelOutcomes`. See `apply`."""
        check("EvaluateDataQuality", additional_options or {}, (), _TUNING)
        outcomes = self.apply(frame, ruleset, publishing_options)
        return DynamicFrameCollection({"originalData": frame, "ruleOutcomes": outcomes}, frame.glue_ctx)


def _rules(ruleset: str) -> list[tuple[str, str, str, int]]:
    """The rules of a ruleset: text, what is measured, comparison, number."""
    listed = re.fullmatch(r"\s*Rules\s*=\s*\[(.*)\]\s*", ruleset, re.DOTALL)
    if not listed:
        raise NotImplementedError(f"local_glue does not read the ruleset {ruleset!r}: it reads Rules = [...]")
    found = []
    for rule in filter(None, (text.strip() for text in listed.group(1).split(","))):
        parts = _RULE.fullmatch(rule)
        if not parts:
            raise NotImplementedError(
                f"local_glue does not evaluate the data quality rule {rule!r}: it evaluates ColumnCount and RowCount"
            )
        found.append((rule, parts.group(1), parts.group(2), int(parts.group(3))))
    return found

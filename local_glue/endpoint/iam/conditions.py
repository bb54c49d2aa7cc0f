"""The Condition blocks of IAM policies. What is not known here is an error: guessing could allow what AWS denies."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

Context = Mapping[str, tuple[str, ...]]
"""The values of a call's condition keys, by key in lower case; keys that the call does not have are left out."""

KNOWN_KEYS = {
    *("s3:prefix", "s3:delimiter", "s3:max-keys", "cloudwatch:namespace", "aws:tagkeys"),
    *("aws:sourceaccount", "aws:sourcearn"),
}


class PolicyError(Exception):
    """A policy has something that cannot be judged here."""


@lru_cache(maxsize=4096)
def _pattern(text: str, ignore_case: bool) -> re.Pattern[str]:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", text))
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def like(value: str, pattern: str, *, ignore_case: bool = False) -> bool:
    """Whether a value matches a pattern in which * stands for any characters and ? for one."""
    return _pattern(pattern, ignore_case).fullmatch(value) is not None


def _arn_like(value: str, pattern: str) -> bool:
    # Each of the six parts by itself: a star does not reach over a colon.
    mine, wanted = value.split(":", 5), pattern.split(":", 5)
    return len(mine) == len(wanted) and all(like(part, text) for part, text in zip(mine, wanted, strict=True))


_TESTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}


def holds(condition: Mapping[str, Mapping[str, Any]], context: Context) -> bool:
    """Whether all parts of a Condition block hold for a call.

    Raises:
        PolicyError: It has an operator, a key or a variable that is not known here.
    """
    return all(
        _one_holds(operator, key.lower(), _texts(values), context)
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _one_holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    quantifier, _, name = operator.removesuffix("IfExists").rpartition(":")
    negated = "Not" in name
    test = _TESTS.get(name.replace("Not", "", 1))
    if (test is None and name != "Null") or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise PolicyError(f"local_glue does not know the condition operator {operator}")
    if key not in KNOWN_KEYS:
        raise PolicyError(f"local_glue does not know the condition key {key}")
    if any("${" in text for text in wanted):
        raise PolicyError(f"local_glue does not know policy variables, as in the condition on {key}")
    values = context.get(key)
    if test is None:
        return str(not values).lower() in [text.lower() for text in wanted]
    if not values:
        return operator.endswith("IfExists") or negated or quantifier == "ForAllValues"
    found = [any(test(value, text) for text in wanted) != negated for value in values]
    return all(found) if quantifier == "ForAllValues" or (negated and not quantifier) else any(found)


def _texts(values: Any) -> list[str]:
    listed: Iterable[Any] = values if isinstance(values, list) else [values]
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in listed]

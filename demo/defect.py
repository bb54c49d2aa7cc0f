"""Broken rows, and how to make them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Defect:
    """One broken row: `values` replace those of a good row, or `mangle` rewrites the good row's text."""

    why: str
    rules: tuple[str, ...]
    values: tuple[tuple[str, object], ...] = ()
    mangle: Callable[[str], str] | None = None


def value_defect(rule: str, column: str, value: object, why: str) -> Defect:
    """A row with one wrong value."""
    return Defect(why, (rule,), ((column, value),))


def text_defect(rule: str, mangle: Callable[[str], str], why: str) -> Defect:
    """A row whose line is broken."""
    return Defect(why, (rule,), mangle=mangle)


def dealt(planted: tuple[Defect, ...], files: int) -> list[list[Defect]]:
    """The defects, spread over the files in turn."""
    return [list(planted[number::files]) for number in range(files)]

"""The cases of fidelity: what AWS does, by which source, and examples or steps that show what the stand-in does.

Each file of `cases/` is one table of docs/fidelity.md; the tests here run every example of every case. A case has

- `name`, `aws`: what is done, and what AWS makes of it, in own words;
- `source`: a name in sources.toml, and `basis`: how sure it is (`BASES`);
- `here`: a remark on the stand-in; `strict`: why it is the stricter, which an inferred case must say;
- `examples` (SQL and loads) or `steps` (bookmarks); `setup`: statements before each example, instead of the file's.

An example has one outcome: `rows` of the last statement, `works`, `fails` (the error of the database, in Redshift's
words), `refused` (RefusedError before it runs), or `unsupported` (NotImplementedError; with `in_database`, if only the
database notices).
"""

import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
BASES = ("documented", "code", "seen", "inferred")
OUTCOMES = ("rows", "works", "fails", "refused", "unsupported")


@dataclass(frozen=True)
class Case:
    """One row of a table."""

    subject: str
    name: str
    aws: str
    source: str
    basis: str
    here: str = ""
    strict: str = ""
    setup: tuple[str, ...] = ()
    examples: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)

    @property
    def fates(self) -> list[str]:
        """What becomes of the examples, in the order of `OUTCOMES`, without repetition."""
        words = {"rows": "works", "works": "works", "unsupported": "NotImplementedError"}
        # A failure after which rows are left is what the case is about.
        found = ["works" if "left" in example else words.get(outcome(example), "refused") for example in self.examples]
        return [fate for fate in ("works", "refused", "NotImplementedError") if fate in found]


@dataclass(frozen=True)
class Source:
    """Where AWS, or someone who tried it, says so."""

    title: str
    url: str
    note: str = ""


def outcome(example: dict[str, Any]) -> str:
    """The one key of an example that says what comes of it."""
    (found,) = [name for name in OUTCOMES if name in example]
    return found


@cache
def cases(subject: str) -> list[Case]:
    """The cases of one file."""
    tables = tomllib.loads((FOLDER / "cases" / f"{subject}.toml").read_text(encoding="utf-8"))
    setup = tuple(tables.get("setup", ()))
    return [Case(subject=subject, **{"setup": setup, **entry}) for entry in tables["case"]]


def examples(*subjects: str, outcomes: tuple[str, ...] = OUTCOMES) -> list[Any]:
    """A parameter of pytest for each example of these files that has one of these outcomes."""
    import pytest

    return [
        pytest.param(
            case,
            example,
            id=f"{subject}: {case.name} {number}",
            marks=[pytest.mark.stack] if example.get("in_database") else [],
        )
        for subject in subjects
        for case in cases(subject)
        for number, example in enumerate(case.examples)
        if outcome(example) in outcomes
    ]


def stories(subject: str) -> list[Any]:
    """A parameter of pytest for each case of a file whose cases have steps."""
    import pytest

    return [pytest.param(case, id=case.name) for case in cases(subject)]


@cache
def sources() -> dict[str, Source]:
    """The sources by their names."""
    return {
        name: Source(**entry) for name, entry in tomllib.loads((FOLDER / "sources.toml").read_text("utf-8")).items()
    }


def subjects() -> list[str]:
    """The names of the files."""
    return sorted(file.stem for file in (FOLDER / "cases").glob("*.toml"))


def plain(value: Any) -> Any:
    """A value of the database as a case says it."""
    if value is None:
        return "NULL"
    return f"DECIMAL {value}" if isinstance(value, Decimal) else value

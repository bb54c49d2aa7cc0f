"""Writes docs/fidelity.md: the text of page.md.template, and a table for each file of cases.

`python tests/local_glue/fidelity/fidelity_page.py` writes it, which `make docs` does; a test compares it.
"""

import re
from pathlib import Path

from fidelity_cases import FOLDER, Case, cases, sources

PAGE = Path(__file__).parents[3] / "docs" / "fidelity.md"
MARK = re.compile(r"^<!-- cases: (\w+) -->$", re.MULTILINE)
BASIS = {"documented": "", "code": "", "seen": ", seen", "inferred": ", inferred"}


def page() -> str:
    """The whole page."""
    text = MARK.sub(lambda found: table(found[1]), (FOLDER / "page.md.template").read_text(encoding="utf-8"))
    links = (f"[{name}]: {source.url}{_title(source.note)}" for name, source in sources().items())
    return "\n".join([text, *links, ""])


def table(subject: str) -> str:
    """The table of one file of cases."""
    rows = [f"| {' | '.join(map(_cell, row))} |" for row in map(_row, cases(subject))]
    return "\n".join(["| case | on AWS | here | source |", "| --- | --- | --- | --- |", *rows])


def _row(case: Case) -> tuple[str, str, str, str]:
    source = f"[{sources()[case.source].title}][{case.source}]{BASIS[case.basis]}"
    # Fates are those of the examples that the tests run, so that the page cannot say another.
    strict = f"stricter: {case.strict}" if case.strict else ""
    here = "<br>".join(part for part in ("; ".join(case.fates), case.here, strict) if part)
    return case.name, case.aws, here or "the same", source


def _title(note: str) -> str:
    return f' "{note}"' if note else ""


def _cell(text: str) -> str:
    return text.replace("|", "&#124;")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

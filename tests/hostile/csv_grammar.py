"""Lines of CSV: rows as they should be, and each way in which they are not."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

from tests.hostile import texts
from tests.hostile.texts import MARK

CLEAN, ONE_OFF = 0.3, 0.85
"""Shares: of rows without a fault, and up to which rows have odd values rather than being odd as a whole."""
USUAL = {
    **{"BOOLEAN": "True", "DATE": "2024-02-07", "TIMESTAMP": "2024-06-25 10:20:30", "DOUBLE PRECISION": "1.01e-06"},
}
SPECTRUM = (
    '"1","ab, c","x"', '1,"",""', "1,,", '1,"ha ""ha"" ha",x', '1,"{""type"": ""Point"", ""at"": [1,2]}",x',
    '1,"once upon', 'a time",5', '1,"""Hi"" he said', 'and left""",x', "1,ʤ,x", "a,b,c", '"a","b","c"',
)  # fmt: skip
BROKEN = (
    '"', '""', '"""', '""""', '1,"a"b,x', '1,a"b,x', '1,a"b"c,x', '1,"a""b,x', '1,"a" "b",x', '1, "a" ,x',
    '1,\t"a",x', '1,""a"",x',
    '1,12" a,7" b', '1,"a\x00,b",x', "1,'a,b',x", '1,"a\\"b",x', "1,a\\,b,x", ",,", ",", ",,,,,,,,,,,,,,,,,,,,,,,,,",
    "1;a;x", "1\ta\tx",
    "# comment", "#", "sep=,", "--", "\\.", "EOF", "<html>", '{"user_id": 1}', "\x1a", "\x00", "\x00\x00", " \t",
    "\x01\x02 \x1f", "",
    "\u00a0", "\u2028", "\x85", "\x7f", MARK, MARK + " ", MARK + MARK, "é", "(3 rows affected)", "1,a,x,", ",1,a,x",
    "1,a", "1",
)  # fmt: skip


def header(rng: random.Random, dataset: Any) -> str:
    """A header that a file may have: any order, case and quotes, more columns, other names."""
    names = [rng.choice((field.name, *field.also_named)) for field in dataset.fields]
    if rng.random() < 0.5:
        rng.shuffle(names)
    for _ in range(rng.choice((0, 0, 1, 3))):
        names.insert(rng.randrange(len(names) + 1), rng.choice(("extra", "note", "a b", "x.y", "é")))
    forms = (str, str.upper, '"{}"'.format, ' "{}" '.format, " {}".format)
    return ",".join((rng.choice(forms) if rng.random() < 0.2 else str)(name) for name in names)


def lines(rng: random.Random, dataset: Any, names: Sequence[str], head: str, count: int) -> Iterator[str]:
    """About `count` lines of a file with the header `head`, whose columns are called `names`."""
    fields = {name: field for field in dataset.fields for name in (*field.also_named, field.name)}
    columns = [fields.get(name) for name in names]
    for _ in range(count):
        values = [_usual(rng, field) for field in columns]
        share = rng.random()
        if share > CLEAN:
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                at = rng.randrange(len(columns))
                kind = columns[at].type if columns[at] else "VARCHAR(64)"
                values[at] = texts.of_type(rng, kind)
        row = ",".join(_written(rng, value, is_odd=share > CLEAN) for value in values)
        if share < ONE_OFF:
            yield row
        else:
            yield from _odd(rng, row, head)


def _usual(rng: random.Random, field: Any) -> str:
    if field is None:
        return rng.choice(("", "x", "1"))
    if field.type.startswith("VARCHAR"):
        return rng.choice(("t1", "Ada Lovelace", "A;B", "Côte d'Ivoire"))
    if field.type in ("BIGINT", "INTEGER"):
        return str(rng.randrange(1, 120))
    return USUAL[field.type]


def _written(rng: random.Random, value: str, *, is_odd: bool) -> str:
    """The value as a field: quoted where it must be, or where it need not be, or wrongly."""
    quoted = '"' + value.replace('"', '""') + '"'
    share = rng.random()
    if is_odd and share < 0.03:
        wrong = (value, f'"{value}', f'{value}"', f'"{value}"x', f"'{value}'", f'"{value}"', quoted[1:])
        return rng.choice((*wrong, f" {quoted} ", f"\t{quoted}"))
    must_be = "," in value or '"' in value
    return quoted if must_be or share < 0.1 else value


def _odd(rng: random.Random, row: str, head: str) -> Iterator[str]:
    """One line that is odd as a whole, or the lines of one record."""
    at = rng.randrange(len(row) + 1)
    character = rng.choice(('"', ",", "\x00", " ", MARK, "\\", "'", '""', "\x0b", ";", "é"))
    if rng.random() < 0.08:
        yield from _record(rng, row)
        return
    yield rng.choice(
        (
            *(row[:at], row[at:], row[:at] + character + row[at:], row[:at] + row[at + 1 :], row + row,
            row + "," + row),
            *(row + ",", "," + row, row + ',""', " " + row, row + " ", MARK + row, "#" + row, row.replace(",", ";")),
            *(row.replace(",", ", "), row.replace(",", "\t"), row.replace('"', "'"), f'"{row}"', row.replace(",",
            ',"')),
            *(head, MARK + head, head + " ", " " + head, head.upper() + "x", head.lower(), rng.choice(SPECTRUM),
            rng.choice(BROKEN)),
            *(rng.choice(SPECTRUM), rng.choice(BROKEN), row[:at] + "y" * rng.choice((300, 70_000)) + row[at:]),
        )
    )  # fmt: skip


def _record(rng: random.Random, row: str) -> Iterator[str]:
    """A row with line breaks between the quotes of one of its values."""
    first, comma, rest = row.partition(",")
    inner = rng.choice(
        (["a", "b"], ["a", row, "b"], ["", "", ""], ['""', '""'], ["a", "1,t1", "#", "b"], ["a,b", ",", "c"])
    )
    broken = "\n".join(inner)
    at_end = f'{row[: -len(rest)] if rest else first}"{broken}"'
    yield from rng.choice((at_end, f'"{broken}"{comma}{rest}', f'{first},"{broken}",{rest}')).split("\n")

"""Texts that are values of a type, nearly are, or are made to do harm; lines are put together from them."""

import random

MARK = "\ufeff"
SPACES = (
    " ", "  ", "\t", "\u00a0", "\u2003", "\u3000", "\u200b", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\u2028", MARK,
)  # fmt: skip
NOTHING = (
    "", " ", "   ", "null", "NULL", "None", "NaN", "nan", "N/A", "\\N", "-", "inf", "Infinity", "-Infinity", "NaT",
)  # fmt: skip

WHOLE = (
    *("0", "-0", "00", "007", "-1", "+1", "7", "34", "120", "121", "1.0", "34.0", "34.00", "-34.0", "-0.0", "34.",
    ".5"),
    *("34.5", "1e3", "1E3", "0x10", "0b1", "1_000", "1,000", "٣", "１２", "²", "1 2", "--1", "1-", "true", "1d", "1f",
    "1L"),
    *("2147483647", "2147483648", "-2147483648", "-2147483649", "2147483647.0", "2147483648.0", "99999999999"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809"),
    *("999999999999999.0", "9999999999999999.0", "000000000000007.0", "0000000000000007.0", "9007199254740993"),
    *("0" * 30 + "5", "1" * 40, "1" * 400, "9223372036854775807.0", "12345678.0", "7.00000000000000000000000001"),
)  # fmt: skip
NUMBERS = (
    *WHOLE,
    *("1.5", "1.", "-.5", "+1.5e-3", ".", "-", "+", "e5", "1e", "1e+", "1.5.2", "1,5", "1.2,5", "1e5.0",
    "1e0000000001"),
    *("1e308", "1.7976931348623157e308", "1.7976931348623159e308", "-1e309", "1e999", "4.9e-324", "2e-324", "1e-400"),
    *("0.30000000000000004", "123456789012345678901234567890", "0.1" + "0" * 300 + "1", "3.14159265358979323846"),
    *("-90", "90", "90.000000000000001", "-180.00000000000003", "180.1", "1.01e-06", "0.1f", "0x1p3", "１.5"),
)  # fmt: skip
BOOLEANS = (
    "true", "True", "TRUE", "tRuE", "false", "FALSE", "0", "1", "00", "01", "yes", "no", "t", "f", "True.", "TRUE\t",
    "ｔrue",
)  # fmt: skip

DAYS = (
    *("2024-02-29", "2023-02-29", "2024-02-30", "2024-04-31", "2000-02-29", "1900-02-29", "2100-02-29", "2024-13-01"),
    *("2024-00-10", "2024-01-00", "2024-01-32", "0000-01-01", "0001-01-01", "1582-10-10", "1899-12-31", "1900-01-01"),
    *("9999-12-31", "10000-01-01", "-2024-01-01", "+2024-01-01", "2024-1-1", "2024/01/01", "01.02.2024", "20240101"),
    *("2024-06-25", "1970-01-01", "1969-12-31", "2024-06-31", "２０２４-06-25", "2024-06-25 ", "today", "epoch", "now"),
)  # fmt: skip
CLOCKS = (
    *("00:00:00", "23:59:59", "24:00:00", "12:60:00", "12:00:60", "12:00:61", "1:02:03", "12:00", "12:00:00.",
    "120000"),
    *("12:00:00.1", "12:00:00.123456", "12:00:00.1234567", "12:00:00.000000", "23:59:59.999999", "12:00:00,5",
    "25:00:00"),
)  # fmt: skip
ZONES = (
    *("", "", "", "Z", "z", "+00:00", "-00:00", "+02", "+0200", "+02:00", "-03:30", "-0330", "+5:30", "+05:60",
    "+05:59"),
    *("+18:00", "+18:01", "-18:00", "-18:01", "+19", "+99:99", " UTC", " +02:00", "UTC", "[Europe/Paris]",
    "+02:00:00", "-00:30"),
)  # fmt: skip

EDGES = (
    *("9999-12-31 23:59:59.999999", "9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59+01:00",
    "9999-12-31 23:59:59.999999-18:00"),
    *("1900-01-01 00:00:00", "1900-01-01 00:00:00+00:01", "1899-12-31 23:59:59.999999", "1899-12-31 23:59:59-00:01"),
    *("2024-07-01 12:00:00", "2024-07-01 12:00:00.000001", "2024-07-01 14:00:00+02:00",
    "2024-07-01 14:00:00.000001+02"),
)  # fmt: skip

TEXTS = (
    *("x", "Ada", "a,b", 'say "hi"', '"', '""', '"""', "it's", "ünïcödé", "𝒳𝒴", "👩‍👩‍👧‍👦", "e\u0301", "عربي",
    "中文", "\ufffd", "\U0010ffff"),
    *("'; DROP TABLE music.streams; --", "\\N", "\\", "\\\\", "\\n", "\\u0000", "%s %d {} {0}", "${jndi:ldap://x}",
    "$(id)", "`id`"),
    *("=1+1", "@SUM(A1)", "<script>alert(1)</script>", "../../etc/passwd", "%2e%2e%2f", "{}", "[]", '{"a": "b, c"}',
    "a|b;c\td"),
    *("a\x00b", "a\x01b", "a\x1bb", "a\x7fb", "a\u2028b", "a\x85b", "a\x0bb", "a\u202eb", MARK + "a", "a" + MARK, "#",
    "# x", "NULL"),
)  # fmt: skip


def padded(rng: random.Random, text: str) -> str:
    """The text, now and then with odd spaces before or behind it."""
    if rng.random() < 0.85:
        return text
    space = rng.choice(SPACES)
    return rng.choice((space + text, text + space, space + text + space))


def time(rng: random.Random) -> str:
    """A time, at times an impossible one."""
    if rng.random() < 0.1:
        return rng.choice(EDGES)
    day, clock, zone = (
        rng.choice(parts) if rng.random() < 0.4 else usual
        for parts, usual in ((DAYS, "2024-06-25"), (CLOCKS, "10:20:30"), (ZONES, ""))
    )
    return day + rng.choice(("T", " ", " ", " ", " ", "  ", "t", "")) + clock + zone


def near_limit(rng: random.Random, limit: int) -> str:
    """A text whose bytes are about as many as a column takes, or far more."""
    letter = rng.choice(("x", "ö", "€", "👾"))
    size = len(letter.encode())
    full = letter * (limit // size) + "x" * (limit % size)
    return rng.choice((full, full + "x", full[:-1] or "x", full[:-1] + "ö", letter * limit, f" {full} "))


def of_type(rng: random.Random, kind: str) -> str:
    """A text for a field of the type: a value, something near it, or something else."""
    if rng.random() < 0.12:
        return rng.choice(NOTHING)
    if kind.startswith("VARCHAR"):
        is_long = rng.random() < 0.15
        return near_limit(rng, int(kind[8:-1])) if is_long else padded(rng, rng.choice(TEXTS))
    if rng.random() < 0.06:
        return rng.choice(TEXTS)
    if kind in ("DATE", "TIMESTAMP"):
        return padded(rng, rng.choice(DAYS) if (kind == "DATE") == (rng.random() < 0.6) else time(rng))
    kinds = {"BIGINT": WHOLE, "INTEGER": WHOLE, "BOOLEAN": BOOLEANS, "DOUBLE PRECISION": NUMBERS}
    return padded(rng, rng.choice(kinds[kind]))

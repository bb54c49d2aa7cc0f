"""Lines of JSON: objects as they should be, and each way in which they are not (after JSONTestSuite's cases)."""

import json
import random
from collections.abc import Iterator
from typing import Any

from tests.hostile import texts
from tests.hostile.texts import MARK

CLEAN, ONE_OFF = 0.3, 0.85
GOOD = {
    "log_data": {
        **{"artist": '"Ann"', "auth": '"Logged In"', "firstName": '"Bo"', "gender": '"F"', "itemInSession": "3",
        "lastName": '"Lee"'},
        **{"length": "211.5", "level": '"paid"', "location": '"Oslo"', "method": '"PUT"', "page": '"NextSong"'},
        **{"registration": "1540919166796.0", "sessionId": "38", "song": '"Sun"', "status": "200",
        "ts": "1541105830796"},
        **{"userAgent": '"\\"Mozilla/5.0\\""', "userId": '"39"'},
    },
    "song_data": {
        **{"num_songs": "1", "artist_id": '"AR1"', "artist_latitude": "59.9", "artist_longitude": "-10.75",
        "artist_location": '"Oslo"'},
        **{"artist_name": '"Ann"', "song_id": '"SO1"', "title": '"Sun"', "duration": "211.5", "year": "0"},
    },
}  # fmt: skip
PAGES = ("Home", "NextSong ", "Login", "Nextsong", "Tab", "")
ACCEPTED = (
    "null", "true", "false", "[]", "{}", "[[]   ]", '[1, null, "a"]', '{"a":{"b":[]}}', '{"a":1,"a":2}', '{"":0}',
    "123e65", "0e+1",
    "0e1", "-0", "-0.0", "1E22", "1E-2", "1E+2", "123.456e78", "-1", "-123", "20e1", "0.5", "1.0", "583.0", "1e3",
    "12345678.0", "1e15",
    '"\\u0060\\u012a\\u12AB"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\\\u0000"', '"\\""', '"a/*b*/c"', '"\\\\a"',
    '"\\\\n"', '"\\u0012"',
    '"\\uFFFF"', '"\\uD801\\udc37"', '"\\ud83d\\ude39\\ud83d\\udc8d"', '"\\uDBFF\\uDFFE"', '"\u2028"', '"\u2029"',
    '"\x7f"', '"€𝄞"',
    '"\\u0000"', '"\\u002c"', '"\\uA66D"', '"\\u0022"', '"⍂㈴⍂"', '"asd "', '" "', '""', '"12"', '"039"', '"+39"',
    '"39.0"', '"39\\n"', '"NaN"',
    '{"artist":"Q","ts":1}', '"x\\"artist\\":\\"y"', '"{\\"artist\\":5}"', "9007199254740993",
    "1.7976931348623157e308", "4.9e-324",
    "1541105830", "1541105830796", "1541105830796.5", "-1541105830796", "99999999999", "100000000000",
    "253402300799999", "253402300800000",
    "1719000000000", "1719835200000", "1719838800000", "1719838800001", "-1", "-0.5", "1e12", "1.541105830796e12",
)  # fmt: skip
DEFINED_BY_THE_PARSER = (
    "0.4e00" + "6" * 130,
    "-1e+9999", "1.5e+9999", "123123e100000", "-123123e100000", "123.456e-789", "-123123123123123123123123123123",
    "100000000000000000000",
    "-237462374673276894279832749832423479823246327846", "1e400", "-1e400", "1e-400", '"\\uDADA"', '"\\uD888\\u1234"',
    '"\\uD800\\n"',
    '"\\uDd1ea"', '"\\uD800\\uD800\\n"', '"\\ud800"', '"\\ud800abc"', '"\\uDd1e\\uD834"', '"\\uDFAA"',
    '"why? \\udfaa"', '"why? \\\\ud800"',
    "1" * 999, "1" * 1000, "1" * 1001, "0." + "1" * 999, "0." + "1" * 1500, "1e" + "0" * 1500,
    "[" * 998 + "]" * 998, "[" * 999 + "]" * 999, "[" * 1000 + "]" * 1000, '{"a":' * 600 + "1" + "}" * 600,
)  # fmt: skip
REFUSED = (
    "[1 true]", '["": 1]', '[""],', "[1,,2]", '["x"]]', '["",]', "[3[4]]", "[1:2]", "[,1]", "[,]", "[-]", '["a",4',
    '[""', "[\x0b1]",
    "-01", "-1.0.", "-2.", "-NaN", ".-1", ".2e-3", "0.1.2", "0.3e+", "0.3e", "0.e1", "0_1", "0e+", "0e", "1.0e+",
    "1 000.0", "1eE2",
    "2.e+3", "9.e+", "Inf", "NaN", "Infinity", "-Infinity", "+Inf", "+1", "++1234", "- 1", "-012", "-.123", "012",
    "0x1", "0x42", "1.", "1ea",
    "１", "1+2", "-x", "1.2a-3", "1.8011670033376514H-308", "{'a':0}", '{"a" b}', '{:"b"}', '{"a" "b"}', '{"a":',
    '{"a"', "{1:1}",
    "{9999E9999:1}", '{"id":0,,,,,}', '{"a":"b",,"c":"d"}', '{"id":0,}', '{"a":"b"}/**/', "{a: 1}", '"\\uD800\\u"',
    '"\\uD800\\u1"',
    '"\\uD800\\u1x"', '"\\x00"', '"\\\t"', '"\\🌀"', '"\\"', '"\\u00A"', '"\\a"', '"\\uqqqq"', '"a\x00a"', '"\t"',
    '"\x1f"', "\\u0020",
    '"""', "'single'", "abc", "nul", "truth", "True", "TRUE", "undefined", "", "*", "<null>", "[\u00a0]", "\u2060",
    MARK, "]", "}", '"a', 'a"',
    '{"a":true} "x"', '{"a":}', "{[: \"x\"}", "{}}", "[a\x0c]", "[1]x", '{"a":/*comment*/"b"}', "{'a':'b'}", "// x",
    "/**/1", "#1",
    "[" * 1001 + "]" * 1001, "[" * 5000, '{"":' * 3000,
)  # fmt: skip
WHOLES = (
    "", " ", "\t", "\x00", "\x0b", MARK, MARK * 2 + " ", "null", "true", "17", '"text"', "[]", "{}", "{ }", "[{}]",
    "[{},{}]", "{},{}", "{},null",
    "{},5", "5,{}", "{}{}", "{}]", "{}}", "{},", "{}[", "],[", "}{", "{},{", "[1,", "[[]", "{", "}", "[", "]", '"',
    "nul", "NaN", "-", "a", "é", "<.>", "\x1a",
    "{}#", "{} // x", "{}\x00", "\x0c{}", "\u2060{}", '{"a":1}', '{"a":"b"}#{}', "[" * 1001 + "]" * 1001,
    "[" * 1000 + "]" * 1000, "[" * 999 + "]" * 999,
    '{"v":{}}', "[null]", "[[{}]]", '{"":{}}', "1 2", "1,2", "null,null", "[],[]", "{}\x0b", "{}\u00a0", "&",
    "\\u007b}", "\ufffd{}",
)  # fmt: skip


def lines(rng: random.Random, dataset: Any, count: int) -> Iterator[str]:
    """About `count` lines."""
    for _ in range(count):
        pairs = list(GOOD[dataset.name].items())
        share = rng.random()
        if dataset.name == "log_data" and rng.random() < 0.4:
            pairs = _without_song(rng, pairs)
        if share > CLEAN:
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                _spoil(rng, dataset, pairs)
        text = _written(rng, pairs, is_odd=share > CLEAN)
        yield text if share < ONE_OFF else _odd(rng, text)


def _without_song(rng: random.Random, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """An event of another page, written in one of the ways that writers have."""
    nobody = rng.random() < 0.3
    empty = {"artist": "null", "length": "null", "song": "null"}
    empty |= {"userId": '""', "firstName": "null", "auth": '"Logged Out"'} if nobody else {}
    changed = [(name, '"Home"' if name == "page" else empty.get(name, value)) for name, value in pairs]
    left_out = rng.random() < 0.4
    return [pair for pair in changed if not (left_out and pair[0] in empty and pair[0] != "auth")]


def _spoil(rng: random.Random, dataset: Any, pairs: list[tuple[str, str]]) -> None:
    """Changes, leaves out, repeats or adds a field."""
    at = rng.randrange(len(pairs))
    name = pairs[at][0]
    field = next((field for field in dataset.fields if field.name == name), None)
    value = _value(rng, field)
    share = rng.random()
    if share < 0.1 and len(pairs) > 1:
        del pairs[at]
    elif share < 0.2:
        pairs.insert(rng.randrange(len(pairs) + 1), (name, value))
    elif share < 0.3:
        odd = rng.choice((name.upper(), f"{name} ", f'x\\"{name}', f"{name}\\u0000", f"_{name}", "", _escaped(name)))
        pairs.insert(rng.randrange(len(pairs) + 1), (odd, value))
    elif share < 0.4:
        pairs.append(("extra", rng.choice((*ACCEPTED, *DEFINED_BY_THE_PARSER, *REFUSED))))
    else:
        pairs[at] = (name, value)


def _escaped(name: str) -> str:
    return f"\\u{ord(name[0]):04x}{name[1:]}" if name else name


def _value(rng: random.Random, field: Any) -> str:
    share = rng.random()
    if share < 0.45 or field is None:
        return rng.choice(ACCEPTED)
    if share < 0.53:
        return rng.choice(DEFINED_BY_THE_PARSER)
    if share < 0.6:
        return rng.choice(REFUSED)
    if field.name == "page":
        return json.dumps(rng.choice(PAGES))
    text = texts.of_type(rng, "BIGINT" if field.type == "TIMESTAMP" else field.type)
    if field.type.startswith("VARCHAR") or rng.random() < 0.3:
        return json.dumps(text, ensure_ascii=rng.random() < 0.3)
    return text


def _written(rng: random.Random, pairs: list[tuple[str, str]], *, is_odd: bool) -> str:
    comma, colon = rng.choice(((",", ":"), (", ", ": "), (" , ", " : "), (",\t", "\t:\t")))
    if is_odd and rng.random() < 0.2:
        rng.shuffle(pairs)
    return "{" + comma.join(f'"{name}"{colon}{value}' for name, value in pairs) + "}"


def _odd(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    character = rng.choice(
        ('"', ",", ":", "{", "}", "[", "]", "\\", "\x00", "\t", "0", "-", "'", MARK, "\x0b", "\u00a0", "é", "/", "\\u")
    )
    return rng.choice(
        (
            *(text[:at], text[at:], text[:at] + text[at + 1 :], text[:at] + character + text[at:], text + character,
            character + text),
            *(f"[{text}]", f"[{text},{text}]", f"{text},{text}", text + text, f"{text} {text}", f"{text}]",
            f"{text}}}", f"{text},"),
            *(f"{text}] x", f"{text}],[", f"{text}]{text}", f"{text}}},{{", f"{text}}},{text[:-1]}",
            f"{{{text[1:-1]},}}", f"{text},null"),
            *(MARK + text, MARK + MARK + text, " " + text + " ", "\t" + text, text.replace('"', "'"),
            text.replace('"', '\\"'), json.dumps(text)),
            *(f'{{"v":{text}}}', text.replace(":", "="), text.upper(), text.replace(" ", "\u00a0"), text + "\x00",
            text + "#", text.replace(",", ",,", 1)),
            *(rng.choice(WHOLES), rng.choice(WHOLES), rng.choice(WHOLES), rng.choice(REFUSED), rng.choice(ACCEPTED)),
            *(text.replace("Sun", "y" * 70_000), text[:-1] + ',"extra":"' + "z" * 70_000 + '"}'),
        )
    )  # fmt: skip

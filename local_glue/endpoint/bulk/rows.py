"""The rows of files, as the texts that the database reads; a row that cannot be read has the reason instead."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_glue.endpoint.bulk.objects import Place
from local_glue.endpoint.bulk.statement import Bulk
from local_glue.endpoint.bulk.values import Column
from local_glue.job.redshift.errors import RedshiftError

NULL_MARK = "\\N"
_PATH = re.compile(r"""\.([^.\[\]'"]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]""")


@dataclass
class Row:
    """A row of a file.

    Attributes:
        line: Its line, from 1; in Parquet its number.
        values: A text or None for each column.
        reason: Why it cannot be read.
    """

    place: Place
    line: int
    values: list[str | None] = field(default_factory=list)
    reason: str | None = None


def text_rows(bulk: Bulk, place: Place, data: bytes, columns: Sequence[Column]) -> Iterator[Row]:
    """The rows of CSV, or of lines with a delimiter and without quotes."""
    options = bulk.options
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield Row(place, line, reason="String contains invalid or unsupported UTF8 codepoints")
        return
    null = options.get("NULL", NULL_MARK)
    for line, fields in _records(bulk, text):
        if line <= options.get("IGNOREHEADER", 0) or (not fields and "IGNOREBLANKLINES" in options):
            continue
        if "FILLRECORD" in options:
            fields += [null] * (len(columns) - len(fields))
        if len(fields) != len(columns):
            reason = "Extra column(s) found" if len(fields) > len(columns) else "Delimiter not found"
            yield Row(place, line, list(fields), reason)
            continue
        values = [None if each == null else _field(each, column, options)
                  for each, column in zip(fields, columns, strict=True)]  # fmt: skip
        yield Row(place, line, values)


def _records(bulk: Bulk, text: str) -> Iterator[tuple[int, list[str]]]:
    """The fields of each record, with the line on which it begins; CSV's may span several."""
    if bulk.format == "TEXT":
        delimiter = bulk.options.get("DELIMITER", "|")
        for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
            yield number, line.removesuffix("\r").split(delimiter) if line else []
        return
    csv.field_size_limit(1 << 30)
    options = {"delimiter": bulk.options.get("DELIMITER", ","), "quotechar": bulk.options.get("QUOTE", '"')}
    reader, before = csv.reader(io.StringIO(text, newline=""), strict=True, **options), 0
    try:
        for fields in reader:
            yield before + 1, fields
            before = reader.line_num
    except csv.Error as error:
        raise RedshiftError(f"Invalid quote formatting for CSV on line {before + 1}: {error}") from None


def _field(text: str, column: Column, options: dict[str, Any]) -> str | None:
    if not column.is_text:
        return text.strip() or None
    if ("BLANKSASNULL" in options and text and not text.strip()) or ("EMPTYASNULL" in options and not text):
        return None
    return text.rstrip(" ") if "TRIMBLANKS" in options else text


def json_rows(
    place: Place,
    data: bytes,
    columns: Sequence[Column],
    find: Callable[[Any, int, Column], Any],
    options: dict[str, Any],
) -> Iterator[Row]:
    """The rows of JSON values one after another; `find` gives a column's value of one."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield Row(place, 1, reason="String contains invalid or unsupported UTF8 codepoints")
        return
    decoder, position, line, counted = json.JSONDecoder(parse_float=_Number), 0, 1, 0
    while (start := _next(text, position)) < len(text):
        line += text.count("\n", counted, start)
        counted = start
        try:
            value, position = decoder.raw_decode(text, start)
        except ValueError as error:
            yield Row(place, line, [text[start : start + 100]], f"Invalid JSON: {error}")
            return
        if not isinstance(value, dict | list):
            yield Row(place, line, [text[start:position]], "Invalid JSON: an object or an array belongs there")
            continue
        texts = (_json_text(find(value, number, column)) for number, column in enumerate(columns))
        null = options.get("NULL")
        yield Row(place, line, [
            None if each is None or each == null else _field(each, column, options)
            for each, column in zip(texts, columns, strict=True)
        ])  # fmt: skip


def by_name(ignore_case: bool) -> Callable[[Any, int, Column], Any]:
    """Finds a column's value under its name: JSON 'auto'."""

    def find(value: Any, _: int, column: Column) -> Any:
        if not isinstance(value, dict):
            raise RedshiftError("JSON 'auto' needs objects, not arrays: give a jsonpaths file")
        if ignore_case:
            return next((each for name, each in value.items() if name.lower() == column.name), None)
        return value.get(column.name)

    return find


def by_path(document: bytes, place: Place, count: int) -> Callable[[Any, int, Column], Any]:
    """Finds a column's value by its path in a jsonpaths file.

    Raises:
        RedshiftError: The file is not valid.
    """
    try:
        paths = [_steps(path) for path in json.loads(document)["jsonpaths"]]
    except (ValueError, KeyError, TypeError):
        raise RedshiftError(
            f"Invalid JSONPath format in {place.uri}: it must hold jsonpaths, each like $.a or $['a'][0]"
        ) from None
    if len(paths) != count:
        raise RedshiftError(
            f"Number of jsonpaths and the number of columns should match. JSONPath size: {len(paths)}, "
            f"Number of columns in table or column list: {count}"
        )

    def find(value: Any, number: int, _: Column) -> Any:
        for step in paths[number]:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    return find


class _Number(float):
    """A number with all digits that are written."""

    def __new__(cls, text: str) -> "_Number":
        number = super().__new__(cls, text)
        number.text = text  # type: ignore[attr-defined]
        return number


def _json_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Number):
        return str(value.text)  # type: ignore[attr-defined]
    return (
        json.dumps(value, separators=(",", ":"), ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    )


def _steps(path: str) -> list[str | int]:
    steps, end = [], 1
    for found in _PATH.finditer(path, 1):
        if found.start() != end:
            break
        end = found.end()
        steps.append(int(found[2]) if found[2] else found[1] or found[3] or found[4] or "")
    if not path.startswith("$") or end != len(path) or not steps:
        raise ValueError(path)
    return steps


def _next(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position

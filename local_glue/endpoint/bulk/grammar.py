"""Reads COPY and UNLOAD statements; whatever is not supported is refused by its name."""

import re
from collections.abc import Mapping
from typing import Any

from sqlglot import TokenType
from sqlglot.dialects.redshift import Redshift
from sqlglot.errors import TokenError

from local_glue.endpoint.bulk.statement import COMPRESSIONS, MB, Bulk, check
from local_glue.job.redshift.errors import RefusedError

_START = re.compile(r"\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*(copy|unload)\b", re.IGNORECASE | re.DOTALL)
_SECRETS = {"CREDENTIALS", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "WITH"}
FLAG, TEXT, NUMBER, SWITCH, NAMES, SIZE = "flag", "text", "number", "switch", "names", "size"
_BOTH: dict[str, str] = {
    "DELIMITER": TEXT, "NULL": TEXT, "MANIFEST": FLAG, "REGION": TEXT, **dict.fromkeys(COMPRESSIONS, FLAG),
}  # fmt: skip
_COPY: dict[str, str] = {
    **_BOTH, "QUOTE": TEXT, "IGNOREHEADER": NUMBER, "DATEFORMAT": TEXT, "TIMEFORMAT": TEXT, "EMPTYASNULL": FLAG,
    "BLANKSASNULL": FLAG, "MAXERROR": NUMBER, "IGNOREBLANKLINES": FLAG, "FILLRECORD": FLAG, "TRIMBLANKS": FLAG,
    "ENCODING": TEXT, "COMPUPDATE": SWITCH, "STATUPDATE": SWITCH, "COMPROWS": NUMBER, "ROUNDEC": FLAG,
}  # fmt: skip
_UNLOAD: dict[str, str] = {
    **_BOTH, "HEADER": FLAG, "PARALLEL": SWITCH, "ALLOWOVERWRITE": FLAG, "CLEANPATH": FLAG, "PARTITION BY": NAMES,
    "EXTENSION": TEXT, "MAXFILESIZE": SIZE, "ROWGROUPSIZE": SIZE, "ENCRYPTED": FLAG,
}  # fmt: skip


def kind_of(text: str) -> str | None:
    """`copy` or `unload` for such a statement, None for every other."""
    found = _START.match(text)
    return found[1].lower() if found else None


def without_secrets(text: str) -> str:
    """The statement as it may be shown: literals after words that give access are masked."""
    return re.sub(
        r"(?i)\b((?:with\s+)?credentials|access_key_id|secret_access_key|session_token)(\s+as)?\s*'[^']*'",
        r"\1 '***'",
        text,
    )


def parse(text: str) -> Bulk:
    """Reads a statement for which `kind_of` is not None.

    Raises:
        RefusedError: It is not valid. Nothing of what it says about credentials is in the message.
        NotImplementedError: Redshift has this option, the stand-in has not.
    """
    start = _START.match(text)
    if start is None:
        raise RefusedError("this is neither COPY nor UNLOAD")
    kind = start[1].upper()
    try:
        reader = _Reader(kind, text[start.end() :])
    except TokenError:
        raise RefusedError(f"syntax error in {kind}: a quoted text does not end") from None
    bulk = Bulk()
    reader.copy_head(bulk) if kind == "COPY" else reader.unload_head(bulk)
    while not reader.ended:
        reader.option(bulk, _COPY if kind == "COPY" else _UNLOAD)
    check(kind, bulk, has_role=reader.has_role)
    return bulk


class _Reader:
    def __init__(self, kind: str, text: str) -> None:
        self.kind = kind
        self.tokens = [token for token in Redshift().tokenize(text) if token.token_type != TokenType.SEMICOLON]
        self.position, self.has_role = 0, False

    @property
    def ended(self) -> bool:
        return self.position >= len(self.tokens)

    @property
    def word(self) -> str:
        return "" if self.ended else self.tokens[self.position].text.upper()

    def take(self) -> Any:
        if self.ended:
            raise RefusedError(f"syntax error at end of {self.kind}")
        self.position += 1
        return self.tokens[self.position - 1]

    def accept(self, *words: str) -> bool:
        found = not self.ended and self.word in words and self.tokens[self.position].token_type != TokenType.STRING
        self.position += found
        return found

    def expect(self, word: str) -> None:
        if not self.accept(word):
            raise RefusedError(f'syntax error in {self.kind} at or near "{self._here()}": {word} belongs there')

    def text(self, after: str) -> str:
        self.accept("AS")
        if not self._is_text():
            raise RefusedError(
                f'syntax error in {self.kind} at or near "{self._here()}": a quoted text follows {after}'
            )
        return str(self.take().text)

    def names(self) -> list[str]:
        self.expect("(")
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        self.expect(")")
        return found

    def name(self) -> str:
        token = self.take()
        if not re.fullmatch(r"[^\W\d][\w$]*", token.text) and token.token_type != TokenType.IDENTIFIER:
            raise RefusedError(f'syntax error in {self.kind} at or near "{token.text}": a name belongs there')
        return str(token.text).lower()

    def copy_head(self, bulk: Bulk) -> None:
        parts = [self.name()]
        while self.accept("."):
            parts.append(self.name())
        bulk.table = tuple(parts)
        if self.word == "(":
            bulk.columns = self.names()
        self.expect("FROM")
        bulk.uri = self._s3("FROM")

    def unload_head(self, bulk: Bulk) -> None:
        self.expect("(")
        bulk.query = self.text("(")
        self.expect(")")
        self.expect("TO")
        bulk.uri = self._s3("TO")

    def option(self, bulk: Bulk, known: Mapping[str, str]) -> None:
        word = self.take().text.upper()
        if word in _SECRETS or word == "AUTHORIZATION":
            raise NotImplementedError(f"local_glue does not take keys in {self.kind}: name a role with IAM_ROLE")
        if word == "IAM_ROLE":
            self.has_role = True
            role = "default" if self.accept("DEFAULT") else self.text(word)
            bulk.role = None if role == "default" else role
        elif word == "FORMAT":
            self.accept("AS")
            self._format(bulk, self.take().text.upper())
        elif word in ("CSV", "JSON", "PARQUET"):
            self._format(bulk, word)
        elif word in known:
            bulk.options[word] = self._value(word, known[word])
        else:
            raise NotImplementedError(f"local_glue does not support {word} in {self.kind}: leave it out")

    def _format(self, bulk: Bulk, name: str) -> None:
        if name not in ("CSV", "JSON", "PARQUET"):
            raise NotImplementedError(
                f"local_glue does not support FORMAT {name} in {self.kind}: use CSV, JSON or PARQUET"
            )
        if bulk.format != "TEXT":
            raise RefusedError(f"conflicting formats in {self.kind}: {bulk.format} and {name}")
        bulk.format = name
        self.accept("AS")
        if name == "JSON" and self.kind == "COPY" and self._is_text():
            bulk.json = self.text(name)

    def _value(self, word: str, kind: str) -> Any:
        if kind == FLAG:
            if word == "MANIFEST" and self.word == "VERBOSE":
                raise NotImplementedError("local_glue does not support MANIFEST VERBOSE in UNLOAD: use MANIFEST")
            if word == "ENCRYPTED":
                self.accept("AUTO")
            return True
        if kind == SWITCH:
            if self.accept("OFF", "FALSE"):
                return "OFF"
            self.accept("ON", "TRUE", "PRESET")
            return "ON"
        if kind == NAMES:
            return self.names(), self.accept("INCLUDE")
        self.accept("AS")
        if kind == NUMBER:
            return int(self._number(word, r"\d+"))
        if kind == SIZE:
            size = float(self._number(word, r"\d+(\.\d*)?"))
            unit = 1024 if self.accept("GB") else 1
            self.accept("MB")
            return int(size * unit * MB)
        if word in ("DATEFORMAT", "TIMEFORMAT", "ENCODING") and not self._is_text():
            return str(self.take().text)
        return self.text(word)

    def _number(self, after: str, form: str) -> str:
        here, token = self._here(), self.take()
        if not re.fullmatch(form, token.text):
            raise RefusedError(f'syntax error in {self.kind} at or near "{here}": a number follows {after}')
        return str(token.text)

    def _s3(self, after: str) -> str:
        uri = self.text(after)
        if not re.match(r"s3://[^/]+/?", uri):
            raise NotImplementedError(
                f"local_glue supports {self.kind} with S3 only: write {after} 's3://bucket/prefix'"
            )
        return uri

    def _is_text(self) -> bool:
        kinds = (TokenType.STRING, TokenType.HEREDOC_STRING)
        return not self.ended and self.tokens[self.position].token_type in kinds

    def _here(self) -> str:
        """The next word; of a literal, which may be a secret, nothing."""
        if self.ended:
            return "end of statement"
        return "'...'" if self.tokens[self.position].token_type == TokenType.STRING else self.word

"""What a COPY or UNLOAD says, and which of its options go together."""

from dataclasses import dataclass, field
from typing import Any

from local_glue.job.redshift.errors import RefusedError

COMPRESSIONS = ("GZIP", "BZIP2", "ZSTD")
MB = 1 << 20
LARGEST_FILE = int(6.2 * 1024 * MB)
_SIZES = {
    "MAXFILESIZE": ("5 MB", 5 * MB, "6.2 GB", LARGEST_FILE),
    "ROWGROUPSIZE": ("32 MB", 32 * MB, "128 MB", 128 * MB),
}
_OF_TEXT = {"QUOTE", "DELIMITER", "IGNOREHEADER", "NULL", "IGNOREBLANKLINES", "FILLRECORD", "TRIMBLANKS", "HEADER"}
_ALLOWED = {"JSON": {"NULL"}, "PARQUET": set()}
_NOT_PARQUET = {*COMPRESSIONS, "DATEFORMAT", "TIMEFORMAT", "EMPTYASNULL", "BLANKSASNULL", "MAXERROR", "ENCODING",
                "COMPUPDATE", "COMPROWS", "ROUNDEC"}  # fmt: skip


@dataclass
class Bulk:
    """A COPY or an UNLOAD.

    Attributes:
        table: COPY's table, its parts as PostgreSQL folds them.
        columns: COPY's columns, None for all.
        query: UNLOAD's SELECT.
        uri: The address in S3.
        role: The ARN of the role, None for the default.
        format: CSV, JSON, PARQUET, or TEXT (with a delimiter and without quotes).
        json: `auto`, `auto ignorecase`, or the address of a jsonpaths file.
        options: All others, by their names in capitals.
    """

    uri: str = ""
    role: str | None = None
    table: tuple[str, ...] = ()
    columns: list[str] | None = None
    query: str = ""
    format: str = "TEXT"
    json: str = "auto"
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def compression(self) -> str | None:
        """GZIP, BZIP2 or ZSTD."""
        return next((name for name in COMPRESSIONS if name in self.options), None)


def check(kind: str, bulk: Bulk, *, has_role: bool) -> None:
    """Checks that the options go together.

    Raises:
        RefusedError: Redshift does not take them.
        NotImplementedError: Redshift has a value of an option that the stand-in has not.
    """
    if not has_role:
        raise RefusedError(f"{kind} needs credentials: add IAM_ROLE default")
    given = set(bulk.options)
    wrong = given & _OF_TEXT - _ALLOWED.get(bulk.format, _OF_TEXT)
    if bulk.format == "PARQUET":
        wrong |= given & _NOT_PARQUET
    if bulk.format == "TEXT":
        wrong |= given & {"QUOTE"}
    if wrong:
        raise RefusedError(f"{sorted(wrong)[0]} option is not supported for {bulk.format} {kind}")
    if sum(name in given for name in COMPRESSIONS) > 1:
        raise RefusedError(f"{kind} takes one of {', '.join(COMPRESSIONS)}")
    if str(bulk.options.get("ENCODING", "UTF8")).upper().replace("-", "") != "UTF8":
        raise NotImplementedError(
            f"local_glue does not support ENCODING {bulk.options['ENCODING']} in {kind}: use UTF8"
        )
    for name in ("DELIMITER", "QUOTE"):
        if name in given and len(bulk.options[name]) != 1:
            raise NotImplementedError(f"local_glue supports {name} of one character only, not {bulk.options[name]!r}")
    for name in given & _SIZES.keys():
        least, least_bytes, most, most_bytes = _SIZES[name]
        if not least_bytes <= bulk.options[name] <= most_bytes:
            raise RefusedError(f"{name} must be between {least} and {most}, not {bulk.options[name] / MB:g} MB")
    if "ROWGROUPSIZE" in given and bulk.format != "PARQUET":
        raise RefusedError(f"ROWGROUPSIZE option is not supported for {bulk.format} {kind}")
    if given >= {"ALLOWOVERWRITE", "CLEANPATH"}:
        raise RefusedError("ALLOWOVERWRITE and CLEANPATH cannot be used together")

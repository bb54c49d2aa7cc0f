"""Text that was encoded twice (`BjÃ¶rk`), repaired where there is no doubt, and accents composed the usual way.

The rules of the library ftfy: https://ftfy.readthedocs.io/en/latest/heuristic.html. It would also take `É°` for an IPA
letter, so a repair counts only if it gives characters of scripts that names and titles are written in. Composed and
decomposed accents (`é` as one character or two) look alike; all texts get the composed form, NFC, so that they match.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from glue_jobs.lib.rows.small_frames import FEW, frame_of

SUSPICIOUS = "[^\\x00-\\x7F]{2}|\u00c3 |[\u0300-\u036f\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\u2126\u212a\u212b]"
"""Matches what text encoded twice always has: a multi-byte character has become as many non-ASCII ones in a row
(for à, the second is a no-break space, which many programs turn into a space). Or a combining mark."""

WRITTEN = (
    *((0x00A0, 0x017F), (0x0218, 0x021B), (0x0370, 0x058F), (0x0590, 0x06FF), (0x0900, 0x0DFF), (0x0E00, 0x0EFF)),
    *((0x10A0, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x20A0, 0x20BF), (0x2100, 0x27BF), (0x3000, 0x9FFF)),
    *((0xAC00, 0xD7AF), (0xFB00, 0xFB06), (0xFE0F, 0xFE0F), (0xFF00, 0xFFEF), (0x1F000, 0x1FAFF)),
)
"""Ranges of characters that a repair may give: letters of living scripts, punctuation, symbols, emoji; not, for one,
IPA, NKo and modifier letters, which two characters of Latin text can be taken for."""


def make_repair() -> Callable[[str], str]:
    """A function that gives a text as it was before it was encoded twice, if that is beyond doubt, and in NFC.

    It is made here, and not a function of the module, so that what workers get does not depend on the module's path.
    """

    def repaired(text: str) -> str:
        import unicodedata

        from ftfy import fix_encoding

        fixed = fix_encoding(text)
        gained = {ord(character) for character in fixed if character not in text and ord(character) > 0x7F}
        if not all(any(first <= code <= last for first, last in WRITTEN) for code in gained):
            fixed = text
        return unicodedata.normalize("NFC", fixed)

    return repaired


def raw_name(column: str) -> str:
    """The name of the column with a repaired text as it was delivered, NULL where nothing was repaired."""
    return f"{column}_raw"


def find_repairs(frames: Iterable[tuple[DataFrame, Sequence[str]]]) -> DataFrame | None:
    """The repairs of all suspicious values in the named text columns of the frames, each distinct value once.

    Returns:
        value, repaired; None when no value is suspicious.
    """
    values = [
        frame.select(F.explode(F.array(*columns)).alias("value")).where(F.col("value").rlike(SUSPICIOUS))
        for frame, columns in frames
    ]
    if not values:
        return None
    distinct = reduce(DataFrame.unionByName, values).distinct().persist()
    count = distinct.count()
    if not count:
        return None
    if count <= FEW:
        return _repaired_here(distinct)
    repairs = distinct.select("value", _repaired()("value").alias("repaired")).where("repaired <> value").persist()
    repairs.count()  # Computed here, once, because the joins with it run at the same time.
    return repairs


def _repaired_here(distinct: DataFrame) -> DataFrame:
    """The repairs of a few values, made in this process because starting a Python worker takes seconds."""
    repaired = make_repair()
    pairs = [(row.value, repaired(row.value)) for row in distinct.collect()]
    return frame_of(
        distinct.sparkSession, [pair for pair in pairs if pair[0] != pair[1]], "value string, repaired string"
    )


def repair(frame: DataFrame, columns: Sequence[str], repairs: DataFrame | None) -> DataFrame:
    """Puts the repaired text into `columns` and adds `raw_name` of each."""
    for name in columns:
        if repairs is None:
            frame = frame.withColumn(raw_name(name), F.lit(None).cast("string"))
            continue
        found = repairs.select(F.col("value").alias("_value"), F.col("repaired").alias("_repaired"))
        joined = frame.join(F.broadcast(found), F.col(name) == F.col("_value"), "left").drop("_value")
        frame = joined.withColumns(
            {raw_name(name): F.when(F.col("_repaired").isNotNull(), F.col(name)), name: F.coalesce("_repaired", name)}
        ).drop("_repaired")
    return frame


def _repaired():  # type: ignore[no-untyped-def]
    import pandas as pd

    repaired = make_repair()

    def fix(values: pd.Series) -> pd.Series:
        return values.map(repaired)

    return F.pandas_udf(fix, "string")

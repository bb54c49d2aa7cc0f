"""Text encoded twice is repaired, all other text is left as it is."""

import re
from contextlib import suppress

import pytest
from ftfy import fix_encoding

from glue_jobs.lib.rows.small_frames import frame_of
from glue_jobs.lib.sparkify import text_repair

pytestmark = pytest.mark.spark

ORIGINALS = (
    "Björk",
    "Señorita",
    "Beyoncé",
    "à la mode",
    "Ëlan",
    "naïve ☃",
    "Дорогой",
    "東京事変",
    "Ke$ha – “Live”",
    "ﬁn",
)
HARMLESS = (
    *("", "plain", "Björk", "Ãvila", "AÇÃO", "É", "ÿ", "½ Â", "Motörhead", "Sigur Rós", "Mñ", "日本語", "Ã", "l’été"),
    *("a\nb", "<b>&amp;</b>", "ﬀ", "Ａ", "ßª", "É°", "À°", "Sigur É°s"),
)


def twice(text, encoding="latin-1"):
    """The text after its UTF-8 bytes were decoded with another encoding."""
    return text.encode().decode(encoding)


GARBLED = tuple(twice(text) for text in ORIGINALS)


@pytest.fixture
def repaired(spark):
    def run(*texts, other=()):
        frame = frame_of(spark, [(text, None) for text in texts], "a string, b string")
        more = frame_of(spark, [(text,) for text in other], "c string")
        repairs = text_repair.find_repairs([(frame, ("a", "b")), (more, ("c",))])
        rows = text_repair.repair(frame, ("a", "b"), repairs).collect()
        return repairs, {(row.a_raw or row.a): (row.a, row.a_raw, row.b_raw) for row in rows}

    return run


def describe_repair():
    @pytest.mark.parametrize("few", [1000, 0], ids=["by the driver", "by workers"])
    def it_repairs_what_was_encoded_twice_or_thrice_and_keeps_the_raw_text(repaired, monkeypatch, few):
        monkeypatch.setattr(text_repair, "FEW", few)
        thrice = twice(twice("Björk"))
        _, rows = repaired(*GARBLED, thrice, other=["BjÃ¶rk"])
        expected = {garbled: (text, garbled, None) for garbled, text in zip(GARBLED, ORIGINALS, strict=True)}
        assert rows == expected | {thrice: ("Björk", thrice, None)}

    def it_leaves_other_text_as_it_is(repaired):
        _, rows = repaired(*HARMLESS)
        assert rows == {text: (text, None, None) for text in HARMLESS}

    def it_composes_accents_so_that_names_that_look_alike_match(repaired):
        names = {
            "Beyonce\u0301": "Beyoncé",
            "A\u030arhus": "Århus",
            "か\u3099": "が",
            "\u212bngstro\u0308m": "Ångström",
        }
        _, rows = repaired(*names)
        assert rows == {name: (composed, name, None) for name, composed in names.items()}

    def it_leaves_text_alone_where_it_is_not_certain(repaired):
        _, rows = repaired("Ã¶", "æ–‡å…—?", None)
        assert {raw: row[0] for raw, row in rows.items()} == {
            text: fix_encoding(text) if text else text for text in ("Ã¶", "æ–‡å…—?", None)
        }

    def it_has_nothing_to_do_without_suspicious_text(repaired):
        assert repaired("plain", "Björk", "É")[0] is None


def describe_suspicious():
    @pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp1251", "cp437"])
    def it_finds_every_character_encoded_twice_that_ftfy_repairs(encoding):
        texts = set()
        for code in (*range(0x80, 0x2500), *range(0x4E00, 0x4E80), *range(0x1F600, 0x1F640)):
            for form in ("Ab{} cd", "{}", "x{0}y{0}z"):
                with suppress(UnicodeDecodeError):
                    texts.add(twice(form.format(chr(code)), encoding))
        repaired = {text for text in texts if fix_encoding(text) != text}
        assert len(repaired) > 1000
        assert [text for text in repaired if not re.search(text_repair.SUSPICIOUS, text)] == []

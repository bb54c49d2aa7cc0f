"""Contrast, by the rules of WCAG 2.2, level AA."""

from itertools import pairwise

import pytest

from glue_jobs.lib.report.palette import PALETTE, REST, SERIES, STEPS, TEXTS, contrast, named, variables

GROUNDS = ("page", "card")
DRAWN = ("accent", "good", "fair", "bad", "idle", "known", *SERIES, REST, *STEPS)
schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


def pairs(names, scheme):
    for name in names:
        for ground in GROUNDS:
            yield name, contrast(getattr(PALETTE[name], scheme), getattr(PALETTE[ground], scheme))


def test_contrast_is_reckoned_as_wcag_does():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@schemes
def test_texts_can_be_read(scheme):
    assert [pair for pair in pairs(TEXTS, scheme) if pair[1] < 4.5] == []


@schemes
def test_what_is_drawn_can_be_seen(scheme):
    assert [pair for pair in pairs(DRAWN, scheme) if pair[1] < 3] == []


@schemes
def test_steps_tell_their_order_by_light_alone(scheme):
    card, *steps = (getattr(PALETTE[name], scheme) for name in ("card", *STEPS))
    against = [contrast(step, card) for step in steps]
    assert [later / earlier for earlier, later in pairwise(against) if later / earlier < 1.25] == []


@schemes
def test_a_sign_can_be_read_on_its_colour(scheme):
    signs = {name: getattr(PALETTE[name], scheme) for name in ("good", "fair", "bad", "idle")}
    assert [name for name, colour in signs.items() if contrast(colour, getattr(PALETTE["card"], scheme)) < 4.5] == []


def test_a_drawing_gets_its_names_back():
    assert len({shade.light for shade in PALETTE.values()}) == len(PALETTE)
    assert named(f"fill: {PALETTE['good'].light}") == "fill: var(--good)"


def test_the_dark_scheme_is_for_screens_alone():
    assert "@media screen and (prefers-color-scheme:dark)" in variables()

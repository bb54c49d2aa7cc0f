"""The report's colours, in both schemes. Charts are drawn in the light ones, which the page then names as variables."""

from typing import NamedTuple


class Shade(NamedTuple):
    """A colour in the light and in the dark scheme."""

    light: str
    dark: str


PALETTE = {
    "page": Shade("#f4f5f7", "#0f1216"),
    "card": Shade("#fffffe", "#171b21"),
    "ink": Shade("#1a2029", "#e7eaef"),
    "muted": Shade("#545d6b", "#a0a9b8"),
    "rule": Shade("#dde1e7", "#2c333d"),
    "accent": Shade("#2b62a6", "#74abec"),
    "good": Shade("#1b7a57", "#4fc08f"),
    "fair": Shade("#8f5d00", "#e0ac3f"),
    "bad": Shade("#b7303a", "#f2777a"),
    "idle": Shade("#6d7787", "#8a95a6"),
    "known": Shade("#4f7ea9", "#6f9fcb"),
    "s1": Shade("#2c63a7", "#75acec"),
    "s2": Shade("#b45a09", "#e9984f"),
    "s3": Shade("#11807f", "#49bdbb"),
    "s4": Shade("#7d4fa6", "#b98ee3"),
    "s5": Shade("#527d1f", "#93c256"),
    "s6": Shade("#b34278", "#e986b3"),
    "s7": Shade("#7f8999", "#7b8697"),
    "o1": Shade("#569b59", "#377c3c"),
    "o2": Shade("#128b65", "#0b9069"),
    "o3": Shade("#0e7571", "#06a19b"),
    "o4": Shade("#07617c", "#35b0d9"),
    "o5": Shade("#114989", "#88bbfe"),
    "o6": Shade("#392e78", "#cbcafd"),
    "o7": Shade("#421155", "#f5e0fe"),
}
"""No two names share a light colour: a drawing's colours are turned back into names."""

TEXTS = ("ink", "muted", "accent", "good", "fair", "bad")
"""Colours that texts have, on `page` and on `card`."""

SERIES = ("s1", "s2", "s3", "s4", "s5", "s6")
REST = "s7"
STEPS = ("o1", "o2", "o3", "o4", "o5", "o6", "o7")
"""For series in an order: ever further from the ground, so that the order shows without hues too."""


def light(name: str) -> str:
    """The colour to draw with."""
    return PALETTE[name].light


def named(drawing: str) -> str:
    """`drawing` with each colour of the palette as a variable of the page."""
    for name, shade in PALETTE.items():
        drawing = drawing.replace(shade.light, f"var(--{name})")
    return drawing


def variables() -> str:
    """CSS that defines the variables in both schemes; prints are light."""
    day = "".join(f"--{name}:{shade.light};" for name, shade in PALETTE.items())
    night = "".join(f"--{name}:{shade.dark};" for name, shade in PALETTE.items())
    return f":root{{color-scheme:light dark;{day}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{night}}}}}"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2.2 reckons it."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

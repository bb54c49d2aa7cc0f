"""Listeners by country and age: the bars add up to the countries, the table has every cell."""

import re

import pytest

from glue_jobs.lib.report.listeners import listeners
from tests.glue_jobs.lib.report.samples import row

GHANA, UNKNOWN, OTHERS = ("Ghana", 1), ("", 2), ("", 11)


def people(place, band, users, *, plays=0):
    """A row of the figure, of a warehouse with 14 countries."""
    return row(place[0], place[1], band, users, plays, 14)


@pytest.fixture
def page():
    """Ghana has 40 listeners of 18–24 and 60 without an age, the other countries 50 and 5."""
    return listeners(
        [
            *(people(OTHERS, 2, 5), people(UNKNOWN, 1, 50, plays=60), people(OTHERS, 1, 45)),
            *(people(GHANA, 7, 60, plays=700), people(GHANA, 1, 40, plays=300)),
        ]
    )


def bars(page):
    return [re.findall(r"width:([\d.]+)%;background:var\(--(\w+)\)", bar) for bar in page.split("stacked")[1:]]


def cells(page):
    body = page.rpartition("<tbody>")[2]
    return [re.findall(r">([^<>]+)</t[hd]>", line) for line in body.split("<tr>")[1:]]


def test_a_country_is_a_bar_of_its_ages_as_long_as_it_has_listeners(page):
    assert bars(page) == [
        [("40.00", "o2"), ("60.00", "s7")],
        [("50.00", "o2")],
        [("45.00", "o2"), ("5.00", "o3")],
    ]


def test_the_names_stand_in_order_and_the_other_countries_last(page):
    ranking = page.partition("<details")[0]
    assert re.findall(r'class="name">([^<]+)', ranking) == ["Ghana", "unknown", "4 other countries"]
    assert re.findall(r'class="n">(\d+)', ranking) == ["100", "50", "50"]


def test_the_table_has_each_country_and_age_and_all_together(page):
    assert cells(page) == [
        ["all", "135", "5", "60", "200", "1,060"],
        ["Ghana", "40", "0", "60", "100", "1,000"],
        ["unknown", "50", "0", "0", "50", "60"],
        ["4 other countries", "45", "5", "0", "50", "0"],
    ]


def test_colours_are_explained_for_the_ages_that_occur(page):
    legend = page.partition("</ul>")[0]
    assert re.findall(r"</i>([^<]+)", legend) == ["18–24", "25–34", "unknown"]

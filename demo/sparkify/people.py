"""The users of the app."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from demo import words
from demo.sparkify.text import encode_again

PAID_FROM_THE_START = 0.2
COUNTRIES = ("PT", "GH", "JP", "SE", "MX", "PL", "FR", "KE", "BR", "GE", "CH", "KR")
"""The countries of words.PLACES, in the same order."""

BROWSERS = (
    '"Mozilla/5.0 (Macintosh; Intel Mac OS X 13_5) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0 Safari/537.36"',
    '"Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0 Safari/537.36"',
    "Mozilla/5.0 (Windows NT 10.0; rv:123.0) Gecko/20100101 Firefox/123.0",
    '"Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.3"',
)


@dataclass
class Person:
    """A user of the app.

    Attributes:
        facts: The user's fields of an event.
        level: Free or paid, as it is now.
        encodings: How many times too often the user's version of the app encodes text.
    """

    facts: dict[str, object]
    level: str
    encodings: int


def draw_people(count: int, pick: random.Random, *, before: date) -> list[Person]:
    """`count` people who signed up before the day."""
    return [_person(number, pick, before) for number in range(2, count + 2)]


def _person(user_id: int, pick: random.Random, before: date) -> Person:
    encodings = pick.choices((0, 1, 2), weights=(50, 35, 15))[0]
    place = pick.randrange(len(words.PLACES))
    signed_up = datetime.combine(before, time(), UTC) - timedelta(seconds=pick.randrange(3600, 90 * 86400))
    facts = {
        "firstName": encode_again(pick.choice(words.FIRST_NAMES), encodings),
        "lastName": encode_again(pick.choice(words.LAST_NAMES), encodings),
        "gender": pick.choices(("F", "M"), weights=(55, 45))[0],
        "location": encode_again(f"{words.PLACES[place]}, {COUNTRIES[place]}", encodings),
        "registration": float(int(signed_up.timestamp()) * 1000),
        "userAgent": pick.choices(BROWSERS, weights=(5, 4, 2, 2))[0],
        "userId": str(user_id),
    }
    return Person(facts, "paid" if pick.random() < PAID_FROM_THE_START else "free", encodings)

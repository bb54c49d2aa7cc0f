"""What a benchmark's input looks like; each shape has a folder of its own, made once."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

BUILD = Path("build/bench")
FIRST_DAY = date(2025, 3, 3)


@dataclass(frozen=True)
class Shape:
    """The input of one run.

    Attributes:
        plays: Lines in all files of plays, the bad ones included.
        files: Among how many files they are split; plays are in order of time, as senders log them.
        active: How many of the users play; None means all.
        hot_share: Share of the plays that fall into one hour.
        late_share: Share of the plays that happened on one of the 30 days before the first.
        seed: Of the plays alone: shapes with as many users and tracks have the same catalogue.
    """

    plays: int = 1_000_000
    files: int = 20
    users: int = 100_000
    tracks: int = 90_000
    first_day: date = FIRST_DAY
    days: int = 30
    active: int | None = None
    hot_share: float = 0.0
    late_share: float = 0.0
    seed: int = 7

    @property
    def folder(self) -> Path:
        """Where the input is kept."""
        text = json.dumps(asdict(self), default=str, sort_keys=True)
        return BUILD / f"{self.plays}-plays-{hashlib.sha256(text.encode()).hexdigest()[:8]}"

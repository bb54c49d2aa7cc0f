"""Where the nodes of a workflow's graph stand, from top to bottom: jobs, triggers that start, and what leads to what.

Triggers that only pass on are drawn as the lines between jobs.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 232, 54, 22, 38, 4
NAME_LENGTH = 25
PASSED = "SUCCEEDED"


@dataclass
class Box:
    """A job, a start trigger, or a bend of a line that passes a row; `x` and `y` are its centre."""

    key: str
    kind: str
    name: str = ""
    detail: str = ""
    run: dict[str, Any] | None = None
    row: int = 0
    x: float = 0
    y: float = 0

    @property
    def label(self) -> str:
        """The name as far as it fits."""
        return self.name if len(self.name) <= NAME_LENGTH else f"{self.name[: NAME_LENGTH - 1]}…"


@dataclass
class Line:
    """What leads from one box to another; `note` is the condition if it is not that one job succeeded."""

    path: str
    note: str
    x: float
    y: float


@dataclass
class Drawing:
    """A graph with places."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    width: float = 0
    height: float = 0


def draw(graph: dict[str, Any]) -> Drawing:
    """Places the jobs of a WorkflowGraph."""
    boxes, links = _parts(graph)
    _set_rows(boxes, [(one, other) for one, other, _ in links])
    chains = [(_with_bends(boxes, one, other), note) for one, other, note in links]
    rows = _ordered_rows(boxes, [pair for chain, _ in chains for pair in pairwise(chain)])
    width = max((len(row) for row in rows), default=0) * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN
    for at, row in enumerate(rows):
        left = (width - len(row) * (WIDTH + GAP_X) + GAP_X) / 2
        for place, box in enumerate(row):
            box.x, box.y = left + place * (WIDTH + GAP_X) + WIDTH / 2, MARGIN + at * (HEIGHT + GAP_Y) + HEIGHT / 2
    lines = [_line([boxes[key] for key in chain], note) for chain, note in chains]
    shown = [box for box in boxes.values() if box.kind != "bend"]
    return Drawing(shown, lines, max(width, 0), len(rows) * (HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN if rows else 0)


def _parts(graph: dict[str, Any]) -> tuple[dict[str, Box], list[tuple[str, str, str]]]:
    """The boxes by their keys, and from which to which a line leads, with its note."""
    nodes = {node["UniqueId"]: node for node in graph["Nodes"]}
    into, out = defaultdict(list), defaultdict(list)
    for edge in graph["Edges"]:
        into[edge["DestinationId"]].append(edge["SourceId"])
        out[edge["SourceId"]].append(edge["DestinationId"])
    boxes: dict[str, Box] = {}
    links = []
    for key, node in nodes.items():
        if node["Type"] != "TRIGGER":
            run = next(iter(node.get("JobDetails", {}).get("JobRuns", ())), None)
            boxes[key] = Box(key, node["Type"].lower(), node["Name"], run=run)
            continue
        trigger = node["TriggerDetails"]["Trigger"]
        if into[key]:
            links += [(one, other, _note(trigger, nodes[one]["Name"])) for one in into[key] for other in out[key]]
        else:
            boxes[key] = Box(key, "trigger", node["Name"], detail=trigger.get("Schedule") or trigger["Type"])
            links += [(key, other, "") for other in out[key]]
    return boxes, links


def _note(trigger: dict[str, Any], job: str) -> str:
    predicate = trigger.get("Predicate") or {}
    conditions = predicate.get("Conditions") or []
    states = [c.get("State", "") for c in conditions if c.get("JobName") == job]
    several = "any" if predicate.get("Logical") == "ANY" and len(conditions) > 1 else ""
    state = "" if states == [PASSED] else " or ".join(states)
    condition = f"if {several} {state}" if several or state else ""
    paused = "" if trigger.get("State") in (None, "ACTIVATED") else "trigger off"
    return ", ".join(" ".join(part.split()) for part in (condition, paused) if part)


def _set_rows(boxes: dict[str, Box], links: list[tuple[str, str]]) -> None:
    """Each box stands below all that lead to it; a circle ends after as many steps as there are boxes."""
    for _ in boxes:
        moved = False
        for one, other in links:
            if boxes[other].row <= boxes[one].row < len(boxes):
                boxes[other].row, moved = boxes[one].row + 1, True
        if not moved:
            return


def _with_bends(boxes: dict[str, Box], one: str, other: str) -> list[str]:
    """The keys from one box to the other; in rows between them stands a bend, so that no box hides the line."""
    chain = [one]
    for row in range(boxes[one].row + 1, boxes[other].row):
        key = f"{one} {other} {row}"
        boxes[key] = Box(key, "bend", row=row)
        chain.append(key)
    return [*chain, other]


def _ordered_rows(boxes: dict[str, Box], links: list[tuple[str, str]]) -> list[list[Box]]:
    """The rows, each ordered by where what leads to its boxes stands, which keeps lines from crossing."""
    rows: dict[int, list[Box]] = defaultdict(list)
    for box in boxes.values():
        rows[box.row].append(box)
    before = defaultdict(list)
    for one, other in links:
        before[other].append(one)
    places: dict[str, float] = {}
    done = []
    for number in sorted(rows):
        row = sorted(rows[number], key=lambda box: _mean(places[k] for k in before[box.key] if k in places))
        places |= {box.key: place - (len(row) - 1) / 2 for place, box in enumerate(row)}
        done.append(row)
    return done


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def _line(chain: list[Box], note: str) -> Line:
    """A line from the lower edge of a box to the upper edge of another, straight through bends."""
    first, last = chain[0], chain[-1]
    path = f"M{first.x:g} {first.y + HEIGHT / 2:g}"
    x, y = first.x, first.y + HEIGHT / 2
    for box in chain[1:]:
        top = box.y - HEIGHT / 2 - (5 if box is last else 0)
        middle = (y + top) / 2
        path += f"C{x:g} {middle:g} {box.x:g} {middle:g} {box.x:g} {top:g}"
        x, y = box.x, box.y + HEIGHT / 2
        if box is not last:
            path += f"V{y:g}"
    return Line(path, note, (first.x + chain[1].x) / 2, first.y + HEIGHT / 2 + GAP_Y / 2)

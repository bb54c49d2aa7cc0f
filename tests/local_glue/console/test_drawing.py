"""Where the boxes of a workflow's graph stand and how pages say things."""

from datetime import UTC, datetime, timedelta

import pytest

from local_glue.console import graph, words
from local_glue.console.logs import readable
from local_glue.endpoint.glue.graph import build_graph
from local_glue.runs import last_said, printable, tail


def trigger(name, after, starts, logical="AND", state="SUCCEEDED"):
    conditions = [{"JobName": job, "State": state, "LogicalOperator": "EQUALS"} for job in after]
    given = {"Name": name, "Type": "CONDITIONAL" if after else "ON_DEMAND", "State": "ACTIVATED"}
    return {
        **given,
        "Predicate": {"Logical": logical, "Conditions": conditions},
        "Actions": [{"JobName": job} for job in starts],
    }


def drawn(*triggers):
    drawing = graph.draw(build_graph(list(triggers)))
    return drawing, {box.name: box for box in drawing.boxes}


def describe_the_graph():
    def it_goes_downwards_from_the_start():
        drawing, boxes = drawn(
            trigger("go", [], ["a"]), trigger("t", ["a"], ["b", "c"]), trigger("u", ["b", "c"], ["d"])
        )
        assert [boxes[name].row for name in ("go", "a", "b", "c", "d")] == [0, 1, 2, 2, 3]
        assert boxes["b"].y == boxes["c"].y
        assert boxes["a"].x == boxes["d"].x == drawing.width / 2
        assert len(drawing.lines) == 5

    def it_leads_long_lines_around_boxes():
        drawing, boxes = drawn(trigger("go", [], ["a"]), trigger("t", ["a"], ["b"]), trigger("u", ["a", "b"], ["c"]))
        assert boxes["b"].x != drawing.width / 2
        assert drawing.width == 2 * graph.WIDTH + graph.GAP_X + 2 * graph.MARGIN

    def it_says_conditions_other_than_success():
        drawing, _ = drawn(trigger("go", [], ["a", "b"]), trigger("t", ["a", "b"], ["c"], "ANY", "FAILED"))
        assert [line.note for line in drawing.lines] == ["", "", "if any FAILED", "if any FAILED"]

    def it_ends_on_a_circle_and_on_nothing():
        drawing, _ = drawn(trigger("t", ["a"], ["b"]), trigger("u", ["b"], ["a"]))
        assert len(drawing.boxes) == 2
        assert drawn()[0].height == 0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (9.96, "10 s"), (59.6, "1 min 0 s"), (3725, "1 h 2 min"), (None, "")],
)
def test_times_are_short(seconds, said):
    assert words.took(seconds).replace(words.NO_BREAK, " ") == said


def test_moments_and_sizes():
    now = datetime(2026, 1, 2, tzinfo=UTC)
    assert words.ago(now - timedelta(hours=25), now) == "1 day ago"
    assert words.ago(now - timedelta(minutes=2), now) == "2 minutes ago"
    assert words.ago(now, now) == "just now"
    assert [words.size(n) for n in (0, 999, 1000, 65_536, 3_000_000_000)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "65.5 kB",
        "3.0 GB",
    ]


def describe_what_a_log_says_last():
    def it_is_the_last_line_or_its_text(tmp_path):
        log = tmp_path / "x.log"
        assert last_said(log) == ""
        log.write_text("one\ntwo\n\n")
        assert last_said(log) == "two"
        log.write_text('{"time": "now", "event": "rows read"}\n')
        assert last_said(log) == "rows read"
        log.write_text("[1]\n")
        assert last_said(log) == "[1]"

    def it_cannot_change_the_terminal(tmp_path):
        log = tmp_path / "x.log"
        log.write_text("\x1b[2J\x1b]0;title\x07\x1b[31mred\x1b[0m\r\x9b5n\n")
        assert "\x1b" not in last_said(log)
        assert "\x9b" not in last_said(log)
        assert "red" in last_said(log)
        assert printable("a\tb\nc") == "a\tb\nc"

    def it_begins_with_a_whole_line(tmp_path):
        log = tmp_path / "x.log"
        log.write_text("".join(f"line {n}\n" for n in range(100)))
        assert tail(log, 20) == "line 98\nline 99\n"
        log.write_text("x" * 100)
        assert tail(log, 20) == "x" * 20


def test_structured_lines_are_written_for_people():
    line = '{"time": "2026-01-02T03:04:05.678+00:00", "level": "INFO", "event": "rows read", "run": "jr_1", "rows": 7}'
    assert readable(f"plain\n{line}\n", ("jr_1",)) == "plain\n03:04:05  INFO  rows read  rows=7\n"
    assert readable('{"message": "x", "time": "soon", "a": {"b": null}}') == 'soon  x  a={"b": null}'
    for other in ("{", '{"rows": 7}', "{}", "[]", "{x}"):
        assert readable(other) == other

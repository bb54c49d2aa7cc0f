"""The report as one HTML page that needs nothing else: no script, no font, no request."""

from collections.abc import Callable, Mapping, Sequence

from glue_jobs.lib.report import text
from glue_jobs.lib.report.elements import chart_card
from glue_jobs.lib.report.facts import Facts
from glue_jobs.lib.report.flow import flow
from glue_jobs.lib.report.music_figures import music_cards
from glue_jobs.lib.report.palette import variables
from glue_jobs.lib.report.proof_cards import checks, work
from glue_jobs.lib.report.run_cards import attention, files, key_figures, reasons, since_before
from glue_jobs.lib.report.run_charts import durations, put_aside
from glue_jobs.lib.report.sparkify_figures import sparkify_cards
from glue_jobs.lib.report.style import STYLE
from glue_jobs.lib.report.subjects import SUBJECTS
from glue_jobs.lib.report.verdict import SIGNS, verdict

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
ICON = "data:,"
CARDS: Mapping[str, Callable[[Facts], list[str]]] = {"streams": music_cards, "sparkify": sparkify_cards}
JOBS = {subject.workflow: subject.jobs for subject in SUBJECTS.values()}


def render(facts: Facts) -> str:
    """The whole page."""
    sections = [
        ("run", "The run", _run(facts)),
        ("plays", "What people listen to", CARDS[facts.workflow](facts)),
        ("proof", "Checks and cost", [part for part in (checks(facts), work(facts)) if part]),
    ]
    shown = [section for section in sections if section[2]]
    body = "".join(_section(*section) for section in shown)
    found = verdict(facts)
    title = f"{found.title} {text.DASH} {facts.workflow}, {text.day(facts.made_at.date())}"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f'<title>{text.escaped(title)}</title><link rel="icon" href="{ICON}"><style>{variables()}{STYLE}</style></head>'
        f'<body><a class="skip" href="#main">Skip to the report</a>{_header(facts, shown)}'
        f'<main id="main">{key_figures(facts)}{body}</main>{_footer(facts)}</body></html>\n'
    )


def _header(facts: Facts, sections: Sequence[tuple[str, str, list[str]]]) -> str:
    found, run = verdict(facts), facts.run
    links = "".join(f'<li><a href="#{key}">{text.escaped(name)}</a></li>' for key, name, _ in sections)
    when = ""
    if run is not None:
        took = text.duration((run.finished_at - run.started_at).total_seconds())
        when = (
            f'<p class="when">Loaded <time datetime="{run.started_at.isoformat()}">{text.moment(run.started_at)} UTC'
            f"</time> in {took}, checked {text.moment(facts.made_at)} UTC</p>"
        )
    menu = f'<nav aria-label="Sections"><ul>{links}</ul></nav>' if len(sections) > 1 else ""
    return (
        f'<header class="{found.state}"><p class="eyebrow">Workflow <b>{text.escaped(facts.workflow)}</b></p>'
        f'<h1><span class="sign" aria-hidden="true">{SIGNS[found.state]}</span>{text.escaped(found.title)}</h1>'
        f'<p class="sentence">{text.escaped(found.sentence)}</p>{when}{menu}</header>'
    )


def _run(facts: Facts) -> list[str]:
    if facts.run is None:
        return [attention(facts)] if facts.failed or facts.of("days") else []
    calm, river, changes = not (facts.failed or facts.rejected), flow(facts), since_before(facts)
    lines = [chart_card(river, span=8)] if river else []
    why = [reasons(facts)] if river else []
    over = [chart for chart in (put_aside(facts), durations(facts, JOBS[facts.workflow])) if chart]
    if calm and changes:
        # What changed stands beside the next larger card, as there is little to say about what needs attention.
        return [attention(facts), *lines, changes, *why, *(chart_card(chart, span=4) for chart in over), files(facts)]
    first = [attention(facts, compared=bool(changes)), changes]
    return [*first, *lines, *why, *(chart_card(chart, span=6) for chart in over), files(facts)]


def _section(key: str, title: str, cards: Sequence[str]) -> str:
    heading = f'<h2 id="{key}-title">{text.escaped(title)}</h2>'
    return (
        f'<section id="{key}" aria-labelledby="{key}-title">{heading}<div class="grid">{"".join(cards)}</div></section>'
    )


def _footer(facts: Facts) -> str:
    run = f"Run {text.escaped(facts.run.run_id)}. " if facts.run else ""
    return f"<footer><p>{run}Written {text.moment(facts.made_at)} UTC by check_quality. All times are UTC.</p></footer>"

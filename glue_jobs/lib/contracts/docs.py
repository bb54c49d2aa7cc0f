"""docs/tables.md, made from the contracts: `python -m glue_jobs.lib.contracts.docs docs/tables.md`."""

import sys
from collections.abc import Sequence
from pathlib import Path

from glue_jobs.lib.contracts.model import Column, Table
from glue_jobs.lib.contracts.tables import MUSIC_TABLES, SPARKIFY_TABLES

MUSIC_RELATIONS = (
    ("users", "streams", "plays"),
    ("songs", "streams", "is played in"),
    ("users", "user_features", "is summed up in"),
    ("users", "user_track_totals", "has played"),
    ("users", "user_days", "was active on"),
    ("songs", "track_totals", "is summed up in"),
    ("songs", "user_track_totals", "was played by"),
    ("songs", "daily_top_tracks", "ranks in"),
    ("songs", "genre_kpis", "is most played in"),
    ("genre_daily_kpis", "daily_top_tracks", "has"),
    ("genre_daily_kpis", "daily_top_genres", "ranks in"),
    ("load_runs", "load_files", "dealt with"),
    ("load_runs", "streams", "loaded"),
)
"""Parent, child, and what the parent does; nothing enforces them, check_quality measures those of streams."""

SPARKIFY_RELATIONS = (
    ("users", "songplays", "played"),
    ("songs", "songplays", "was played in"),
    ("artists", "songplays", "was played in"),
    ("time", "songplays", "is the moment of"),
    ("artists", "songs", "made"),
)
"""As above; check_quality measures all of them."""

SCHEMAS = {"music": (MUSIC_TABLES, MUSIC_RELATIONS), "sparkify": (SPARKIFY_TABLES, SPARKIFY_RELATIONS)}
"""By schema its tables and how they relate."""

PUBLISHED = {
    "merge": "by MERGE on its key",
    "replace": "by replacing the slices that a run touched",
    "internal": "by the fence of each publish",
}

HEAD = """# Tables

Made from the contracts in `glue_jobs/lib/contracts/`; a test holds this page to them. To make it anew:
`python -m glue_jobs.lib.contracts.docs docs/tables.md`.

Times are UTC. Redshift enforces no key: rows are unique by key before they are staged, and `check_quality` measures it.
Columns marked *lineage* tell where a row came from and are no part of the promise that any order of deliveries gives
the same warehouse. Sizes of VARCHAR are bytes. Lines in the diagrams are how tables join; none is enforced.
"""


def render() -> str:
    """The page, as Markdown."""
    parts = [HEAD]
    for schema, (tables, relations) in SCHEMAS.items():
        parts += [_diagram(schema, tables, relations), *(_section(table) for table in tables)]
    return "\n".join(parts)


def _diagram(schema: str, tables: Sequence[Table], relations: Sequence[tuple[str, str, str]]) -> str:
    lines = [f"## Schema {schema}", "", "```mermaid", "erDiagram"]
    lines += [f'    {parent} ||--o{{ {child} : "{verb}"' for parent, child, verb in relations]
    for table in tables:
        lines += [f"    {table.name} {{"]
        lines += [
            f"        {_diagram_type(column)} {column.name}{_diagram_key(table, column)}" for column in table.columns
        ]
        lines += ["    }"]
    return "\n".join([*lines, "```", ""])


def _diagram_type(column: Column) -> str:
    return column.type.partition("(")[0].replace(" ", "_")


def _diagram_key(table: Table, column: Column) -> str:
    return " PK" if column.name in table.key else ""


def _section(table: Table) -> str:
    slices = f" ({', '.join(table.slices)})" if table.slices else " (all of it)" if table.publish == "replace" else ""
    lines = [
        f"### {table.full_name}",
        "",
        f"{table.grain[0].upper()}{table.grain[1:]}.",
        "",
        f"- Key: {', '.join(f'`{name}`' for name in table.key)}",
        f"- Published {PUBLISHED[table.publish]}{slices}",
        f"- Distribution `{table.dist}`, sort key `{', '.join(table.sort)}`: {table.why}",
        "",
        "| column | type | |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {column.name} | {column.type} | {_remark(table, column)} |" for column in table.columns]
    return "\n".join([*lines, ""])


def _remark(table: Table, column: Column) -> str:
    return "key" if column.name in table.key else "*lineage*" if column.name in table.lineage else ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")

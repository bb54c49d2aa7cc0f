"""Makes a site of the repository's pages (MkDocs calls the hooks): those outside docs/ come along, links follow them.

A link to what is no page, such as a test, becomes its text: the site has no copy of the code.
"""

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.structure.files import Files

PROJECT = Path(__file__).parents[1]
OTHERS = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "local_glue/README.md": "local_glue.md",
}
"""Pages of the repository that are not in docs/, and what they are called in the site."""

LINK = re.compile(r"(?P<before>!?)\[(?P<text>[^]]*)\]\((?!\w+:)(?P<path>[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")


def on_files(files: "Files", *, config: Any) -> "Files":
    """Adds the pages of other folders."""
    from mkdocs.structure.files import File

    for source, name in OTHERS.items():
        files.append(File.generated(config, name, content=(PROJECT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, *, page: Any, files: "Files", **_: Any) -> str:
    """Rewrites the links of a page for where the site has what they lead to."""
    return rewritten(markdown, page.file.src_uri, {file.src_uri for file in files})


def rewritten(markdown: str, page: str, there: set[str]) -> str:
    """The page's text with links for the site.

    Args:
        markdown: What the repository has.
        page: Name of the page in the site.
        there: Names of everything in the site.
    """
    sources = {name: source for source, name in OTHERS.items()}
    folder = PurePosixPath(sources.get(page, f"docs/{page}")).parent

    def link(found: re.Match[str]) -> str:
        source = os.path.normpath(folder / found["path"])
        target = OTHERS.get(source, source.removeprefix("docs/"))
        if target not in there:
            return "" if found["before"] else found["text"]
        relative = os.path.relpath(target, PurePosixPath(page).parent)
        return f"{found['before']}[{found['text']}]({relative}{found['anchor'] or ''})"

    return LINK.sub(link, markdown)

"""Draws the site's diagrams with a Mermaid of its own: the theme would take it from elsewhere, whenever a page is read.

`python -m docs.mermaid` fetches it, pinned, from where the jars come from (WebJars are npm's packages as jars); MkDocs
calls the hooks. Without it the diagrams stay text.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

if TYPE_CHECKING:
    from mkdocs.structure.files import Files

VERSION = "11.14.0"
SHA_256 = "fcc17f377c0f657513a66735d41a3095cad37e8059d80e2d80d39f91458cfbed"
FOLDER = Path(__file__).parents[1] / "build" / "mermaid"
INSIDE = f"META-INF/resources/webjars/mermaid/{VERSION}/dist/mermaid.min.js"
SCRIPT = "assets/mermaid.min.js"
DIAGRAM = '<pre class="mermaid">'


def fetch() -> str:
    """Fetches what is not there yet; returns a sentence if that fails, else nothing."""
    from local_glue.errors import LocalGlueError
    from local_glue.job.jars import Jar, fetch_jars

    try:
        fetch_jars([Jar("org.webjars.npm", "mermaid", VERSION, SHA_256)], FOLDER)
    except LocalGlueError as error:
        return f"The site shows its diagrams as text, for Mermaid is missing: {error}"
    return ""


def fetched() -> bytes:
    """The script; empty if it was not fetched."""
    jar = FOLDER / f"mermaid-{VERSION}.jar"
    return ZipFile(jar).read(INSIDE) if jar.exists() else b""


def on_config(config: Any) -> None:
    """Makes diagrams ordinary blocks of code if nothing can draw them."""
    if not fetched():
        config.mdx_configs["pymdownx.superfences"]["custom_fences"] = []


def on_files(files: "Files", *, config: Any) -> None:
    """Adds the script."""
    from mkdocs.structure.files import File

    if script := fetched():
        files.append(File.generated(config, SCRIPT, content=script))


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """Has the script in the pages that have a diagram, for it is large."""
    if DIAGRAM not in output:
        return output
    from mkdocs.utils import get_relative_url

    return output.replace("</body>", f'<script src="{get_relative_url(SCRIPT, page.url)}"></script></body>')


if __name__ == "__main__":
    if failure := fetch():
        print(failure)  # noqa: T201 (for who builds the site)

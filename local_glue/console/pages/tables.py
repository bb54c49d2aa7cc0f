"""Tables of the databases, and the query box."""

from flask import Blueprint, render_template, request

from local_glue.console import database
from local_glue.console.here import stack
from local_glue.console.pages import given
from local_glue.errors import LocalGlueError

pages = Blueprint("tables", __name__)


@pages.get("/databases")
def every() -> str:
    """All databases."""
    return render_template("databases.html", databases=database.databases(stack().home))


@pages.get("/database")
def show() -> str:
    """The tables of a database, and an empty query box or one filled with `sql`, which is not run."""
    return _page(given("name"), request.args.get("sql", ""))


@pages.post("/database")
def query() -> tuple[str, int]:
    """The same, with the result of a query."""
    name, statement = given("name"), request.form.get("sql", "")
    try:
        return _page(name, statement, result=database.query(stack().home, name, statement)), 200
    except LocalGlueError as error:
        return _page(name, statement, problem=str(error)), 400


def _page(name: str, statement: str, **more: object) -> str:
    found = database.tables(stack().home, name)
    limits = {"rows": database.ROWS, "seconds": database.TIMEOUT_S}
    return render_template("database.html", name=name, tables=found, sql=statement, limits=limits, **more)

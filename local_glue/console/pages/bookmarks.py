"""Job bookmarks: what they say, and setting them back."""

import json

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from local_glue.bookmarks import BookmarkStore
from local_glue.console.here import client, stack
from local_glue.console.pages import given
from local_glue.runs import job_names

pages = Blueprint("bookmarks", __name__)


@pages.get("/bookmarks")
def every() -> str:
    """The bookmarks of all jobs that have one."""
    store = BookmarkStore(stack().home.path)
    found = {name: store.get(name) for name in job_names(client("glue"))}
    return render_template("bookmarks.html", bookmarks={name: entry for name, entry in found.items() if entry})


@pages.get("/bookmark")
def bookmark() -> str:
    """One job's bookmark, and the runs to which it can be set back, newest first."""
    name = given("job")
    entry = client("glue").get_job_bookmark(JobName=name)["JobBookmarkEntry"]
    states = json.loads(entry.get("JobBookmark") or "{}")
    return render_template(
        "bookmark.html", name=name, entry=entry, done=request.args.get("done", ""),
        states={key: json.dumps(state, indent=2, ensure_ascii=False) for key, state in states.items()},
        saved=list(reversed(BookmarkStore(stack().home.path).history(name))),
    )  # fmt: skip


@pages.post("/bookmark/reset")
def reset() -> Response:
    """Forgets a bookmark, or sets it back to where it was after a run."""
    name, run_id = given("job"), request.form.get("run")
    client("glue").reset_job_bookmark(JobName=name, **({"RunId": run_id} if run_id else {}))
    return redirect(url_for("bookmarks.bookmark", job=name, done="rewound" if run_id else "reset"), 303)

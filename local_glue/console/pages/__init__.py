"""The pages, a module for each part of the console. Names are in queries, not in paths: they may hold any character."""

from flask import abort, request


def given(name: str) -> str:
    """A parameter of the page's address or of its form, which must be there."""
    value = request.values.get(name, "")
    if not value:
        abort(400, f"The address of this page needs {name}=…")
    return value


def given_pairs(name: str, what: str) -> dict[str, str]:
    """A form's lines of the form key=value."""
    from local_glue.runs import pairs_of

    lines = request.form.get(name, "").splitlines()
    return pairs_of([line.strip() for line in lines if line.strip()], what)

"""Glue calls about job bookmarks, answered from the files that the awsglue stand-in writes."""

from typing import Any

from local_glue.bookmarks import BookmarkError
from local_glue.endpoint.glue.call import Call
from local_glue.endpoint.glue.errors import GlueApiError, not_found


def get_job_bookmark(call: Call) -> dict[str, Any]:
    name = call.need("JobName")
    entry = call.service.bookmarks.get(name)
    if entry is None:
        raise not_found("Continuation for job", name)
    return {"JobBookmarkEntry": entry}


def reset_job_bookmark(call: Call) -> dict[str, Any]:
    try:
        entry = call.service.bookmarks.reset(call.need("JobName"), call.get("RunId"))
    except BookmarkError as error:
        raise GlueApiError("EntityNotFoundException", str(error)) from error
    return {"JobBookmarkEntry": entry}

"""The buckets' files."""

from typing import Any

from flask import Blueprint, Response, render_template, request

from local_glue.console.guard import FRAMED_POLICY
from local_glue.console.here import client
from local_glue.console.pages import given
from local_glue.console.reports import ENDINGS, disposition
from local_glue.runs import printable

pages = Blueprint("files", __name__)
SHOWN_KEYS, SHOWN_BYTES, CHUNK_BYTES = 200, 65_536, 1 << 18


@pages.get("/files")
def buckets() -> str:
    """All buckets."""
    return render_template("buckets.html", buckets=client("s3").list_buckets()["Buckets"])


@pages.get("/bucket")
def bucket() -> str:
    """What a bucket has below a prefix, a page at a time."""
    name, prefix, token = given("name"), request.args.get("prefix", ""), request.args.get("token")
    more = {"ContinuationToken": token} if token else {}
    found = client("s3").list_objects_v2(Bucket=name, Prefix=prefix, Delimiter="/", MaxKeys=SHOWN_KEYS, **more)
    parts = [part + "/" for part in prefix.split("/")[:-1]]
    trail = [("".join(parts[: at + 1]), part) for at, part in enumerate(parts)]
    return render_template(
        "bucket.html", name=name, prefix=prefix, trail=trail, objects=found.get("Contents", []),
        folders=[one["Prefix"] for one in found.get("CommonPrefixes", [])], next=found.get("NextContinuationToken"),
    )  # fmt: skip


@pages.get("/object")
def view() -> str:
    """One object: what S3 says of it, and the beginning of its text."""
    name, key = given("bucket"), given("key")
    head = client("s3").head_object(Bucket=name, Key=key)
    framed = key.lower().endswith(ENDINGS)
    text = None if framed or not head["ContentLength"] else _beginning(name, key)
    return render_template("object.html", bucket=name, key=key, head=head, text=text, framed=framed, shown=SHOWN_BYTES)


@pages.get("/object/raw")
def raw() -> Response:
    """An object as a file to save, in pieces."""
    name, key = given("bucket"), given("key")
    found = client("s3").get_object(Bucket=name, Key=key)
    headers = {"Content-Disposition": disposition(key), "Content-Length": str(found["ContentLength"])}
    return Response(_pieces(found["Body"]), headers=headers, mimetype="application/octet-stream")


@pages.get("/object/page")
def page() -> Response:
    """An HTML object for a frame, in which it may do nothing."""
    body = client("s3").get_object(Bucket=given("bucket"), Key=given("key"))["Body"]
    return Response(_pieces(body), mimetype="text/html", headers={"Content-Security-Policy": FRAMED_POLICY})


def _beginning(bucket: str, key: str) -> str | None:
    """The beginning of a text; None if it is no text."""
    asked = f"bytes=0-{SHOWN_BYTES - 1}"
    data = client("s3").get_object(Bucket=bucket, Key=key, Range=asked)["Body"].read()
    if b"\0" in data:
        return None
    try:
        return printable(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        # The end may fall into a character.
        return printable(data[: error.start].decode("utf-8")) if error.start >= len(data) - 3 > 0 else None


def _pieces(body: Any) -> Any:
    return iter(lambda: body.read(CHUNK_BYTES), b"")

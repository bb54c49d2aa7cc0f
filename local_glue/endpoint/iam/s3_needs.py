"""What calls of S3 need."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

import xmltodict

from local_glue.endpoint.iam.policy import Need

_BUCKET_READS = {
    "location": "GetBucketLocation",
    "uploads": "ListBucketMultipartUploads",
    "versioning": "GetBucketVersioning",
    "encryption": "GetEncryptionConfiguration",
    "lifecycle": "GetLifecycleConfiguration",
    "tagging": "GetBucketTagging",
    "notification": "GetBucketNotification",
    "policy": "GetBucketPolicy",
    "acl": "GetBucketAcl",
}
_LISTINGS = ("list-type", "prefix", "delimiter", "marker", "max-keys", "encoding-type", "start-after", "fetch-owner",
             "continuation-token")  # fmt: skip


class UnknownCallError(Exception):
    """It is not known here what IAM asks for a call."""


@dataclass(frozen=True)
class S3Call:
    """One request to S3, with the bucket in the path; query parameters without a value have an empty one."""

    method: str
    bucket: str
    key: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    @classmethod
    def parse(cls, method: str, path: str, query: str, headers: Mapping[str, str]) -> "S3Call":
        """The call of a request.

        Args:
            path: Percent-decoded, from the first slash on.
            headers: By name in lower case.
        """
        bucket, _, key = path.lstrip("/").partition("/")
        given = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
        return cls(method, bucket, key, given, headers)

    @property
    def deletes_many(self) -> bool:
        """Whether it is DeleteObjects, which answers for each key by itself."""
        return self.method == "POST" and not self.key and "delete" in self.query

    @property
    def reads_latest(self) -> bool:
        """Whether it reads the current version of an object."""
        return self.method in ("GET", "HEAD") and bool(self.key) and not {"versionId", "uploadId"} & set(self.query)


def needs(call: S3Call) -> Iterator[Need]:
    """What the call needs, but for DeleteObjects (see `deletions`).

    Raises:
        UnknownCallError: It is not known.
    """
    if not call.bucket:
        yield Need("s3:ListAllMyBuckets")
    elif call.key:
        yield from _of_object(call)
    else:
        yield _of_bucket(call)


def deletions(call: S3Call, body: bytes) -> Iterator[tuple[str, str | None, Need]]:
    """Key, version and need of each object that DeleteObjects names."""
    for item in xmltodict.parse(body, force_list=("Object",), strip_whitespace=False)["Delete"]["Object"]:
        version = item.get("VersionId")
        action = "s3:DeleteObjectVersion" if version else "s3:DeleteObject"
        yield item["Key"], version, Need(action, arn(call.bucket, item["Key"]))


def listing(bucket: str) -> Need:
    """What S3 asks for before it says that an object is not there."""
    return Need("s3:ListBucket", arn(bucket))


def arn(bucket: str, key: str = "") -> str:
    """The ARN of a bucket or of an object."""
    return f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}"


def _of_bucket(call: S3Call) -> Need:
    bucket, query = arn(call.bucket), call.query
    context = {f"s3:{name}": (query[name],) for name in ("prefix", "delimiter", "max-keys") if name in query}
    if call.method == "GET" and "versions" in query:
        return Need("s3:ListBucketVersions", bucket, context)
    for name, action in _BUCKET_READS.items():
        if call.method == "GET" and name in query:
            return Need(f"s3:{action}", bucket)
    if call.method == "HEAD" or (call.method == "GET" and set(query) <= {*_LISTINGS, "x-id"}):
        return Need("s3:ListBucket", bucket, context)
    raise UnknownCallError(f"{call.method} bucket?{'&'.join(query)}")


def _of_object(call: S3Call) -> Iterator[Need]:
    target, query = arn(call.bucket, call.key), call.query
    version = "Version" if "versionId" in query else ""
    known = {
        ("GET", "tagging"): f"GetObject{version}Tagging",
        ("PUT", "tagging"): f"PutObject{version}Tagging",
        ("DELETE", "tagging"): f"DeleteObject{version}Tagging",
        ("GET", "attributes"): f"GetObject{version}Attributes",
        ("GET", "uploadId"): "ListMultipartUploadParts",
        ("DELETE", "uploadId"): "AbortMultipartUpload",
    }
    for (method, name), action in known.items():
        if call.method == method and name in query:
            yield Need(f"s3:{action}", target)
            return
    others = set(query) & {"acl", "retention", "legal-hold", "torrent", "restore", "select"}
    if others:
        raise UnknownCallError(f"{call.method} object?{'&'.join(others)}")
    if call.method in ("GET", "HEAD"):
        yield Need(f"s3:GetObject{version}", target)
    elif call.method == "DELETE":
        yield Need(f"s3:DeleteObject{version}", target)
    elif call.method == "PUT":
        yield from _of_put(call, target)
    elif call.method == "POST" and {"uploads", "uploadId"} & set(query):
        yield Need("s3:PutObject", target, in_parts=True)
    else:
        raise UnknownCallError(f"{call.method} object?{'&'.join(query)}")


def _of_put(call: S3Call, target: str) -> Iterator[Need]:
    if source := call.headers.get("x-amz-copy-source"):
        path, _, version = source.partition("?versionId=")
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        yield Need("s3:GetObjectVersion" if version else "s3:GetObject", arn(bucket, key))
    yield Need("s3:PutObject", target, in_parts="uploadId" in call.query)
    if call.headers.get("x-amz-tagging"):
        yield Need("s3:PutObjectTagging", target)

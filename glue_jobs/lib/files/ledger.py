"""The operational ledger, DynamoDB table `ProcessedFiles`: one item per delivered version of a landing file.

There is also one small item per content (`content:<dataset>:<sha256>`, in no index), so that thousands of checksums
can be looked up a hundred per call, and read consistently; a global index allows neither.
Plain boto3, no Spark.
"""

import dataclasses
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from glue_jobs.lib.run import aws
from glue_jobs.lib.run.errors import MissingResourceError, PipelineError

ACCEPTED, LOADED, REPEATED, REJECTED = "ACCEPTED", "LOADED", "REPEATED", "REJECTED"
KNOWN_CONTENT = (ACCEPTED, LOADED)

FORMER_LOADED = "ARCHIVED"
"""What version 0.1 called a loaded file that it had moved to the archive; until then its key was `accepted_key`."""

OPEN_INDEX = "open_files"
READ_BATCH, WRITE_BATCH = 100, 25
ATTEMPTS = 8


@dataclass(frozen=True)
class LedgerFile:
    """One delivered version of a file.

    Attributes:
        file_key: `<landing key>@<version id>`, or the ETag where the landing bucket has no versions.
        header: Its first line without BOM and line end.
        lines: Lines that are neither blank nor equal to the header; for a rejected file, those seen until then.
        archive_key: Where the lake bucket holds an accepted file.
        run_id: The run that loaded it, or that counted it in its books.
        record_parts: MD5 of each line that is part of a record of several lines (`intake.multiline`).
        first_date, last_date: First and last day (UTC) of its plays, once loaded.
    """

    file_key: str
    dataset: str
    landing_key: str
    checksum: str
    header: str
    lines: int
    bytes: int
    state: str
    reason: str | None
    archive_key: str | None
    accepted_at: datetime
    run_id: str | None = None
    first_date: date | None = None
    last_date: date | None = None
    record_parts: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a job still has to deal with the file."""
        return self.state == ACCEPTED or (self.state in (REPEATED, REJECTED) and self.run_id is None)


class Ledger:
    """The table `table`; every method raises MissingResourceError when it does not exist."""

    def __init__(self, table: str) -> None:
        self.table = table

    def open_files(self, dataset: str, states: Iterable[str] | None = None) -> list[LedgerFile]:
        """The dataset's files that still need work, in the order in which they apply: (accepted_at, landing_key)."""
        query = {
            "IndexName": OPEN_INDEX,
            "KeyConditionExpression": "open_dataset = :dataset",
            "ExpressionAttributeValues": {":dataset": {"S": dataset}},
        }
        wanted = None if states is None else set(states)
        files = [file for file in self._paged("query", query) if wanted is None or file.state in wanted]
        return sorted(files, key=_order)

    def files_of_days(self, dataset: str, first: date | None, last: date | None) -> list[LedgerFile]:
        """Loaded files that may hold rows of these days, both inclusive; None means no bound.

        Reads the whole table, so it is for backfills, not for every run.
        """
        conditions = ["dataset = :dataset", "#state IN (:loaded, :former)"]
        values = {":dataset": {"S": dataset}, ":loaded": {"S": LOADED}, ":former": {"S": FORMER_LOADED}}
        if last:
            conditions.append("(attribute_not_exists(first_date) OR first_date <= :last)")
            values[":last"] = {"S": last.isoformat()}
        if first:
            conditions.append("(attribute_not_exists(last_date) OR last_date >= :first)")
            values[":first"] = {"S": first.isoformat()}
        scan = {
            "FilterExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": {"#state": "state"},
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
        }
        return sorted(self._paged("scan", scan), key=_order)

    def files_of(self, dataset: str) -> Iterator[LedgerFile]:
        """Every entry of the dataset, in any order; reads the whole table, so it is not for every run."""
        scan = {
            "FilterExpression": "dataset = :dataset",
            "ExpressionAttributeValues": {":dataset": {"S": dataset}},
            "ConsistentRead": True,
        }
        return self._paged("scan", scan)

    def find(self, dataset: str, checksums: Iterable[str]) -> dict[str, list[LedgerFile]]:
        """For each of `checksums` that the dataset has accepted before, the file that last brought it."""
        keys = {_content_key(dataset, checksum): checksum for checksum in checksums}
        brought_by = {keys[item["file_key"]]: item["last_file_key"] for item in self._items(keys)}
        files = self.get(brought_by.values())
        return {checksum: [files[key]] for checksum, key in brought_by.items() if key in files}

    def get(self, file_keys: Iterable[str]) -> dict[str, LedgerFile]:
        """Those of `file_keys` that the ledger knows, read consistently."""
        return {item["file_key"]: _to_file(item) for item in self._items(file_keys)}

    def put(self, files: Sequence[LedgerFile]) -> None:
        """Writes whole items; content items go first, so that a crash in between only costs a look-up."""
        contents = {
            _content_key(file.dataset, file.checksum): file.file_key for file in files if file.state in KNOWN_CONTENT
        }
        self._write([{"file_key": key, "last_file_key": file_key} for key, file_key in contents.items()])
        self._write([_to_item(file) for file in files])

    def mark(
        self, files: Sequence[LedgerFile], *, state: str, run_id: str | None = None, **changes: Any
    ) -> list[LedgerFile]:
        """Moves `files` to `state` and returns them as they are then; `run_id` None keeps theirs."""
        marked = [dataclasses.replace(file, state=state, run_id=run_id or file.run_id, **changes) for file in files]
        self._write([_to_item(file) for file in marked])
        return marked

    def _paged(self, operation: str, query: dict[str, Any]) -> Iterator[LedgerFile]:
        while True:
            page = self._call(operation, TableName=self.table, **query)
            yield from (_to_file(_plain(item)) for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            query = query | {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _items(self, keys: Iterable[str]) -> Iterator[dict[str, Any]]:
        wanted = [{"file_key": {"S": key}} for key in dict.fromkeys(keys)]
        for start in range(0, len(wanted), READ_BATCH):
            pending: Any = {self.table: {"Keys": wanted[start : start + READ_BATCH], "ConsistentRead": True}}
            for attempt in range(ATTEMPTS):
                answer = self._call("batch_get_item", RequestItems=pending)
                yield from (_plain(item) for item in answer["Responses"].get(self.table, []))
                pending = answer.get("UnprocessedKeys")
                if not pending:
                    break
                time.sleep(0.05 * 2**attempt)
            else:
                raise PipelineError(
                    f"DynamoDB table '{self.table}' keeps throttling reads; raise its capacity, run again"
                )

    def _write(self, items: Sequence[dict[str, Any]]) -> None:
        requests = [{"PutRequest": {"Item": _typed(item)}} for item in items]
        for start in range(0, len(requests), WRITE_BATCH):
            pending: Any = {self.table: requests[start : start + WRITE_BATCH]}
            for attempt in range(ATTEMPTS):
                pending = self._call("batch_write_item", RequestItems=pending).get("UnprocessedItems")
                if not pending:
                    break
                time.sleep(0.05 * 2**attempt)
            else:
                raise PipelineError(
                    f"DynamoDB table '{self.table}' keeps throttling writes; raise its capacity, run again"
                )

    def _call(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(aws.client("dynamodb"), operation)(**arguments)
        except ClientError as cause:
            if cause.response["Error"]["Code"] == "ResourceNotFoundException":
                raise MissingResourceError(
                    f"DynamoDB table '{self.table}' (or its index {OPEN_INDEX}) does not exist; "
                    "create it, or correct --ledger_table"
                ) from cause
            raise


def _order(file: LedgerFile) -> tuple[datetime, str, str]:
    return file.accepted_at, file.landing_key, file.file_key


def _content_key(dataset: str, checksum: str) -> str:
    return f"content:{dataset}:{checksum}"


def _to_item(file: LedgerFile) -> dict[str, Any]:
    item = {name: value for name, value in dataclasses.asdict(file).items() if value is not None}
    item["accepted_at"] = file.accepted_at.astimezone(UTC).isoformat(timespec="microseconds")
    for name in ("first_date", "last_date"):
        if name in item:
            item[name] = item[name].isoformat()
    item["record_parts"] = list(file.record_parts)
    if file.is_open:
        item["open_dataset"] = file.dataset
    return item


def _to_file(item: dict[str, Any]) -> LedgerFile:
    names = [field.name for field in dataclasses.fields(LedgerFile)]
    values = {name: item.get(name) for name in names}
    values["archive_key"] = item.get("archive_key") or item.get("archived_key") or item.get("accepted_key")
    values["state"] = LOADED if item["state"] == FORMER_LOADED else item["state"]
    values["accepted_at"] = datetime.fromisoformat(item["accepted_at"])
    for name in ("lines", "bytes"):
        values[name] = int(item[name])
    for name in ("first_date", "last_date"):
        values[name] = date.fromisoformat(item[name]) if name in item else None
    values["record_parts"] = tuple(item.get("record_parts", ()))
    return LedgerFile(**values)


def _typed(item: dict[str, Any]) -> dict[str, Any]:
    serializer = TypeSerializer()
    return {name: serializer.serialize(value) for name, value in item.items()}


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    deserializer = TypeDeserializer()
    return {name: deserializer.deserialize(value) for name, value in item.items()}

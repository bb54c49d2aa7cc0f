"""Intake of deliveries: check, decide, copy to the archive, write the ledger, delete the landed objects.

In this order, after a crash between any two steps the next run takes the delivery in again, or only has to delete it.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError

from glue_jobs.lib.books import dry_run
from glue_jobs.lib.files import rejected, s3_copy, unknown_columns
from glue_jobs.lib.files.archive import archive_key
from glue_jobs.lib.files.ledger import ACCEPTED, KNOWN_CONTENT, LOADED, REJECTED, REPEATED, Ledger, LedgerFile
from glue_jobs.lib.intake import inspection, new_columns, reading
from glue_jobs.lib.intake.inspection import Checked
from glue_jobs.lib.intake.landing import LandedFile
from glue_jobs.lib.run import aws, logs, parallel
from glue_jobs.lib.run.arguments import JobConfig
from glue_jobs.lib.run.error_log import ErrorLog
from glue_jobs.lib.run.errors import PipelineError

BATCH = 400
READ_ATTEMPTS = 3
NEW_COLUMNS = "NEW_COLUMNS"


@dataclass(frozen=True)
class _Verdict:
    delivery: LandedFile
    checked: Checked
    file: LedgerFile
    is_archived: bool = False


class Acceptance:
    """The intake of files by one run.

    Attributes:
        outcomes: Number of files by state so far; FINISHED counts those that a dead run recorded but did not delete,
            NEW_COLUMNS the accepted ones with columns to warn of.
        waiting: The files that wait for a load, by file_key: those that did before, and those accepted so far.
    """

    def __init__(
        self, config: JobConfig, ledger: Ledger, errors: ErrorLog, *, waiting: Iterable[LedgerFile] = ()
    ) -> None:
        self.config, self.ledger, self.errors = config, ledger, errors
        self.outcomes: Counter[str] = Counter()
        self._last_accepted_at = datetime.now(UTC)
        self.waiting = {file.file_key: file for file in waiting}
        self._progress = parallel.Progress("reading files")

    def take_in(self, deliveries: Sequence[LandedFile]) -> None:
        """Takes in `deliveries`, which are in the order they came, oldest first."""
        done, on_workers = 0, reading.are_large(deliveries)
        for batch in parallel.batches(deliveries, BATCH):
            known = self.ledger.get(delivery.file_key for delivery in batch)
            new = [delivery for delivery in batch if delivery.file_key not in known]
            # The run that recorded these died; the ledger's index may not show them yet.
            self.waiting.update((key, file) for key, file in known.items() if file.state == ACCEPTED)
            self._take_in_new(new, on_workers=on_workers)
            self._delete(batch)
            self.outcomes["FINISHED"] += len(batch) - len(new)
            done += len(batch)
            logs.info("files taken in", done=done, of=len(deliveries), **self.outcomes)

    def preview(self, deliveries: Sequence[LandedFile]) -> dict[str, int]:
        """Tells what would become of `deliveries`, and changes nothing; returns the number of files by state."""
        known = self.ledger.get(delivery.file_key for delivery in deliveries)
        new = [delivery for delivery in deliveries if delivery.file_key not in known]
        checked = self._check_all(new, on_workers=reading.are_large(new))
        verdicts, _ = self._judge(list(zip(new, checked, strict=True)))
        dry_run.tell_intake([(verdict.file, verdict.checked.problem) for verdict in verdicts])
        return dict(Counter(verdict.file.state for verdict in verdicts))

    def _take_in_new(self, deliveries: Sequence[LandedFile], *, on_workers: bool) -> None:
        checked = self._check_all(deliveries, on_workers=on_workers)
        verdicts, superseded = self._judge(list(zip(deliveries, checked, strict=True)))
        parallel.in_parallel(self._move, verdicts)
        # Superseded files go first: a crash in between leaves a delivery still to accept, never one accepted twice.
        for old, reason in superseded:
            self.ledger.mark([old], state=REPEATED, reason=reason, archive_key=None)
            self.waiting.pop(old.file_key, None)
        self.ledger.put([verdict.file for verdict in verdicts])
        self._delete_superseded([old for old, _ in superseded], verdicts)
        for verdict in verdicts:
            self._tell(verdict)

    def _delete_superseded(self, superseded: Sequence[LedgerFile], verdicts: Sequence[_Verdict]) -> None:
        """Deletes the archived objects of superseded files, except where the newer file has the same key."""
        taken = {verdict.file.archive_key for verdict in verdicts}
        keys = [file.archive_key for file in superseded if file.archive_key and file.archive_key not in taken]
        aws.delete_objects(self.config.lake_bucket, keys)

    def _check_all(self, deliveries: Sequence[LandedFile], *, on_workers: bool) -> list[Checked]:
        found = (
            reading.check_on_workers(self.config.landing_bucket, deliveries) if on_workers else [None] * len(deliveries)
        )
        pairs = list(zip(deliveries, found, strict=True))
        checked = parallel.in_parallel(lambda pair: pair[1] or self._check(pair[0]), pairs)
        return [new_columns.judged(self.config, *pair) for pair in zip(deliveries, checked, strict=True)]

    def _check(self, delivery: LandedFile) -> Checked:
        for attempt in range(READ_ATTEMPTS):
            try:
                content = reading.chunks(self.config.landing_bucket, delivery, progress=self._progress.add)
                return inspection.check(content, delivery.dataset, name=delivery.key)
            except (BotoCoreError, OSError) as cause:
                if attempt == READ_ATTEMPTS - 1:
                    raise PipelineError(
                        f"'{delivery.key}' cannot be read from S3 ({cause}); run the job again"
                    ) from cause
                self.errors.add("retried_call", call="s3:GetObject", file=delivery.key, error=str(cause))
                time.sleep(0.5 * 2**attempt)
        raise AssertionError

    def _judge(
        self, found: Sequence[tuple[LandedFile, Checked]]
    ) -> tuple[list[_Verdict], list[tuple[LedgerFile, str]]]:
        """Verdicts in the order of delivery, and the older files in the ledger that a newer delivery supersedes."""
        accepted_before = self._accepted_before(found)
        in_ledger = {file.file_key for file in accepted_before.values()}
        verdicts: dict[str, _Verdict] = {}
        superseded: list[tuple[LedgerFile, str]] = []
        for delivery, checked in found:
            twin = accepted_before.get((delivery.dataset.name, checked.checksum))
            state, reason = ACCEPTED, None
            if checked.problem:
                state, reason = REJECTED, checked.problem.reason
            elif twin and delivery.dataset.repeats == "skip":
                state, reason = REPEATED, f"same content as {twin.file_key}"
            elif twin and twin.state == ACCEPTED:
                older = f"superseded by {delivery.file_key}"
                if twin.file_key in in_ledger:
                    superseded.append((twin, older))
                else:
                    old = verdicts[twin.file_key]
                    verdicts[twin.file_key] = replace(
                        old, file=replace(old.file, state=REPEATED, reason=older, archive_key=None)
                    )
            file = self._ledger_file(delivery, checked, state, reason)
            is_archived = bool(twin) and twin.state == LOADED and twin.archive_key == file.archive_key
            verdicts[delivery.file_key] = _Verdict(delivery, checked, file, is_archived)
            if state == ACCEPTED:
                accepted_before[delivery.dataset.name, checked.checksum] = file
        return list(verdicts.values()), superseded

    def _accepted_before(self, found: Sequence[tuple[LandedFile, Checked]]) -> dict[tuple[str, str], LedgerFile]:
        """Files that brought the same content before, by dataset and checksum."""
        twins = {}
        for dataset in {delivery.dataset for delivery, _ in found}:
            checksums = [checked.checksum for delivery, checked in found if delivery.dataset == dataset]
            for checksum, files in self.ledger.find(dataset.name, checksums).items():
                known = [file for file in files if file.state in KNOWN_CONTENT]
                if known:
                    twins[dataset.name, checksum] = known[-1]
        return twins

    def _ledger_file(self, delivery: LandedFile, checked: Checked, state: str, reason: str | None) -> LedgerFile:
        # Files apply in the order of their acceptance, so no two may have the same time.
        self._last_accepted_at = max(datetime.now(UTC), self._last_accepted_at + timedelta(microseconds=1))
        key = archive_key(
            delivery.dataset,
            delivery.key,
            checksum=checked.checksum,
            gzipped=checked.gzipped,
            delivered_at=delivery.delivered_at,
        )
        return LedgerFile(
            file_key=delivery.file_key,
            dataset=delivery.dataset.name,
            landing_key=delivery.key,
            checksum=checked.checksum,
            header=checked.header,
            lines=checked.lines,
            bytes=checked.bytes,
            state=state,
            reason=reason,
            archive_key=key if state == ACCEPTED else None,
            accepted_at=self._last_accepted_at,
            record_parts=checked.record_parts,
        )

    def _move(self, verdict: _Verdict) -> None:
        """Copies an accepted or rejected file to its place; a repeated file is not copied."""
        file, delivery = verdict.file, verdict.delivery
        source = {"Bucket": self.config.landing_bucket, **delivery.location}
        if file.state == ACCEPTED and file.archive_key:
            bucket, key = self.config.lake_bucket, file.archive_key
            # Content that a loaded file brought under the same key stays that file's object.
            if not (verdict.is_archived and aws.object_exists(bucket, key)):
                facts = {"etag": delivery.etag, "file_key": file.file_key, "sha256": file.checksum}
                padding = verdict.checked.padding
                length = delivery.size - padding if padding else None
                s3_copy.copy(source, bucket, key, size=delivery.size, length=length, **facts)
        elif file.state == REJECTED and verdict.checked.problem:
            rejected.put_aside(self.config, file, verdict.checked.problem, source=source, etag=delivery.etag)

    def _tell(self, verdict: _Verdict) -> None:
        file, problem = verdict.file, verdict.checked.problem
        self.outcomes[file.state] += 1
        if file.state == ACCEPTED:
            self.waiting[file.file_key] = file
        if problem:
            rejected.tell(self.errors, file, problem)
        elif file.state == REPEATED:
            logs.info("file repeated", file=file.landing_key, reason=file.reason)
        elif new := new_columns.to_warn_of(self.config, verdict.delivery, verdict.checked):
            self.outcomes[NEW_COLUMNS] += 1
            unknown_columns.tell(self.errors, file, new, what="columns")

    def _delete(self, deliveries: Sequence[LandedFile]) -> None:
        """Deletes exactly the versions that were checked; newer ones of the same keys stay."""
        aws.delete_locations(self.config.landing_bucket, [delivery.location for delivery in deliveries])

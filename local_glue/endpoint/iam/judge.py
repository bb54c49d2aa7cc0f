"""Judges by a role's policies as they are now, hands out the keys that runs sign with, and notes what it decided."""

import hashlib
import json
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from local_glue.endpoint.iam.conditions import PolicyError
from local_glue.endpoint.iam.policy import Decision, Need, decide, message, statements_of, trusts
from local_glue.endpoint.iam.resources import Resources

SESSION = "GlueJobRunnerSession"
NOTES = "iam.jsonl"
"""File in the state folder: a JSON line for each kind of call that a role was judged for."""


class DeniedError(Exception):
    """A role may not do something; the message is AWS's."""


class Judge:
    """The roles of an endpoint, and what their sessions were allowed."""

    def __init__(self, home: Path, resources: Resources) -> None:
        self.resources = resources
        self._file = Path(home) / NOTES
        self._roles: dict[str, str] = {}
        self._noted: set[str] = set()
        self._lock = threading.Lock()

    def session_key(self, role: str | None, service: str) -> str | None:
        """The access key of the sessions of a role that a service takes on; None for a role that IAM does not have.

        Raises:
            DeniedError: The role does not trust the service.
        """
        name = (role or "").rpartition("/")[2]
        trust = self.resources.role_trust(name)
        if trust is None:
            return None
        if not trusts(json.loads(trust), f"{service}.amazonaws.com", self.resources.account):
            raise DeniedError(f"The role {role} should be given assume role permissions for {service.title()} Service.")
        key = f"ASIA{hashlib.sha256(name.encode()).hexdigest()[:16].upper()}"
        self._roles[key] = name
        return key

    def role_of(self, access_key: str) -> str | None:
        """The role whose session signs with the key; None for all other keys, which are not judged."""
        return self._roles.get(access_key)

    def check(self, role: str, needs: Iterable[Need]) -> None:
        """Judges what a call needs, with what S3 needs of the bucket's key.

        Raises:
            DeniedError: The role may not do it.
        """
        for need in needs:
            for part in (need, *self._of_key(need)):
                decision = self._decide(role, part)
                if not decision.allowed:
                    raise DeniedError(message(self._user(role), part, decision))

    def allows(self, role: str, need: Need) -> bool:
        """Whether the role may do it."""
        try:
            self.check(role, [need])
        except DeniedError:
            return False
        return True

    def clear(self) -> None:
        """Forgets all sessions and notes."""
        with self._lock:
            self._roles.clear()
            self._noted.clear()
            self._file.unlink(missing_ok=True)

    def _decide(self, role: str, need: Need) -> Decision:
        documents = self.resources.role_policies(role)
        try:
            decision = decide([each for text in documents for each in statements_of(text)], need)
        except PolicyError as error:
            raise DeniedError(f"{need.action} for role {role}: {error}, so the call is refused") from error
        self._note(role, need, decision)
        return decision

    def _of_key(self, need: Need) -> Iterator[Need]:
        bucket, _, path = need.resource.removeprefix("arn:aws:s3:::").partition("/")
        reads = need.action in ("s3:GetObject", "s3:GetObjectVersion")
        if not path or not (reads or need.action == "s3:PutObject"):
            return
        if key := self.resources.bucket_key(bucket):
            if not reads:
                yield Need("kms:GenerateDataKey", key)
            if reads or need.in_parts:
                yield Need("kms:Decrypt", key)

    def _note(self, role: str, need: Need, decision: Decision) -> None:
        facts: dict[str, Any] = {"role": role, "action": need.action, "allowed": decision.allowed, "by": decision.by}
        if not decision.allowed:
            facts["resource"] = need.resource
        line = json.dumps(facts)
        with self._lock:
            if line not in self._noted:
                self._noted.add(line)
                with self._file.open("a", encoding="utf-8") as file:
                    file.write(f"{line}\n")

    def _user(self, role: str) -> str:
        return f"arn:aws:sts::{self.resources.account}:assumed-role/{role}/{SESSION}"

"""Allows bucket policies with conditions, such as "deny requests without TLS".

moto (5.2.5) enforces bucket policies but ignores their conditions, so such a Deny would refuse every request. Here,
statements with a condition are stored but not enforced.
"""

import json
from functools import lru_cache
from typing import Any


def install() -> None:
    """Makes buckets in this process enforce only statements without a condition. Can be repeated."""
    from moto.iam.access_control import PermissionResult
    from moto.s3.models import FakeBucket

    def get_permission(bucket: Any, action: str, resource: str) -> Any:
        policy = _unconditional(bucket.policy) if bucket.policy else None
        return policy.is_action_permitted(action, resource) if policy else PermissionResult.NEUTRAL

    FakeBucket.get_permission = get_permission


@lru_cache(maxsize=256)
def _unconditional(policy: bytes) -> Any:
    from moto.iam.access_control import IAMPolicy

    statements = json.loads(policy)["Statement"]
    listed = [statements] if isinstance(statements, dict) else statements
    kept = [statement for statement in listed if "Condition" not in statement]
    return IAMPolicy(json.dumps({"Statement": kept})) if kept else None

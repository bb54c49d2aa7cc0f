"""What the roles of an environment on the local endpoint allow, what its runs needed, and what needs rare rights."""

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Grant = tuple[str, str, str]
"""Role, Sid, action."""

RARE = {
    "s3:AbortMultipartUpload": "an upload in parts that fails",
    "s3:GetObject in landing": "a file that was delivered before the bucket kept versions, as the next two",
    "s3:GetObjectTagging in landing": "",
    "s3:GetObjectTagging": "a file with tags that is rejected after it was archived, or was left by 0.1, and the next",
    "s3:PutObjectTagging": "",
    "s3:ListBucket in landing": "an object that is gone when its turn comes: S3 says so only to who may list",
    "s3:DeleteObject in landing": "",
}
CLEAN_UP, LOADS, VALIDATE = "sparkify_clean_up", ("load_streams", "load_sparkify"), "streams_validate_files"
ERASE, ERASURE = "erase_user", "erasure"
DEAD = "jr_dead"
FORMER = b"user_id,user_name,user_age,user_country,created_at\n900,Ann,30,France,2024-01-01\n"


def network(stack: Any) -> dict[str, Any]:
    """The variable `network` for the endpoint's own VPC, so that jobs run in one."""
    ec2 = stack.client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    subnet = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][0]
    return {
        **{"mode": "existing", "vpc_id": vpc, "subnet_ids": [subnet["SubnetId"]]},
        "availability_zone": subnet["AvailabilityZone"],
    }


def do_what_is_rare(stack: Any, buckets: dict[str, str]) -> list[dict[str, Any]]:
    """Backfills, takes over what version 0.1 left, sweeps a dead run, erases a user; returns the job runs."""
    window = {"--from_date": "2025-03-01", "--to_date": "2025-03-31"}
    runs = [stack.run_job(job, window) for job in LOADS]
    _leave_a_former_file(stack, buckets["lake"])
    stack.client("s3").put_object(Bucket=buckets["landing"], Key="users/tagged.csv", Body=FORMER + b"\n", Tagging="a=b")
    runs.append(stack.run_job(VALIDATE))
    for key, body in {f"temp/load_streams/{DEAD}/stages.json": b'["public.stage_x"]', _dead_rows(): b"x"}.items():
        stack.client("s3").put_object(Bucket=buckets["lake"], Key=key, Body=body)
    with _impatient(stack, buckets["scripts"]):
        runs.append(stack.run_job(CLEAN_UP))
    _ask_to_erase(stack.client("s3"), buckets)
    stack.run_workflow(ERASURE)  # by its trigger, so that it reads the run's properties
    return [*runs, *stack.client("glue").get_job_runs(JobName=ERASE)["JobRuns"]]


def left_by_rare_runs(stack: Any, lake: str) -> list[str]:
    """Keys that should have been taken over or swept."""
    s3 = stack.client("s3")
    listings = [s3.list_objects_v2(Bucket=lake, Prefix=prefix) for prefix in ("accepted/", _dead_rows(), "temp/")]
    return [item["Key"] for listing in listings for item in listing.get("Contents", ())]


def policies(stack: Any) -> dict[str, list[dict[str, Any]]]:
    """The statements of each role that has any."""
    iam = stack.client("iam")
    roles = [role["RoleName"] for role in iam.list_roles(MaxItems=1000)["Roles"]]
    return {
        role: [
            statement
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
            for statement in iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]
        ]
        for role in roles
    }


def notes(stack: Any) -> list[dict[str, Any]]:
    """What the endpoint decided for the roles, each kind of call once."""
    return [json.loads(line) for line in (stack.home.path / "iam.jsonl").read_text().splitlines()]


def denied(noted: list[dict[str, Any]]) -> list[str]:
    """Calls that a role may not make."""
    return [f"{note['role']}: {note['action']} on {note['resource']}" for note in noted if not note["allowed"]]


def needless_statements(granted: dict[str, list[dict[str, Any]]], noted: list[dict[str, Any]]) -> list[str]:
    """Statements that could be taken away without any call being refused."""
    alone = [(note["role"], {sid for sid, *_ in note["by"]}) for note in noted if note["allowed"]]
    needed = {(role, *sids) for role, sids in alone if len(sids) == 1}
    return [
        f"{role}: {statement['Sid']}"
        for role, statements in granted.items()
        for statement in statements
        if (role, statement["Sid"]) not in needed
    ]


def needless_actions(granted: dict[str, list[dict[str, Any]]], noted: list[dict[str, Any]]) -> list[str]:
    """Actions that no call needed, but for those of RARE."""
    used = {(note["role"], sid, action) for note in noted for sid, action, _ in note["by"]}
    allowed = {
        (role, each["Sid"], action) for role, all_of in granted.items() for each in all_of for action in each["Action"]
    }
    return [f"{role}: {action} of {sid}" for role, sid, action in sorted(allowed - used) if not _is_rare(sid, action)]


@contextmanager
def without(stack: Any, role: str, sid: str) -> Iterator[None]:
    """Takes a statement away from a role for a time."""
    iam, document = stack.client("iam"), {"Version": "2012-10-17", "Statement": policies(stack)[role]}
    kept = [statement for statement in document["Statement"] if statement["Sid"] != sid]
    _put(iam, role, {**document, "Statement": kept})
    try:
        yield
    finally:
        _put(iam, role, document)


def _put(iam: Any, role: str, document: dict[str, Any]) -> None:
    iam.put_role_policy(RoleName=role, PolicyName="access", PolicyDocument=json.dumps(document))


def _is_rare(sid: str, action: str) -> bool:
    return action in RARE or (sid in ("TakeFromLanding", "ListLanding") and f"{action} in landing" in RARE)


def _dead_rows() -> str:
    return f"quarantine/streams/run_id={DEAD}/part-0"


def _leave_a_former_file(stack: Any, lake: str) -> None:
    key = "accepted/users/2024-07-01/former.csv"
    stack.client("s3").put_object(Bucket=lake, Key=key, Body=FORMER)
    texts = {
        **{"file_key": "users/former.csv@v1", "dataset": "users", "landing_key": "users/former.csv", "header": "h"},
        **{"checksum": hashlib.sha256(FORMER).hexdigest(), "state": "ACCEPTED", "accepted_key": key},
        **{"accepted_at": "2024-07-01T04:00:00.000000+00:00", "open_dataset": "users"},
    }
    numbers = {"lines": {"N": "1"}, "bytes": {"N": str(len(FORMER))}}
    item = {name: {"S": value} for name, value in texts.items()} | numbers
    stack.client("dynamodb").put_item(TableName="ProcessedFiles", Item=item)


def _ask_to_erase(s3: Any, buckets: dict[str, str]) -> None:
    """The user of FORMER, also in a file that its deliverer has withdrawn."""
    withdrawn = {"Bucket": buckets["landing"], "Key": "users/withdrawn.csv"}
    s3.put_object(**withdrawn, Body=FORMER)
    s3.delete_object(**withdrawn)
    request = {"user_id": 900, "datasets": ["users", "streams", "log_data"]}
    s3.put_object(Bucket=buckets["lake"], Key="erasures/requests/1.json", Body=json.dumps(request).encode())


@contextmanager
def _impatient(stack: Any, scripts: str) -> Iterator[None]:
    """Makes clean_up take a run for dead at once, not after a day."""
    s3, key = stack.client("s3"), "glue_jobs/clean_up.py"
    kept = s3.get_object(Bucket=scripts, Key=key)
    script, kind = kept["Body"].read(), kept["ContentType"]
    tags = {"TagSet": s3.get_object_tagging(Bucket=scripts, Key=key)["TagSet"]}
    hasty = b"from datetime import timedelta\n\nsweep.DEAD_AFTER = timedelta(0)\n\nif __name__"
    s3.put_object(Bucket=scripts, Key=key, Body=script.replace(b"if __name__", hasty))
    time.sleep(1)  # S3 lists times in whole seconds
    try:
        yield
    finally:
        s3.put_object(Bucket=scripts, Key=key, Body=script, ContentType=kind)
        s3.put_object_tagging(Bucket=scripts, Key=key, Tagging=tags)

"""Adds to moto's EventBridge (5.2.5) what Glue needs.

Rules can have Glue workflows and SNS topics as targets, disabled rules deliver nothing, every event has a unique id,
Glue sends an event when a job run ends, S3 shows whether a bucket sends its events to EventBridge, and sends one event,
not two, for an object that was uploaded in parts.
"""

import copy
import functools
import json
import sys
import uuid
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from local_glue.endpoint.glue.runs import JobRun
from local_glue.endpoint.glue.service import GlueService
from local_glue.endpoint.iam.policy import Need
from local_glue.endpoint.input_transformer import transformed

SEVERITIES = {"FAILED": "ERROR", "TIMEOUT": "WARN"}
MESSAGES = {"SUCCEEDED": "Job run succeeded", "STOPPED": "Job run stopped", "TIMEOUT": "Job run timed out"}


def install(glue: GlueService) -> None:
    """Makes moto's rules deliver to the workflows of this Glue and to SNS, and its S3 show EventBridgeConfiguration.

    Installing another Glue replaces the one before.
    """
    from moto.events.models import Rule

    original = getattr(Rule.send_to_targets, "__wrapped__", Rule.send_to_targets)

    @functools.wraps(original)
    def send_to_targets(rule: Any, original_event: Any, transform_input: bool = True) -> None:
        _complete(original_event)
        pattern = rule.event_pattern
        if rule.state != "ENABLED" or not pattern.get_pattern() or not pattern.matches_event(original_event):
            return
        rest = copy.copy(rule)
        rest.targets = []
        for target in list(rule.targets):
            if not _deliver(glue, rule, target, original_event):
                rest.targets.append(target)
        original(rest, original_event, transform_input)

    Rule.send_to_targets = send_to_targets
    _show_eventbridge_configuration()
    _send_one_event_for_an_upload_in_parts()
    glue.jobs.when_attempt_ended.append(functools.partial(announce, glue.region))


def announce(region: str, run: JobRun) -> None:
    """Sends the event "Glue Job State Change" for an attempt that has ended to the default bus."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.events.models import events_backends

    detail = {
        "jobName": run.job_name,
        "severity": SEVERITIES.get(run.state, "INFO"),
        "state": run.state,
        "jobRunId": run.run_id,
        "message": run.error_message or MESSAGES.get(run.state, run.state),
    }
    entry = {"Source": "aws.glue", "DetailType": "Glue Job State Change", "Detail": json.dumps(detail)}
    with suppress(Exception):  # best effort, as in AWS: an alarm that fails must not fail the run
        events_backends[DEFAULT_ACCOUNT_ID][region].put_events([entry])


def _complete(event: dict[str, Any]) -> None:
    """Gives S3's events a unique id; moto sends them all with the same one."""
    from moto.events.utils import _BASE_EVENT_MESSAGE

    if event.get("id") == _BASE_EVENT_MESSAGE["id"]:
        event["id"] = str(uuid.uuid4())


def _deliver(glue: GlueService, rule: Any, target: dict[str, Any], event: dict[str, Any]) -> bool:
    """Delivers to a Glue workflow or an SNS topic; returns False for other targets, which moto serves."""
    service, resource = target["Arn"].split(":")[2], target["Arn"].split(":", 5)[5]
    if service not in ("glue", "sns"):
        return False
    try:
        if service == "sns":
            _publish(target, event)
        elif resource.startswith("workflow/"):
            _check_role(glue, target)
            glue.event_triggers.notify(resource.removeprefix("workflow/"), event["id"])
        else:
            raise ValueError(f"{target['Arn']} is no workflow")
    except Exception as error:  # AWS delivers asynchronously: the caller that caused the event gets no error
        print(f"rule {rule.name} could not deliver to {target['Arn']}: {error}", file=sys.stderr)  # noqa: T201
    return True


def _check_role(glue: GlueService, target: dict[str, Any]) -> None:
    """Raises DeniedError if the target's role may not tell the workflow of events."""
    if key := glue.judge.session_key(target.get("RoleArn"), "events"):
        glue.judge.check(glue.judge.role_of(key) or "", [Need("glue:notifyEvent", target["Arn"])])


def _publish(target: dict[str, Any], event: dict[str, Any]) -> None:
    from moto.sns.models import sns_backends

    _, _, _, region, account, _ = target["Arn"].split(":", 5)
    whole = {key: value for key, value in event.items() if key != "ingestion-time"}
    if isinstance(whole.get("time"), int | float):
        whole["time"] = datetime.fromtimestamp(whole["time"], timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    sns_backends[account][region].publish(transformed(target, whole), arn=target["Arn"])


def _show_eventbridge_configuration() -> None:
    from moto.s3.responses import S3Response

    original = getattr(S3Response.get_bucket_notification, "__wrapped__", S3Response.get_bucket_notification)

    @functools.wraps(original)
    def get_bucket_notification(response: Any) -> Any:
        configuration = response.backend.get_bucket_notification_configuration(response.bucket_name)
        if configuration is None or configuration.event_bridge is None:
            return original(response)
        serialized = response.serialized

        def with_eventbridge(answer: Any) -> Any:
            answer.result["EventBridgeConfiguration"] = {}
            return serialized(answer)

        response.serialized = with_eventbridge
        try:
            return original(response)
        finally:
            del response.serialized

    S3Response.get_bucket_notification = get_bucket_notification


def _send_one_event_for_an_upload_in_parts() -> None:
    """Drops one of the two events that moto sends for such an object, as put and as completed."""
    from moto.s3 import notifications

    original = getattr(notifications.send_event, "__wrapped__", notifications.send_event)
    put = notifications.S3NotificationEvent.OBJECT_CREATED_PUT_EVENT

    @functools.wraps(original)
    def send_event(account_id: str, event_name: Any, bucket: Any, key: Any) -> None:
        if event_name != put or getattr(key, "multipart", None) is None:
            original(account_id, event_name, bucket, key)

    notifications.send_event = send_event

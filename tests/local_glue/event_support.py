"""A workflow that EventBridge starts for objects, for tests of its events."""

import json

from endpoint_support import Tiny


class Delivery(Tiny):
    """A workflow that an EventBridge rule starts for objects below in/ of a bucket."""

    def __init__(self, endpoint, code="print('fine')", *, batching=None, **workflow):
        super().__init__(endpoint)
        self.events = endpoint.access.client("events")
        self.bucket, self.flow = f"landing-{self.mark}", self.workflow(**workflow)
        self.a = self.job("a", code)
        options = {"EventBatchingCondition": batching} if batching else {}
        self.start_trigger = self.trigger("start", "EVENT", [self.a], self.flow, **options)
        self.s3.create_bucket(Bucket=self.bucket)
        self.s3.put_bucket_notification_configuration(
            Bucket=self.bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
        self.rule = f"objects_{self.mark}"
        self.events.put_rule(Name=self.rule, EventPattern=json.dumps(self.pattern()))
        arn = f"arn:aws:glue:us-east-1:123456789012:workflow/{self.flow}"
        self.events.put_targets(
            Rule=self.rule, Targets=[{"Id": "glue", "Arn": arn, "RoleArn": "arn:aws:iam::1:role/x"}]
        )

    def pattern(self):
        detail = {"bucket": {"name": [self.bucket]}, "object": {"key": [{"prefix": "in/"}]}}
        return {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": detail}

    def at(self, endpoint):
        """The same, at another endpoint that has taken it over."""
        client = endpoint.access.client
        self.endpoint, self.glue, self.s3, self.events = endpoint, client("glue"), client("s3"), client("events")
        return self

    def put(self, *keys):
        for key in keys:
            self.s3.put_object(Bucket=self.bucket, Key=key, Body=b"x")

    def runs(self):
        """Workflow runs, oldest first."""
        return self.glue.get_workflow_runs(Name=self.flow)["Runs"][::-1]

    def ids(self, run):
        return run["WorkflowRunProperties"]["aws:eventIds"][1:-1].split(", ")

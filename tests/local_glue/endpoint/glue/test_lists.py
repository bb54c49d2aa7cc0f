"""Lists as programs read them: page by page, by tags, by names."""

import pytest
from botocore.exceptions import ClientError
from endpoint_support import SLEEP, wait_for

pytestmark = pytest.mark.stack
ARN = "arn:aws:glue:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/r"


MAKERS = {
    "job": lambda tiny, name, **more: tiny.glue.create_job(Name=name, Role=ROLE, Command={"Name": "glueetl"}, **more),
    "workflow": lambda tiny, name, **more: tiny.glue.create_workflow(Name=name, **more),
    "trigger": lambda tiny, name, **more: tiny.glue.create_trigger(
        Name=name, Type="ON_DEMAND", Actions=[{"JobName": tiny.job(name)}], **more
    ),
    "connection": lambda tiny, name, **more: tiny.glue.create_connection(
        ConnectionInput={"Name": name, "ConnectionType": "JDBC", "ConnectionProperties": {}}, **more
    ),
    "crawler": lambda tiny, name, **more: tiny.glue.create_crawler(
        Name=name, Role=ROLE, Targets={"S3Targets": [{"Path": "s3://b"}]}, **more
    ),
    "session": lambda tiny, name, **more: tiny.glue.create_session(
        Id=name, Role=ROLE, Command={"Name": "glueetl"}, **more
    ),
    "database": lambda tiny, name, **more: tiny.glue.create_database(DatabaseInput={"Name": name}, **more),
    "devEndpoint": lambda tiny, name, **more: tiny.glue.create_dev_endpoint(EndpointName=name, RoleArn=ROLE, **more),
}
LISTS = [
    ("job", "get_jobs", "Jobs", "Name"),
    ("job", "list_jobs", "JobNames", None),
    ("workflow", "list_workflows", "Workflows", None),
    ("trigger", "get_triggers", "Triggers", "Name"),
    ("trigger", "list_triggers", "TriggerNames", None),
    ("connection", "get_connections", "ConnectionList", "Name"),
    ("crawler", "list_crawlers", "CrawlerNames", None),
    ("devEndpoint", "get_dev_endpoints", "DevEndpoints", "EndpointName"),
]


def made(tiny, kind, count, **more):
    """Creates so many of a kind; returns their names."""
    names = [f"{kind}{number}_{tiny.mark}" for number in range(count)]
    for name in names:
        MAKERS[kind](tiny, name, **more)
    return names


def pages(call, result, **arguments):
    """What each page holds, following NextToken as a program without a paginator does."""
    found, token = [], {}
    while True:
        answer = call(**arguments, **token)
        found.append(answer[result])
        if "NextToken" not in answer:
            return found
        token = {"NextToken": answer["NextToken"]}


def describe_pages():
    @pytest.mark.parametrize(("kind", "call", "result", "key"), LISTS)
    def it_gives_everything_once_in_pages_of_the_size_asked_for(tiny, kind, call, result, key):
        names = made(tiny, kind, 5)
        found = pages(getattr(tiny.glue, call), result, MaxResults=2)
        assert {len(page) for page in found[:-1]} == {2}
        assert 1 <= len(found[-1]) <= 2
        there = [item[key] if key else item for page in found for item in page]
        assert [name for name in there if name in names] == names

    @pytest.mark.parametrize(
        ("kind", "call", "result", "key"), [row for row in LISTS if row[1] not in ("list_crawlers",)]
    )
    def it_serves_boto3s_paginators(tiny, kind, call, result, key):
        names = made(tiny, kind, 3)
        paginator = tiny.glue.get_paginator(call)
        found = paginator.paginate(PaginationConfig={"PageSize": 2}).build_full_result()[result]
        assert set(names) <= {item[key] if key else item for item in found}
        few = paginator.paginate(PaginationConfig={"PageSize": 2, "MaxItems": 3}).build_full_result()
        assert len(few[result]) == 3

    def it_pages_the_runs_of_a_job_newest_first(tiny):
        job = f"empty_{tiny.mark}"
        MAKERS["job"](tiny, job)
        started = [tiny.run(job)["Id"] for _ in range(5)]
        found = pages(tiny.glue.get_job_runs, "JobRuns", JobName=job, MaxResults=2)
        assert [len(page) for page in found] == [2, 2, 1]
        assert [run["Id"] for page in found for run in page] == started[::-1]

    def it_pages_the_runs_of_a_workflow_newest_first(tiny):
        flow = tiny.workflow()
        started = [tiny.glue.start_workflow_run(Name=flow)["RunId"] for _ in range(5)]
        found = pages(tiny.glue.get_workflow_runs, "Runs", Name=flow, MaxResults=2, IncludeGraph=True)
        assert [len(page) for page in found] == [2, 2, 1]
        assert [run["WorkflowRunId"] for page in found for run in page] == started[::-1]

    def it_pages_the_triggers_of_a_job(tiny):
        job = tiny.job("a")
        names = [tiny.trigger(f"t{number}", "ON_DEMAND", [job]) for number in range(3)]
        tiny.trigger("other", "ON_DEMAND", [tiny.job("b")])
        found = pages(tiny.glue.get_triggers, "Triggers", DependentJobName=job, MaxResults=2)
        assert [[trigger["Name"] for trigger in page] for page in found] == [names[:2], names[2:]]

    @pytest.mark.parametrize("token", ["x", "!", "LTE=", "bm8="])
    def it_refuses_a_token_it_did_not_give(tiny, token):
        made(tiny, "job", 1)
        with pytest.raises(tiny.glue.exceptions.InvalidInputException, match="NextToken"):
            tiny.glue.list_jobs(NextToken=token)


def describe_tags():
    @pytest.mark.parametrize("kind", sorted(MAKERS))
    def it_keeps_adds_replaces_and_removes_them(tiny, kind):
        (name,) = made(tiny, kind, 1, Tags={"team": "music", "stage": "dev"})
        arn = f"{ARN}:{kind}/{name}"
        assert tiny.glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "music", "stage": "dev"}
        tiny.glue.tag_resource(ResourceArn=arn, TagsToAdd={"stage": "prod", "more": ""})
        assert tiny.glue.get_tags(ResourceArn=arn)["Tags"] == {"team": "music", "stage": "prod", "more": ""}
        tiny.glue.untag_resource(ResourceArn=arn, TagsToRemove=["team", "absent"])
        assert tiny.glue.get_tags(ResourceArn=arn)["Tags"] == {"stage": "prod", "more": ""}

    @pytest.mark.parametrize(
        ("kind", "call", "result"),
        [("job", "list_jobs", "JobNames"), ("trigger", "list_triggers", "TriggerNames"),
         ("crawler", "list_crawlers", "CrawlerNames"), ("session", "list_sessions", "Ids")],
    )  # fmt: skip
    def it_lists_what_has_all_of_them(tiny, kind, call, result):
        both, *_ = made(tiny, kind, 3, Tags={"mark": tiny.mark})
        listed = getattr(tiny.glue, call)
        tiny.glue.tag_resource(ResourceArn=f"{ARN}:{kind}/{both}", TagsToAdd={"more": "1"})
        assert len(listed(Tags={"mark": tiny.mark})[result]) == 3
        assert listed(Tags={"mark": tiny.mark, "more": "1"})[result] == [both]
        assert listed(Tags={"mark": tiny.mark, "more": "2"})[result] == []
        found = pages(listed, result, Tags={"mark": tiny.mark}, MaxResults=2)
        assert sum(map(len, found)) == 3

    @pytest.mark.parametrize(
        ("kind", "delete"),
        [
            ("job", lambda glue, name: glue.delete_job(JobName=name)),
            ("workflow", lambda glue, name: glue.delete_workflow(Name=name)),
            ("trigger", lambda glue, name: glue.delete_trigger(Name=name)),
            ("connection", lambda glue, name: glue.delete_connection(ConnectionName=name)),
        ],
    )
    def it_forgets_them_with_what_they_belong_to(tiny, kind, delete):
        (name,) = made(tiny, kind, 1, Tags={"old": "1"})
        delete(tiny.glue, name)
        if kind == "trigger":
            tiny.glue.delete_job(JobName=f"{name}_{tiny.mark}")
        made(tiny, kind, 1)
        assert tiny.glue.get_tags(ResourceArn=f"{ARN}:{kind}/{name}")["Tags"] == {}

    def it_finds_them_through_the_tagging_api(tiny):
        (name,) = made(tiny, "workflow", 1, Tags={"mark": tiny.mark})
        tagging = tiny.endpoint.access.client("resourcegroupstaggingapi")
        found = tagging.get_resources(TagFilters=[{"Key": "mark", "Values": [tiny.mark]}])["ResourceTagMappingList"]
        assert [item["ResourceARN"] for item in found] == [f"{ARN}:workflow/{name}"]


def describe_batches():
    @pytest.mark.parametrize(
        ("kind", "call", "asked", "found", "missing"),
        [
            ("job", "batch_get_jobs", "JobNames", "Jobs", "JobsNotFound"),
            ("trigger", "batch_get_triggers", "TriggerNames", "Triggers", "TriggersNotFound"),
            ("workflow", "batch_get_workflows", "Names", "Workflows", "MissingWorkflows"),
            ("crawler", "batch_get_crawlers", "CrawlerNames", "Crawlers", "CrawlersNotFound"),
        ],
    )
    def it_gets_several_and_names_those_missing(tiny, kind, call, asked, found, missing):
        names = made(tiny, kind, 2)
        answer = getattr(tiny.glue, call)(**{asked: [names[1], "absent", names[0]]})
        assert sorted(item["Name"] for item in answer[found]) == names
        assert answer[missing] == ["absent"]

    def it_stops_several_runs_and_says_which_it_could_not(tiny):
        job = tiny.job("slow", SLEEP, ExecutionProperty={"MaxConcurrentRuns": 2})
        slow = [tiny.start(job) for _ in range(2)]
        wait_for(lambda: {tiny.state(job, run_id) for run_id in slow} == {"RUNNING"})
        answer = tiny.glue.batch_stop_job_run(JobName=job, JobRunIds=[*slow, "jr_absent"])
        assert [item["JobRunId"] for item in answer["SuccessfulSubmissions"]] == slow
        assert [(e["JobRunId"], e["ErrorDetail"]["ErrorCode"]) for e in answer["Errors"]] == [
            ("jr_absent", "EntityNotFoundException")
        ]
        assert {tiny.finished(job, run_id)["JobRunState"] for run_id in slow} == {"STOPPED"}
        again = tiny.glue.batch_stop_job_run(JobName=job, JobRunIds=slow)
        assert again["SuccessfulSubmissions"] == []
        assert {e["ErrorDetail"]["ErrorCode"] for e in again["Errors"]} == {"JobRunNotInTerminalStateException"}

    @pytest.mark.parametrize(
        ("call", "arguments", "member"),
        [
            ("batch_get_workflows", {"Names": ["w"] * 26}, "names"),
            ("batch_stop_job_run", {"JobName": "a", "JobRunIds": ["r"] * 26}, "jobRunIds"),
        ],
    )
    def it_takes_25_at_a_time(tiny, call, arguments, member):
        with pytest.raises(ClientError, match=f"'{member}' .* length less than or equal to 25$") as refused:
            getattr(tiny.glue, call)(**arguments)
        assert refused.value.response["Error"]["Code"] == "ValidationException"

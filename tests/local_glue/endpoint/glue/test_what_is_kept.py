"""What nothing here runs is kept as it was defined, and says so when it is started."""

import pytest
from botocore.exceptions import ClientError
from endpoint_support import wait_for

pytestmark = pytest.mark.stack
ARN = "arn:aws:glue:us-east-1:123456789012"


def crawler(tiny):
    targets = {"S3Targets": [{"Path": "s3://lake/x"}]}
    tiny.glue.create_crawler(Name=f"crawler_{tiny.mark}", Role="role", Targets=targets, Tags={"team": tiny.mark})
    return f"crawler_{tiny.mark}"


def describe_crawlers():
    def it_fails_a_crawl_and_says_why(tiny):
        name = crawler(tiny)
        tiny.glue.start_crawler(Name=name)
        with pytest.raises(tiny.glue.exceptions.CrawlerRunningException):
            tiny.glue.start_crawler(Name=name)
        assert tiny.glue.get_crawler(Name=name)["Crawler"]["State"] == "RUNNING"
        wait_for(lambda: tiny.glue.get_crawler(Name=name)["Crawler"]["State"] == "READY")
        last = tiny.glue.get_crawler(Name=name)["Crawler"]["LastCrawl"]
        assert (last["Status"], last["ErrorMessage"][:24]) == ("FAILED", "local_glue does not craw")
        crawl = tiny.glue.list_crawls(CrawlerName=name)["Crawls"][0]
        assert crawl["State"] == "FAILED"
        assert crawl["EndTime"] >= crawl["StartTime"]

    def it_stops_a_crawl(tiny):
        name = crawler(tiny)
        tiny.glue.start_crawler(Name=name)
        tiny.glue.stop_crawler(Name=name)
        wait_for(lambda: tiny.glue.get_crawler(Name=name)["Crawler"]["State"] == "READY")
        assert "ErrorMessage" not in tiny.glue.get_crawler(Name=name)["Crawler"]["LastCrawl"]

    def it_is_found_by_its_tags(tiny):
        assert tiny.glue.list_crawlers(Tags={"team": tiny.mark})["CrawlerNames"] == []
        name = crawler(tiny)
        assert tiny.glue.list_crawlers(Tags={"team": tiny.mark})["CrawlerNames"] == [name]


def describe_triggers_with_crawlers():
    def it_keeps_them_and_refuses_to_start_them(tiny):
        name, trigger = crawler(tiny), f"crawl_{tiny.mark}"
        tiny.glue.create_trigger(Name=trigger, Type="ON_DEMAND", Actions=[{"CrawlerName": name}])
        assert tiny.glue.get_trigger(Name=trigger)["Trigger"]["Actions"] == [{"CrawlerName": name}]
        with pytest.raises(ClientError, match=f"does not emulate crawlers: trigger {trigger} names"):
            tiny.glue.start_trigger(Name=trigger)

    def it_refuses_to_start_a_workflow_that_crawls(tiny):
        flow, job, name = tiny.workflow(), tiny.job("a"), crawler(tiny)
        tiny.trigger("start", "ON_DEMAND", [job], flow)
        condition = {"LogicalOperator": "EQUALS", "CrawlerName": name, "CrawlState": "SUCCEEDED"}
        tiny.trigger("then", "CONDITIONAL", [job], flow, Predicate={"Conditions": [condition]}, StartOnCreation=True)
        nodes = tiny.glue.get_workflow(Name=flow, IncludeGraph=True)["Workflow"]["Graph"]["Nodes"]
        assert [node["Name"] for node in nodes if node["Type"] == "CRAWLER"] == [name]
        with pytest.raises(ClientError, match=f"names the crawler {name}"):
            tiny.glue.start_workflow_run(Name=flow)
        assert tiny.glue.get_job_runs(JobName=job)["JobRuns"] == []

    def it_never_fires_one_that_waits_for_a_crawl(tiny):
        watched, then, name = tiny.job("watched"), tiny.job("then"), crawler(tiny)
        conditions = [
            {"LogicalOperator": "EQUALS", "CrawlerName": name, "CrawlState": "SUCCEEDED"},
            {"LogicalOperator": "EQUALS", "JobName": watched, "State": "SUCCEEDED"},
        ]
        predicate = {"Logical": "AND", "Conditions": conditions}
        tiny.trigger("both", "CONDITIONAL", [then], Predicate=predicate, StartOnCreation=True)
        tiny.glue.start_trigger(Name=tiny.trigger("start", "ON_DEMAND", [watched]))
        run = tiny.glue.get_job_runs(JobName=watched)["JobRuns"][0]
        assert tiny.finished(watched, run["Id"])["JobRunState"] == "SUCCEEDED"
        assert tiny.glue.get_job_runs(JobName=then)["JobRuns"] == []


def describe_sessions():
    def it_keeps_them_and_runs_no_statement(tiny):
        command = {"Name": "glueetl", "PythonVersion": "3"}
        tiny.glue.create_session(
            Id=tiny.mark, Role="arn:aws:iam::123456789012:role/r", Command=command, Tags={"a": "b"}
        )
        assert tiny.glue.get_session(Id=tiny.mark)["Session"]["Status"] == "READY"
        assert tiny.mark in tiny.glue.list_sessions()["Ids"]
        assert tiny.glue.get_tags(ResourceArn=f"{ARN}:session/{tiny.mark}")["Tags"] == {"a": "b"}
        with pytest.raises(ClientError, match="does not emulate glue:RunStatement"):
            tiny.glue.run_statement(SessionId=tiny.mark, Code="1 + 1")
        tiny.glue.stop_session(Id=tiny.mark)
        tiny.glue.delete_session(Id=tiny.mark)


def describe_development_endpoints():
    def it_keeps_them(tiny):
        tiny.glue.create_dev_endpoint(EndpointName=tiny.mark, RoleArn="arn:aws:iam::123456789012:role/r")
        assert tiny.glue.get_dev_endpoint(EndpointName=tiny.mark)["DevEndpoint"]["EndpointName"] == tiny.mark
        tiny.glue.tag_resource(ResourceArn=f"{ARN}:devEndpoint/{tiny.mark}", TagsToAdd={"a": "b"})
        tiny.glue.delete_dev_endpoint(EndpointName=tiny.mark)


def describe_ml_transforms():
    def it_keeps_them_and_trains_none(tiny):
        given = {"InputRecordTables": [{"DatabaseName": "d", "TableName": "t"}],
                 "Parameters": {"TransformType": "FIND_MATCHES"}}  # fmt: skip
        made = tiny.glue.create_ml_transform(Name=tiny.mark, Role="role", **given)["TransformId"]
        assert tiny.glue.get_ml_transform(TransformId=made)["Name"] == tiny.mark
        tiny.glue.tag_resource(ResourceArn=f"{ARN}:mlTransform/{made}", TagsToAdd={"a": "b"})
        with pytest.raises(ClientError, match="does not emulate glue:StartMLEvaluationTaskRun"):
            tiny.glue.start_ml_evaluation_task_run(TransformId=made)
        tiny.glue.delete_ml_transform(TransformId=made)


def describe_jobs_that_cannot_run():
    @pytest.mark.parametrize(
        ("command", "reason"),
        [
            ({"Name": "gluestreaming", "ScriptLocation": "s3://b/x.py"}, "not of gluestreaming"),
            ({"Name": "glueray", "ScriptLocation": "s3://b/x.py"}, "not of glueray"),
            ({"Name": "glueetl"}, "has no script: give Command.ScriptLocation"),
            ({}, "has no script: give Command.ScriptLocation"),
            ({"Name": "pythonshell"}, "has no script: give Command.ScriptLocation"),
            ({"Name": "pythonshell", "ScriptLocation": "s3://b/x.py"}, "PythonVersion 3.9 or 3.11, not 3"),
            ({"Name": "glueetl", "ScriptLocation": "here.py"}, "here.py is not an S3 URI"),
        ],
    )
    def it_keeps_them_and_fails_their_runs(tiny, command, reason):
        job = f"odd_{tiny.mark}"
        tiny.glue.create_job(Name=job, Role="role", Command=command)
        assert tiny.glue.get_job(JobName=job)["Job"]["Command"].items() >= command.items()
        run = tiny.run(job)
        assert run["JobRunState"] == "FAILED"
        assert reason in run["ErrorMessage"]

    def it_lets_a_workflow_go_on(tiny):
        flow, odd, then = tiny.workflow(), f"odd_{tiny.mark}", tiny.job("then")
        tiny.glue.create_job(Name=odd, Role="role", Command={"Name": "glueray", "ScriptLocation": "s3://b/x.py"})
        tiny.trigger("start", "ON_DEMAND", [odd], flow)
        tiny.when("bad", [then], flow, "AND", **{odd: "FAILED"})
        assert tiny.run_workflow(flow)["Status"] == "COMPLETED"
        assert tiny.glue.get_job_runs(JobName=then)["JobRuns"][0]["JobRunState"] == "SUCCEEDED"

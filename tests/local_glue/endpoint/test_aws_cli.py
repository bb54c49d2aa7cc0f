"""The AWS CLI in the forms people use, version 1 and, where the machine has it, version 2."""

import json
import os
import shutil
import subprocess

import pytest
from endpoint_support import BUCKET, OK, SLEEP, wait_for
from environments import installed

pytestmark = [pytest.mark.ci, pytest.mark.stack]
ARN = "arn:aws:glue:us-east-1:123456789012"


@pytest.fixture(scope="session", params=["1", "2"])
def program(request):
    """The `aws` of this major version."""
    if request.param == "1":
        try:
            return str(installed("cli") / "aws")
        except subprocess.CalledProcessError:
            pytest.skip("NOT TESTED: the AWS CLI 1, for it cannot be installed here")
    found = shutil.which("aws")
    said = subprocess.run([found, "--version"], capture_output=True, text=True).stdout if found else ""
    if not said.startswith("aws-cli/2."):
        pytest.skip("NOT TESTED: the AWS CLI 2, for it is not installed here")
    return found


class Cli:
    """`aws` on the endpoint, in a folder of its own, as a user with no settings but those of `local-glue env`."""

    def __init__(self, program, endpoint, folder):
        self.program, self.folder = program, folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.environment = {**kept, **endpoint.access.environment(), "AWS_PAGER": "", "HOME": str(folder)}

    def text(self, *words, code=0):
        """What it prints; on standard error if it is to fail."""
        done = subprocess.run(
            [self.program, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60
        )
        assert (done.returncode != 0) == (code != 0), done.stdout + done.stderr
        return done.stderr if code else done.stdout

    def __call__(self, *words):
        """The JSON it prints."""
        printed = self.text(*words, "--output", "json")
        return json.loads(printed) if printed else None


@pytest.fixture
def aws(program, endpoint, tmp_path):
    return Cli(program, endpoint, tmp_path)


def describe_input():
    def it_comes_from_a_file(aws, tiny):
        job = f"file_{tiny.mark}"
        given = {"Name": job, "Role": "role", "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/x.py"},
                 "DefaultArguments": {"--a": "b c"}, "Tags": {"team": "music"}}  # fmt: skip
        (aws.folder / "job.json").write_text(json.dumps(given))
        assert aws("glue", "create-job", "--cli-input-json", "file://job.json") == {"Name": job}
        assert tiny.glue.get_job(JobName=job)["Job"]["DefaultArguments"] == {"--a": "b c"}

    def it_is_written_short(aws, tiny):
        job, trigger = f"short_{tiny.mark}", f"trigger_{tiny.mark}"
        command = "Name=glueetl,ScriptLocation=s3://b/x.py,PythonVersion=3"
        aws("glue", "create-job", "--name", job, "--role", "r", "--command", command, "--tags", "a=1,b=2")
        assert aws("glue", "get-tags", "--resource-arn", f"{ARN}:job/{job}") == {"Tags": {"a": "1", "b": "2"}}
        aws("glue", "create-trigger", "--name", trigger, "--type", "ON_DEMAND", "--actions", f"JobName={job}")
        assert aws("glue", "list-triggers", "--dependent-job-name", job)["TriggerNames"] == [trigger]

    def it_is_json_in_a_word_or_in_a_file_of_one_parameter(aws, tiny):
        job, trigger = tiny.job("a"), f"trigger_{tiny.mark}"
        condition = {"LogicalOperator": "EQUALS", "JobName": job, "State": "SUCCEEDED"}
        (aws.folder / "predicate.json").write_text(json.dumps({"Conditions": [condition]}))
        words = ["--name", trigger, "--type", "CONDITIONAL", "--start-on-creation"]
        actions = json.dumps([{"JobName": job, "Arguments": {"--x": "1"}}])
        aws("glue", "create-trigger", *words, "--actions", actions, "--predicate", "file://predicate.json")
        kept = aws("glue", "get-trigger", "--name", trigger)["Trigger"]
        assert (kept["State"], kept["Predicate"]["Conditions"]) == ("ACTIVATED", [condition])

    def it_is_the_skeleton_filled_in(aws, tiny):
        skeleton = json.loads(aws.text("glue", "create-workflow", "--generate-cli-skeleton"))
        assert {"Name", "DefaultRunProperties", "Tags"} <= set(skeleton)
        filled = {"Name": f"flow_{tiny.mark}", "DefaultRunProperties": {"colour": "red"}}
        assert aws("glue", "create-workflow", "--cli-input-json", json.dumps(filled)) == {"Name": filled["Name"]}


def describe_output():
    def it_is_cut_by_a_query(aws, tiny):
        job = tiny.job("a", Timeout=7)
        assert aws("glue", "get-job", "--job-name", job, "--query", "Job.[Name,Timeout]") == [job, 7]
        text = aws.text("glue", "get-job", "--job-name", job, "--query", "Job.Command.Name", "--output", "text")
        assert text == "glueetl\n"
        assert job in aws.text("glue", "get-job", "--job-name", job, "--output", "table")

    def it_is_an_error_with_awss_code(aws):
        said = aws.text("glue", "get-workflow", "--name", "absent", code=1)
        expected = "(EntityNotFoundException) when calling the GetWorkflow operation: Entity not found"
        assert expected in said
        assert "(EntityNotFoundException)" in aws.text("glue", "start-job-run", "--job-name", "absent", code=1)


def describe_pages():
    @pytest.fixture
    def flow(tiny):
        flow = tiny.workflow()
        for _ in range(5):
            tiny.glue.start_workflow_run(Name=flow)
        return flow

    def it_follows_them_all(aws, flow):
        listed = aws("glue", "get-workflow-runs", "--name", flow, "--page-size", "2")
        assert len(listed["Runs"]) == 5
        assert "NextToken" not in listed

    def it_gives_one_page(aws, flow):
        listed = aws("glue", "get-workflow-runs", "--name", flow, "--no-paginate", "--max-results", "2")
        assert len(listed["Runs"]) == 2
        assert listed["NextToken"]

    def it_gives_some_and_goes_on_from_there(aws, flow):
        words = ["glue", "get-workflow-runs", "--name", flow]
        first = aws(*words, "--max-items", "3", "--page-size", "2")
        then = aws(*words, "--starting-token", first["NextToken"])
        runs = [run["WorkflowRunId"] for run in (*first["Runs"], *then["Runs"])]
        assert (len(first["Runs"]), len(runs), len(set(runs))) == (3, 5, 5)


def describe_runs():
    def it_starts_a_job_and_asks_for_its_state(aws, tiny):
        job = tiny.job("a", "import sys; print(sys.argv[sys.argv.index('--x') + 1])")
        words = ["--job-name", job, "--arguments", '{"--x": "given"}', "--query", "JobRunId", "--output", "text"]
        run_id = aws.text("glue", "start-job-run", *words).strip()
        assert tiny.finished(job, run_id)["JobRunState"] == "SUCCEEDED"
        assert tiny.log(run_id) == "given\n"
        state = ["--query", "JobRun.JobRunState", "--output", "text"]
        assert aws.text("glue", "get-job-run", "--job-name", job, "--run-id", run_id, *state) == "SUCCEEDED\n"
        assert aws("glue", "get-job-runs", "--job-name", job, "--query", "JobRuns[].Arguments") == [{"--x": "given"}]

    def it_starts_a_workflow_with_properties(aws, tiny):
        flow = tiny.workflow()
        tiny.trigger("start", "ON_DEMAND", [tiny.job("a")], flow)
        run_id = aws("glue", "start-workflow-run", "--name", flow, "--run-properties", "colour=red")["RunId"]
        assert tiny.workflow_finished(flow, run_id)["Status"] == "COMPLETED"
        run = aws("glue", "get-workflow-run", "--name", flow, "--run-id", run_id, "--include-graph")["Run"]
        assert run["WorkflowRunProperties"] == {"colour": "red"}
        assert {node["Type"] for node in run["Graph"]["Nodes"]} == {"TRIGGER", "JOB"}

    def it_stops_several(aws, tiny):
        job = tiny.job("slow", SLEEP, ExecutionProperty={"MaxConcurrentRuns": 2})
        slow = [tiny.start(job) for _ in range(2)]
        wait_for(lambda: {tiny.state(job, run_id) for run_id in slow} == {"RUNNING"})
        answer = aws("glue", "batch-stop-job-run", "--job-name", job, "--job-run-ids", *slow)
        assert [item["JobRunId"] for item in answer["SuccessfulSubmissions"]] == slow


def describe_lists():
    def it_gets_several_by_name(aws, tiny):
        job = tiny.job("a")
        answer = aws("glue", "batch-get-jobs", "--job-names", job, "absent")
        assert ([j["Name"] for j in answer["Jobs"]], answer["JobsNotFound"]) == ([job], ["absent"])

    def it_tags_and_filters(aws, tiny):
        job = tiny.job("a")
        aws("glue", "tag-resource", "--resource-arn", f"{ARN}:job/{job}", "--tags-to-add", f"mark={tiny.mark},more=1")
        assert aws("glue", "list-jobs", "--tags", f"mark={tiny.mark}") == {"JobNames": [job]}
        aws("glue", "untag-resource", "--resource-arn", f"{ARN}:job/{job}", "--tags-to-remove", "mark", "more")
        assert aws("glue", "list-jobs", "--tags", f"mark={tiny.mark}") == {"JobNames": []}


def describe_other_services():
    def it_copies_files_and_waits_for_them(aws, tiny):
        (aws.folder / "x.py").write_text(OK)
        aws.text("s3", "cp", "x.py", f"s3://{BUCKET}/{tiny.mark}/x.py")
        aws.text("s3api", "wait", "object-exists", "--bucket", BUCKET, "--key", f"{tiny.mark}/x.py")
        assert "x.py" in aws.text("s3", "ls", f"s3://{BUCKET}/{tiny.mark}/")

    def it_reads_the_log_of_a_run(aws, tiny):
        run = tiny.run(tiny.job("a"))
        words = ["--log-group-name", "/aws-glue/jobs/output", "--log-stream-name", run["Id"]]
        assert aws("logs", "get-log-events", *words, "--query", "events[].message") == ["fine"]

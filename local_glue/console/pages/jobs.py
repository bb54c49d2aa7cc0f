"""Jobs, their runs, and starting and stopping them."""

from flask import Blueprint, Response, abort, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response as Answer

from local_glue.console.here import client, stack
from local_glue.console.logs import readable
from local_glue.console.pages import given, given_pairs
from local_glue.console.pages.workflows import refresh_code
from local_glue.console.reports import reports_of
from local_glue.console.words import ACTIVE
from local_glue.runs import as_arguments, job_names, job_runs, tail, usual_seconds

pages = Blueprint("jobs", __name__)
SHOWN_RUNS = 100
LOG_BYTES = 262_144


@pages.get("/jobs")
def every() -> str:
    """All jobs with their last runs."""
    glue = client("glue")
    names = job_names(glue)
    return render_template("jobs.html", jobs={n: job_runs(glue, [n]) for n in names}, usual=usual_seconds(glue, names))


@pages.get("/job")
def job() -> str:
    """One job: its definition, its runs, and the form that starts it."""
    glue, name = client("glue"), given("name")
    definition = glue.get_job(JobName=name)["Job"]
    return render_template(
        "job.html", job=definition, runs=job_runs(glue, [name])[:SHOWN_RUNS], usual=usual_seconds(glue, [name])
    )


@pages.post("/job/start")
def start() -> Answer:
    """Starts a run with the form's arguments, after uploading changed code as `local-glue job` does."""
    name, arguments = given("name"), as_arguments(given_pairs("arguments", "Argument"))
    refresh_code()
    run_id = client("glue").start_job_run(JobName=name, Arguments=arguments)["JobRunId"]
    return redirect(url_for("jobs.run", job=name, id=run_id), 303)


@pages.get("/job/run")
def run() -> str:
    """One job run: its state, arguments and log."""
    glue, name, run_id = client("glue"), given("job"), given("id")
    shown = glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]
    log = stack().home.log_of(shown["Id"])
    over = shown["JobRunState"] not in ACTIVE
    return render_template(
        "job_run.html", run=shown, over=over, usual=usual_seconds(glue, [name]),
        log=readable(tail(log, LOG_BYTES), (shown["Id"], name)),
        cut=log.exists() and log.stat().st_size > LOG_BYTES,
        reports=reports_of(client("s3"), [shown["Id"]]) if over else [],
    )  # fmt: skip


@pages.post("/job/run/stop")
def stop() -> Answer:
    """Stops a job run."""
    name, run_id = given("job"), given("id")
    answer = client("glue").batch_stop_job_run(JobName=name, JobRunIds=[run_id])
    for error in answer.get("Errors", ()):
        abort(400, error["ErrorDetail"]["ErrorMessage"])
    return redirect(url_for("jobs.run", job=name, id=run_id), 303)


@pages.get("/job/run/log")
def log() -> Response:
    """The whole log of a job run, as a file."""
    shown = client("glue").get_job_run(JobName=given("job"), RunId=given("id"))["JobRun"]
    file = stack().home.log_of(shown["Id"])
    if not file.exists():
        abort(404, "This run has written no log.")
    return send_file(file, "text/plain; charset=utf-8", as_attachment=True, download_name=file.name)

"""A running stack: endpoint and databases of one project, from start to stop."""

import shutil
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local_glue.access import Access
from local_glue.config import Config, find_project, home_for, load_config
from local_glue.errors import LocalGlueError, NotRunningError
from local_glue.home import Home
from local_glue.lifecycle import claim, clean_up, server_alive, start_server, stop_server
from local_glue.postgres import cluster
from local_glue.runs import OVER, root
from local_glue.waiting import pauses

if TYPE_CHECKING:
    import psycopg

    from local_glue.endpoint.server import Endpoint


class Stack:
    """Endpoint, databases and state folder; created by `start` or `attach`."""

    def __init__(self, home: Home, state: dict[str, Any], endpoint: "Endpoint | None" = None) -> None:
        self.home = home
        self.state = state
        self.postgres = cluster.Server(**state["postgres"])
        self.access = Access(home, state["endpoint_url"], state["region"])
        self._endpoint = endpoint

    @classmethod
    def start(
        cls, project: Path | None = None, home: Path | None = None, *, inline: bool = False, empty: bool = False,
        clock: bool = False, cold: bool = False,
    ) -> "Stack":  # fmt: skip
        """Starts endpoint and databases for a project and creates what its configuration lists.

        Args:
            project: folder of pyproject.toml; default: found from the current folder upwards.
            home: state folder; default: $LOCAL_GLUE_HOME, else .local_glue in the project.
            inline: run endpoint and jobs in this process (for tests).
            empty: create nothing in it (for Terraform).
            clock: let SCHEDULED triggers fire by the clock.
            cold: give each job run a JVM of its own, instead of one for the runs of the stack.

        Raises:
            LocalGlueError: a stack is already up in this home, or something could not be started.
        """
        project = (project or find_project()).resolve()
        config = load_config(project)
        folder = Home((home or home_for(project)).resolve())
        if server_alive(folder):
            raise LocalGlueError(f"a stack is up in {folder.path} already: run 'local-glue down' first")
        claim(folder)
        try:
            stack = _start(cls, config, folder, inline=inline, clock=clock, cold=cold)
        except BaseException:
            clean_up(folder)
            raise
        try:
            stack.state["empty"] = empty
            folder.write_state(stack.state)
            if not empty:
                stack.provision()
        except BaseException:
            stack.stop()
            raise
        return stack

    @classmethod
    def attach(cls, home: Path | None = None) -> "Stack":
        """The stack that is running in this home.

        Raises:
            NotRunningError: no stack is up, or it has crashed.
        """
        folder = Home((home or home_for(None)).resolve())
        state = folder.read_state()
        if not server_alive(folder):
            raise NotRunningError(f"the stack in {folder.path} is not running any more: run 'local-glue up' first")
        return cls(folder, state)

    @property
    def endpoint_url(self) -> str:
        """The URL for AWS_ENDPOINT_URL."""
        return self.state["endpoint_url"]

    @property
    def config(self) -> Config:
        """The project's configuration, read again from its file."""
        return load_config(Path(self.state["project"]))

    def client(self, service: str) -> Any:
        """A boto3 client on the endpoint."""
        return self.access.client(service)

    def environment(self) -> dict[str, str]:
        """The environment variables that lead AWS tools to this stack."""
        return self.access.environment()

    def provision(self) -> None:
        """Creates or updates everything in the project's configuration, and uploads changed code."""
        from local_glue.provision.resources import provision

        config = self.config
        cluster.create_databases(self.postgres, config.databases.values())
        provision(config, self.client, self.postgres)

    def refresh_code(self) -> int:
        """Uploads changed scripts and libraries, updates definitions; returns how many objects changed.

        Does nothing in a stack that was started empty: another tool manages the code there.
        """
        if self.state.get("empty"):
            return 0
        from local_glue.provision.resources import refresh_code

        return refresh_code(self.config, self.client)

    def reset(self) -> None:
        """Empties services and databases, deletes runs, logs and bookmarks, and provisions again."""
        if self._endpoint:
            self._endpoint.reset()
        else:
            request = urllib.request.Request(f"{self.endpoint_url}/moto-api/reset", method="POST")  # noqa: S310 (ours)
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()
        for folder in (self.home.bookmarks, self.home.logs, self.home.runs):
            shutil.rmtree(folder, ignore_errors=True)
        for database in self.config.databases.values():
            cluster.empty_database(self.postgres, database)
        cluster.restore_passwords(self.postgres)
        if not self.state.get("empty"):
            self.provision()

    def connect(self, database: str = "warehouse") -> "psycopg.Connection":
        """A connection as superuser that commits each statement, to a database by its name in the configuration."""
        known = self.state["databases"]
        if database not in known:
            raise LocalGlueError(f"there is no database {database}: choose one of {', '.join(sorted(known))}")
        return self.postgres.connect(known[database]["dbname"])

    def start_workflow(self, name: str, properties: dict[str, str] | None = None) -> str:
        """Starts a workflow run and returns its id.

        Raises:
            LocalGlueError: there is no such workflow; the endpoint says, as AWS does, only that something is not there.
        """
        glue = self.client("glue")
        try:
            return glue.start_workflow_run(Name=name, RunProperties=properties or {})["RunId"]
        except glue.exceptions.EntityNotFoundException as error:
            raise LocalGlueError(f"there is no workflow {name}") from error

    def workflow_run(self, name: str, run_id: str) -> dict[str, Any]:
        """The run with its graph."""
        return self.client("glue").get_workflow_run(Name=name, RunId=run_id, IncludeGraph=True)["Run"]

    def run_workflow(
        self, name: str, properties: dict[str, str] | None = None, timeout_s: float = 600
    ) -> dict[str, Any]:
        """Starts a workflow and waits for its end; returns the finished run with its graph.

        Raises:
            TimeoutError: it is still running after `timeout_s` seconds.
        """
        return self.wait_for_workflow(name, self.start_workflow(name, properties), timeout_s)

    def wait_for_workflow(self, name: str, run_id: str, timeout_s: float | None = 600) -> dict[str, Any]:
        """Waits for the end of a workflow run, without a limit if that is None; returns the run with its graph.

        Raises:
            TimeoutError: it is still running after `timeout_s` seconds.
        """
        glue = self.client("glue")
        _wait(lambda: glue.get_workflow_run(Name=name, RunId=run_id)["Run"]["Status"] in OVER, timeout_s, run_id)
        return self.workflow_run(name, run_id)

    def run_job(self, name: str, arguments: dict[str, str] | None = None, timeout_s: float = 600) -> dict[str, Any]:
        """Starts a job and waits for its end; returns the JobRun of its last attempt.

        Raises:
            TimeoutError: it is still running after `timeout_s` seconds.
        """
        run_id = self.client("glue").start_job_run(JobName=name, Arguments=arguments or {})["JobRunId"]
        _wait(lambda: self.last_attempt(name, run_id).get("CompletedOn") is not None, timeout_s, run_id)
        return self.last_attempt(name, run_id)

    def last_attempt(self, job: str, run_id: str) -> dict[str, Any]:
        """The JobRun of the latest attempt of the run that started as `run_id`."""
        runs = self.client("glue").get_job_runs(JobName=job)["JobRuns"]
        return next(run for run in runs if root(run) == run_id)

    def stop(self) -> None:
        """Stops everything and removes the stack's files from its home folder."""
        if self._endpoint:
            self._endpoint.stop()
        else:
            stop_server(self.state.get("server_pid"))
        clean_up(self.home)


def _start(cls: type[Stack], config: Config, home: Home, *, inline: bool, clock: bool, cold: bool) -> Stack:
    endpoint = None
    with ThreadPoolExecutor(1) as pool:
        starting = pool.submit(cluster.start, home.path, config.databases.values(), lasting=not inline)
        try:
            if inline:
                from local_glue.endpoint.server import Endpoint

                endpoint = Endpoint(
                    home.path, config.region, inline=True, clock=clock, minute_seconds=config.minute_seconds
                ).start()
                ready = endpoint.ready()
            else:
                ready = start_server(home, config, clock=clock, cold=cold)
        except BaseException:
            cluster.stop(starting.result().as_dict())
            raise
        try:
            postgres = starting.result()
        except BaseException:
            endpoint.stop() if endpoint else stop_server(ready["pid"])
            raise
    state = {
        "endpoint_url": f"http://127.0.0.1:{ready['port']}",
        "region": config.region,
        "server_pid": ready["pid"],
        "redshift_port": ready["redshift_port"],
        "inline": inline,
        "clock": clock,
        "project": str(config.project),
        "postgres": postgres.as_dict(),
        "databases": config.known_databases(),
    }
    return cls(home, state, endpoint)


def _wait(over: Callable[[], bool], timeout_s: float | None, what: str) -> None:
    for _ in pauses(timeout_s):
        if over():
            return
    raise TimeoutError(f"{what} is still running after {timeout_s:g} s")

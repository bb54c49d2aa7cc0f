"""The console's pages and forms, asked as a browser would, on a whole stack."""

import json
from http.client import HTTPConnection

import pytest
from endpoint_support import FIRST, wait_for

from local_glue.bookmarks import BookmarkStore
from tests.local_glue.console.conftest import SLOW, words

pytestmark = pytest.mark.stack

HARM = "\"><script>alert('x')</script>&{{7*7}}"
PAGES = ("/", "/jobs", "/bookmarks", "/files", "/databases")


def describe_strangers():
    @pytest.mark.parametrize(
        "host", ["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "[::2]:80", ""]
    )
    def it_refuses_other_hosts(visitor, host):
        for path in (*PAGES, "/static/console.js"):
            assert visitor.ask("GET", path, headers={"Host": host}).status in (400, 403)

    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST:99", "127.0.0.1:1", "[::1]:8000"])
    def it_answers_by_the_names_of_this_machine(visitor, host):
        assert visitor.ask("GET", "/", headers={"Host": host}).status == 200

    def it_takes_no_form_without_its_token(visitor):
        before = len(visitor.glue.get_workflow_runs(Name="shop")["Runs"])
        for fields in ({"name": "shop"}, {"name": "shop", "token": "guessed"}, {"name": "shop", "token": "é"}):
            assert visitor.ask("POST", "/workflow/start", fields).status == 403
        assert len(visitor.glue.get_workflow_runs(Name="shop")["Runs"]) == before

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
    def it_takes_no_form_of_another_site(visitor, origin):
        fields = {"name": "shop", "token": visitor.token()}
        assert visitor.ask("POST", "/workflow/start", fields, {"Origin": origin}).status == 403

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example:80"])
    def it_keeps_their_pages_out_of_the_whole_endpoint(visitor, origin):
        connection = HTTPConnection(visitor.address, timeout=60)
        headers = {"Origin": origin, "X-Amz-Target": "AWSGlue.StartWorkflowRun", "Content-Type": "text/plain"}
        connection.request("POST", "/", '{"Name": "shop"}', headers)
        answer = connection.getresponse()
        assert answer.status == 403
        assert answer.getheader("Access-Control-Allow-Origin") is None
        connection.close()

    def it_lets_pages_load_and_run_only_what_is_its_own(visitor):
        for path in PAGES:
            answer = visitor.ask("GET", path)
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert "style=" not in answer.text
            assert "http-equiv" not in answer.text

    def it_says_what_is_missing(visitor):
        assert visitor.ask("GET", "/nowhere").status == 404
        assert visitor.ask("GET", "/workflow").status == 400
        for path, query in {"/workflow": {"name": "absent"}, "/object": {"bucket": "landing", "key": "absent"},
                            "/bucket": {"name": "absent"}}.items():  # fmt: skip
            assert visitor.ask("GET", path, **query).status == 404


def describe_workflows():
    def it_shows_the_graph_before_the_first_run(visitor):
        page = visitor.get("/workflow", name="shop")
        assert page.count('class="box job') == 2
        assert "cron(0 4 * * ? *)" in page
        assert "colour" in page

    def it_starts_a_run_and_shows_its_end(visitor):
        run_id = visitor.start("/workflow/start", name="shop", properties="colour=blue\n\nsize=a=b\n")
        visitor.workflow_over(run_id)
        said = words(visitor.get("/run", workflow="shop", id=run_id))
        assert "shop ✓ SUCCEEDED" in said
        assert "first ✓ SUCCEEDED" in said
        assert "second ✓ SUCCEEDED" in said
        assert "size a=b" in said
        assert run_id[:11] in visitor.get("/")
        assert "Stop this run" not in said

    def it_uploads_changed_code_first(visitor):
        visitor.script("first", FIRST.replace('"price"', '"the new price"'))
        run_id = visitor.start("/job/start", name="first", arguments="mood=glad")
        wait_for(lambda: "CompletedOn" in visitor.stack.last_attempt("first", run_id), 60)
        page = visitor.get("/job/run", job="first", id=run_id)
        assert "the new price 7" in page
        assert "--mood glad" in words(page)
        saved = visitor.ask("GET", "/job/run/log", job="first", id=run_id)
        assert saved.headers["Content-Disposition"].startswith("attachment")
        assert "the new price 7" in saved.text
        visitor.script("first", FIRST)

    def it_shows_logs_as_they_grow_and_stops_a_run(visitor):
        visitor.script("first", SLOW)
        try:
            run_id = visitor.start("/workflow/start", name="shop")
            wait_for(lambda: "begun" in visitor.get("/run", workflow="shop", id=run_id), 60)
            page = visitor.get("/run", workflow="shop", id=run_id)
            assert "begun &lt;b&gt;bold&lt;/b&gt;" in page
            assert "Stop this run" in page
            assert visitor.post("/run/stop", workflow="shop", id=run_id).status == 303
            visitor.workflow_over(run_id)
        finally:
            visitor.script("first", FIRST)
        said = words(visitor.get("/run", workflow="shop", id=run_id))
        assert "shop ■ STOPPED" in said
        assert "second ○ not run" in said

    def it_stops_a_job_run(visitor):
        visitor.script("first", SLOW)
        try:
            run_id = visitor.start("/job/start", name="first")
            wait_for(lambda: visitor.stack.last_attempt("first", run_id)["JobRunState"] == "RUNNING", 60)
            assert visitor.post("/job/run/stop", job="first", id=run_id).status == 303
            wait_for(lambda: "CompletedOn" in visitor.stack.last_attempt("first", run_id), 60)
            again = visitor.post("/job/run/stop", job="first", id=run_id)
        finally:
            visitor.script("first", FIRST)
        assert again.status == 400
        assert "is STOPPED" in again.text

    def it_explains_a_property_without_value(visitor):
        answer = visitor.post("/workflow/start", name="shop", properties="colour")
        assert answer.status == 400
        assert "Run property colour: give it as key=value" in words(answer.text)

    def it_shows_a_page_that_names_the_run_in_a_frame_that_runs_nothing(visitor):
        visitor.stack.refresh_code()
        run = visitor.stack.run_job("first")
        key = f"reports/{run['Id']}.html"
        visitor.s3.put_object(Bucket="landing", Key=key, Body=b"<script>parent.alert(1)</script>fine")
        page = visitor.get("/job/run", job="first", id=run["Id"])
        assert "<iframe sandbox " in page
        framed = visitor.ask("GET", "/object/page", bucket="landing", key=key)
        assert framed.headers.get_all("Content-Security-Policy")[0].startswith("sandbox; default-src 'none'")
        assert framed.headers.get_content_type() == "text/html"


def describe_hostile_names():
    def it_writes_them_as_text(visitor):
        glue, s3 = visitor.glue, visitor.s3
        glue.create_workflow(Name=HARM, Description=HARM, DefaultRunProperties={HARM: HARM})
        command = {"Name": "glueetl", "ScriptLocation": "s3://scripts/jobs/first.py"}
        glue.create_job(Name=HARM, Role="r", Command=command, DefaultArguments={HARM: HARM}, Description=HARM)
        glue.create_trigger(Name=HARM, Type="ON_DEMAND", WorkflowName=HARM, Actions=[{"JobName": HARM}])
        s3.put_object(Bucket="landing", Key=f"{HARM}/{HARM}.txt", Body=HARM.encode())
        with visitor.stack.connect() as warehouse:
            warehouse.execute('CREATE TABLE public."<script>alert(1)</script>" ("<b>" int)')
            warehouse.execute('ALTER TABLE public."<script>alert(1)</script>" OWNER TO loader')
        try:
            run_id = visitor.start("/workflow/start", name=HARM, properties=f"{HARM}={HARM}".replace("=", "", 0))
            pages = [
                visitor.get("/"), visitor.get("/jobs"), visitor.get("/workflow", name=HARM),
                visitor.get("/job", name=HARM), visitor.get("/run", workflow=HARM, id=run_id),
                visitor.get("/bucket", name="landing"), visitor.get("/bucket", name="landing", prefix=f"{HARM}/"),
                visitor.get("/object", bucket="landing", key=f"{HARM}/{HARM}.txt"),
                visitor.get("/database", name="warehouse", sql=HARM),
                visitor.post("/database", name="warehouse", sql="SELECT * FROM \"<script>alert(1)</script>\"").text,
                visitor.ask("GET", "/workflow", name=f"{HARM}absent").text,
            ]  # fmt: skip
            for page in pages:
                assert "<script>alert" not in page
                assert "49" not in words(page).split()
            assert sum("&lt;script&gt;alert" in page for page in pages) >= 9
        finally:
            glue.delete_workflow(Name=HARM)
            glue.delete_trigger(Name=HARM)
            glue.delete_job(JobName=HARM)
            with visitor.stack.connect() as warehouse:
                warehouse.execute('DROP TABLE public."<script>alert(1)</script>"')


def describe_files():
    def it_lists_shows_and_saves(visitor):
        visitor.s3.put_object(Bucket="landing", Key="in/a b.csv", Body="name\nBeyoncé\n".encode())
        visitor.s3.put_object(Bucket="landing", Key="in/raw.bin", Body=b"\0\1\2")
        assert "in/" in words(visitor.get("/bucket", name="landing"))
        assert "a b.csv" in words(visitor.get("/bucket", name="landing", prefix="in/"))
        assert "Beyoncé" in visitor.get("/object", bucket="landing", key="in/a b.csv")
        assert "This is no text" in visitor.get("/object", bucket="landing", key="in/raw.bin")
        saved = visitor.ask("GET", "/object/raw", bucket="landing", key="in/a b.csv")
        assert saved.headers["Content-Disposition"] == "attachment; filename*=UTF-8''a%20b.csv"
        assert saved.text == "name\nBeyoncé\n"

    def it_shows_the_beginning_of_a_long_text_whose_cut_is_within_a_character(visitor):
        visitor.s3.put_object(Bucket="landing", Key="long.txt", Body=b"x" + "é".encode() * 50_000)
        page = visitor.get("/object", bucket="landing", key="long.txt")
        assert "Only its first 65.5 kB" in words(page)
        assert page.count("é") == 32_767

    def it_pages_through_many(visitor):
        for number in range(201):
            visitor.s3.put_object(Bucket="landing", Key=f"many/{number:03}", Body=b"")
        page = visitor.get("/bucket", name="landing", prefix="many/")
        assert "many%2F200" not in page
        token = page.partition("token=")[2].partition('"')[0]
        assert "many/200" in visitor.get(f"/bucket?name=landing&prefix=many/&token={token}").replace("%2F", "/")


def describe_bookmarks():
    def it_shows_sets_back_and_resets(visitor):
        store = BookmarkStore(visitor.stack.home.path)
        for run_id in ("jr_one", "jr_two"):
            store.begin("second", run_id)
            store.save("second", run_id, None, {"source": {"mark": run_id}})
        assert "second" in visitor.get("/bookmarks")
        assert "jr_two" in words(visitor.get("/bookmark", job="second")).partition("Set it back")[0]
        assert visitor.post("/bookmark/reset", job="second", run="jr_one").status == 303
        assert store.states("second") == {"source": {"mark": "jr_one"}}
        assert visitor.post("/bookmark/reset", job="second", run="").status == 303
        assert json.loads(visitor.glue.get_job_bookmark(JobName="second")["JobBookmarkEntry"]["JobBookmark"]) == {}
        assert visitor.ask("GET", "/bookmark", job="first").status == 404

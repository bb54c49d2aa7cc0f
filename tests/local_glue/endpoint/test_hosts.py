"""What a page of a foreign site can make a browser ask of the endpoint, and what comes of it."""

import json
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.stack


def asked(url: str, **headers: str) -> tuple[int, str]:
    """Status and text of the answer to a request of the list of jobs with these headers."""
    signed = "AWS4-HMAC-SHA256 Credential=x/20250101/us-east-1/glue/aws4_request, SignedHeaders=host, Signature=x"
    given = {"X-Amz-Target": "AWSGlue.GetJobs", "Content-Type": "text/plain", "Authorization": signed} | headers
    try:
        with urllib.request.urlopen(urllib.request.Request(url, b"{}", given), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


@pytest.mark.parametrize("host", ["localhost", "LocalHost:80", "127.0.0.1", "127.0.0.1:4566", "[::1]", "[::1]:80"])
def test_a_request_of_this_machine_is_answered(tiny, host):
    status, text = asked(tiny.endpoint.url, Host=host)
    assert (status, "Jobs" in json.loads(text)) == (200, True)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "evil.example:80",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1@evil.example",
        ),
        *("notlocalhost", "0.0.0.0", "127.0.0.2", "[::2]", "169.254.169.254", "", " ", "[::1", "s3.amazonaws.com"),
    ],
)
def test_a_foreign_host_is_refused(tiny, host):
    status, text = asked(tiny.endpoint.url, Host=host)
    assert status == 403
    assert text.startswith(f"The header 'Host: {host.strip()}' is not this machine: ask for localhost, 127.0.0.1")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1.evil.example", "null", "file://"])
def test_a_foreign_page_is_refused(tiny, origin):
    status, text = asked(tiny.endpoint.url, Origin=origin)
    assert (status, "another site's page" in text) == (403, True)
    assert asked(f"{tiny.endpoint.url}/moto-api/reset", Origin=origin)[0] == 403


def test_a_page_of_this_machine_is_answered(tiny):
    assert asked(tiny.endpoint.url, Origin="http://localhost:3000")[0] == 200


def test_buckets_may_be_names_below_localhost(tiny):
    tiny.s3.create_bucket(Bucket="below")
    tiny.s3.put_object(Bucket="below", Key="a", Body=b"x", ACL="public-read")
    request = urllib.request.Request(f"{tiny.endpoint.url}/a", headers={"Host": "below.localhost:80"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.read() == b"x"

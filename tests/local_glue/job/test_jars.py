"""The download of jars goes through the user's proxy, which Java does not know."""

import pytest

from local_glue.job.jars import proxy_options


@pytest.mark.parametrize(
    ("environ", "options"),
    [
        ({}, ""),
        ({"NO_PROXY": "localhost"}, ""),
        ({"ALL_PROXY": "socks5://proxy:1080"}, ""),
        ({"HTTPS_PROXY": "http://proxy:3128"}, "-Dhttps.proxyHost=proxy -Dhttps.proxyPort=3128"),
        ({"http_proxy": "proxy:3128"}, "-Dhttp.proxyHost=proxy -Dhttp.proxyPort=3128"),
        (
            {"https_proxy": "http://me:p%40ss@proxy", "NO_PROXY": ".corp.example, 10.0.0.1"},
            "-Dhttps.proxyHost=proxy -Dhttps.proxyPort=80 -Dhttps.proxyUser=me -Dhttps.proxyPassword=p@ss "
            "-Dhttp.nonProxyHosts=*.corp.example|10.0.0.1",
        ),
    ],
)
def describe_proxy_options():
    def it_says_it_in_javas_words(environ, options):
        assert proxy_options(environ) == options

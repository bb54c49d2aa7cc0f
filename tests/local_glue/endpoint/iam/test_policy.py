"""IAM's decisions, and what calls of S3 need."""

import json

import pytest

from local_glue.endpoint.iam.conditions import PolicyError, holds
from local_glue.endpoint.iam.policy import Need, decide, message, statements_of, trusts
from local_glue.endpoint.iam.s3_needs import S3Call, UnknownCallError, needs

OBJECT = Need("s3:GetObject", "arn:aws:s3:::lake/temp/a/b")


def decided(*statements, need=OBJECT):
    return decide(statements_of(json.dumps({"Statement": list(statements)})), need)


def allow(action="s3:GetObject", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def describe_decide():
    @pytest.mark.parametrize(
        "action", ["s3:GetObject", "s3:getobject", "s3:Get*", "*", ["s3:PutObject", "s3:Get?bject"]]
    )
    @pytest.mark.parametrize("resource", ["*", "arn:aws:s3:::lake/temp/*", ["arn:aws:s3:::x", "arn:aws:s3:::lake/*/b"]])
    def it_matches_actions_and_resources_with_wildcards(action, resource):
        assert decided(allow(action, resource)).allowed

    @pytest.mark.parametrize(
        "statement",
        [
            allow("s3:PutObject"),
            allow("s3:GetObjectVersion"),
            allow(resource="arn:aws:s3:::lake"),
            allow(resource="arn:aws:s3:::LAKE/temp/*"),
            allow(resource="arn:aws:s3:::lake/temp"),
            {"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"},
            {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::lake/*"},
        ],
    )
    def it_allows_nothing_that_no_statement_allows(statement):
        assert not decided(statement).allowed

    def it_lets_a_deny_win():
        decision = decided(allow("*"), {"Effect": "Deny", "Action": "s3:*", "Resource": "*/temp/*"})
        assert (decision.allowed, decision.denied) == (False, True)
        assert message("me", OBJECT, decision) == (
            'User: me is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::lake/temp/a/b" '
            "with an explicit deny in an identity-based policy"
        )

    def it_never_matches_an_arn_where_aws_judges_without_a_resource():
        need = Need("glue:GetJobBookmark")
        assert not decided(allow("glue:*", "arn:aws:glue:us-east-1:123456789012:job/*"), need=need).allowed
        assert decided(allow("glue:*", "*"), need=need).allowed

    def it_says_which_statements_allow():
        by = decided(allow(Sid="A", Action="s3:*"), allow("s3:PutObject", Sid="B"), allow(resource="arn:*")).by
        assert by == (("A", "s3:*", "*"), ("#2", "s3:GetObject", "arn:*"))


def describe_holds():
    @pytest.mark.parametrize(
        ("operator", "wanted", "values", "expected"),
        [
            ("StringEquals", ["a", "b"], "b", True),
            ("StringEquals", "a", "b", False),
            ("StringEquals", "a", "", False),
            ("StringEqualsIfExists", "a", "", True),
            ("StringEqualsIfExists", "a", "b", False),
            ("StringNotEquals", ["a", "b"], "b", False),
            ("StringNotEquals", ["a", "b"], "", True),
            ("StringEqualsIgnoreCase", "A", "a", True),
            ("StringLike", "temp/*", ["temp/x/y"], True),
            ("StringLikeIfExists", "temp/*", ["tmp"], False),
            ("StringNotLike", "temp/*", ["temp/x"], False),
            ("ForAllValues:StringEquals", ["a", "b"], "ab", True),
            ("ForAllValues:StringEquals", "a", "ab", False),
            ("ForAllValues:StringEquals", "a", "", True),
            ("ForAnyValue:StringEquals", "a", "ab", True),
            ("ForAnyValue:StringEquals", "a", "b", False),
            ("ForAnyValue:StringEquals", "a", "", False),
            ("Bool", False, ["false"], True),
            ("Bool", "true", ["false"], False),
            ("ArnLike", "arn:aws:sns:*:1:t*", ["arn:aws:sns:eu:1:topic"], True),
            ("ArnLike", "arn:aws:*", ["arn:aws:sns:eu:1:topic"], False),
            ("Null", "true", "", True),
            ("Null", "false", "", False),
        ],
    )
    def it_judges_each_operator_as_iam_does(operator, wanted, values, expected):
        context = {"aws:tagkeys": tuple(values)} if values else {}
        assert holds({operator: {"aws:TagKeys": wanted}}, context) is expected

    @pytest.mark.parametrize(
        "condition",
        [
            {"DateLessThan": {"aws:TagKeys": "x"}},
            {"ForMost:StringEquals": {"aws:TagKeys": "x"}},
            {"StringEquals": {"aws:SecureTransport": "x"}},
            {"StringEquals": {"aws:TagKeys": "${aws:username}"}},
        ],
    )
    def it_refuses_what_it_does_not_know(condition):
        with pytest.raises(PolicyError, match="local_glue does not know"):
            holds(condition, {"aws:tagkeys": ("x",)})


def describe_trusts():
    @pytest.mark.parametrize(
        ("statement", "expected"),
        [
            ({}, True),
            ({"Principal": {"Service": ["a.amazonaws.com", "glue.amazonaws.com"]}}, True),
            ({"Principal": {"Service": "ec2.amazonaws.com"}}, False),
            ({"Condition": {"StringEqualsIfExists": {"aws:SourceAccount": "1"}}}, True),
            ({"Condition": {"StringEquals": {"aws:SourceAccount": "2"}}}, False),
            ({"Action": "sts:TagSession"}, False),
        ],
    )
    def it_lets_a_named_service_take_the_role_on(statement, expected):
        whole = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "glue.amazonaws.com"}}
        assert trusts({"Statement": [whole | statement]}, "glue.amazonaws.com", "1") is expected


def asked(method, path, query="", **headers):
    call = S3Call.parse(method, path, query, {name.replace("_", "-"): value for name, value in headers.items()})
    return [(need.action.removeprefix("s3:"), need.resource.removeprefix("arn:aws:s3:::")) for need in needs(call)]


def describe_needs_of_s3():
    @pytest.mark.parametrize(
        ("method", "path", "query", "expected"),
        [
            ("GET", "/b/k", "", [("GetObject", "b/k")]),
            ("HEAD", "/b/k", "versionId=1", [("GetObjectVersion", "b/k")]),
            ("DELETE", "/b/k", "versionId=1", [("DeleteObjectVersion", "b/k")]),
            ("DELETE", "/b/k", "uploadId=1", [("AbortMultipartUpload", "b/k")]),
            ("PUT", "/b/k/", "", [("PutObject", "b/k/")]),
            ("PUT", "/b/k", "tagging", [("PutObjectTagging", "b/k")]),
            ("POST", "/b/k", "uploads", [("PutObject", "b/k")]),
            ("GET", "/b", "list-type=2&prefix=x%2F", [("ListBucket", "b")]),
            ("GET", "/b/", "versions&prefix=x", [("ListBucketVersions", "b")]),
            ("GET", "/b", "location", [("GetBucketLocation", "b")]),
            ("HEAD", "/b", "", [("ListBucket", "b")]),
            ("GET", "/", "", [("ListAllMyBuckets", "*")]),
        ],
    )
    def it_knows_the_actions_of_calls(method, path, query, expected):
        assert asked(method, path, query) == expected

    def it_reads_the_source_of_a_copy():
        found = asked("PUT", "/b/k", x_amz_copy_source="a/x%20y?versionId=1", x_amz_tagging="t=1")
        assert found == [("GetObjectVersion", "a/x y"), ("PutObject", "b/k"), ("PutObjectTagging", "b/k")]

    def it_tells_conditions_what_is_listed():
        (need,) = needs(S3Call.parse("GET", "/b", "list-type=2&prefix=x%2F&delimiter=%2F", {}))
        assert need.context == {"s3:prefix": ("x/",), "s3:delimiter": ("/",)}

    @pytest.mark.parametrize(
        ("method", "path", "query"), [("PUT", "/b", ""), ("GET", "/b", "replication"), ("PUT", "/b/k", "acl")]
    )
    def it_knows_no_others(method, path, query):
        with pytest.raises(UnknownCallError):
            asked(method, path, query)

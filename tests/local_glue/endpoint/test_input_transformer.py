"""The text that the targets of an EventBridge rule get."""

import json

import pytest

from local_glue.endpoint.input_transformer import transformed

EVENT = {
    "source": "shop", "time": "2024-06-25T10:00:00Z",
    "detail": {"job": "load", "rows": 3, "message": 'has "quotes"', "deep": {"er": [1]}},
}  # fmt: skip


def template(text, **paths):
    return {"InputTransformer": {"InputTemplate": text, "InputPathsMap": paths}}


def describe_the_text_for_a_target():
    @pytest.mark.parametrize(
        ("target", "text"),
        [
            ({"Input": '{"a": 1}'}, '{"a": 1}'),
            ({"InputPath": "$.detail.deep"}, '{"er": [1]}'),
            ({}, json.dumps(EVENT)),
            (template('"Job <j>: <m>"', j="$.detail.job", m="$.detail.message"), 'Job load: has "quotes"'),
            (template('"one <j>"\n"two <n>"', j="$.detail.job", n="$.detail.rows"), "one load\ntwo 3"),
            (template('"<absent>."', absent="$.detail.no.such"), "."),
            (template('{"t": "<m>", "n": <n>}', m="$.detail.message", n="$.detail.rows"),
             '{"t": "has \\"quotes\\"", "n": 3}'),
            (template("<aws.events.event.json>"), json.dumps(EVENT)),
        ],
    )  # fmt: skip
    def it_is_what_aws_sends(target, text):
        assert transformed(target, EVENT) == text

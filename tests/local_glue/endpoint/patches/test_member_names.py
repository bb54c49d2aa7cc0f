from moto.core.serialize import AttributePicker, AttributePickerContext, XFormedAttributePicker
from moto.core.utils import get_service_model

from local_glue.endpoint.patches import member_names


class Stream:
    """An object of moto's, whose class takes part in the names that its members may have."""


def describe_install():
    def it_finds_the_names_that_moto_works_out():
        member_names.install()
        picker = XFormedAttributePicker()
        for service, operation in (("dynamodb", "BatchGetItem"), ("s3", "ListObjectVersions"), ("glue", "GetJobRun")):
            output = get_service_model(service).operation_model(operation).output_shape
            for key, shape in output.members.items():
                for answer in ({}, Stream()):
                    context = AttributePickerContext(obj=answer, key=key, shape=shape)
                    worked_out = list(dict.fromkeys(AttributePicker._names_worked_out(picker, context)))
                    for _ in range(2):
                        assert list(picker.get_possible_keys(context)) == worked_out

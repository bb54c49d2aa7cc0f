"""Remembers under which names moto looks for a member of an answer.

moto (5.2.5) tries some eight names for each member, and works them out anew for each value: answers with many items
are made several times slower by that.
"""

from collections.abc import Callable, Iterator
from typing import Any


def install() -> None:
    """Makes answers of this process remember these names. Can be repeated."""
    from moto.core.serialize import AttributePicker, AttributePickerContext, XFormedAttributePicker

    if hasattr(AttributePicker, "_names_worked_out"):
        return
    worked_out: Callable[..., Iterator[str]] = XFormedAttributePicker.get_possible_keys
    known: dict[Any, tuple[str, ...]] = {}

    def remembered(picker: Any, context: AttributePickerContext) -> tuple[str, ...]:
        # The shape is kept beside its names, so that its identity is not given to another one.
        about = (context.key, context.shape, type(context.obj))
        if about not in known:
            known[about] = tuple(dict.fromkeys(worked_out(picker, context)))
        return known[about]

    AttributePicker._names_worked_out = worked_out
    XFormedAttributePicker.get_possible_keys = remembered

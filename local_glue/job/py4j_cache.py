"""Caches what Py4J finds in the JVM by name.

PySpark evaluates `jvm.functions.col` for each column of an expression. Py4J asks the JVM for both names every time, and
for the first one the JVM searches all its jars several times: a third of the run time of a small job.
"""

from collections.abc import Callable
from typing import Any


def remember() -> None:
    """Makes Py4J store classes, packages and static methods in the objects that they belong to. Can be repeated."""
    from py4j.java_gateway import JavaClass, JavaMember, JavaPackage, JVMView

    # Other values are not stored: static fields may change, and imports may change the meaning of names.
    _keep(JVMView, lambda name, found: isinstance(found, JavaClass) or name in ("java", "org", "scala"))
    _keep(JavaPackage, lambda _, found: isinstance(found, JavaClass | JavaPackage))
    _keep(JavaClass, lambda _, found: isinstance(found, JavaMember))


def _keep(kind: type, is_lasting: Callable[[str, Any], bool]) -> None:
    ask = kind.__getattr__  # type: ignore[attr-defined]
    if getattr(ask, "keeps", False):
        return

    def remembering(self: Any, name: str) -> Any:
        found = ask(self, name)
        if is_lasting(name, found):
            vars(self)[name] = found
        return found

    remembering.keeps = True  # type: ignore[attr-defined]
    kind.__getattr__ = remembering  # type: ignore[attr-defined]

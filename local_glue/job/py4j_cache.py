"""Lets Py4J remember what it has found in the JVM by name.

PySpark says `jvm.functions.col` for each column of an expression. Py4J asks the JVM for both names every time, and for
the first of them the JVM looks through all of its jars, several times over: a third of what a small job costs.
"""

from collections.abc import Callable
from typing import Any


def remember() -> None:
    """Keeps classes, packages and static methods in the objects they were asked of. Can be repeated."""
    from py4j.java_gateway import JavaClass, JavaMember, JavaPackage, JVMView

    # Values of static fields may change, and an import may give a name of the view another meaning.
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

"""Asks PyPI's advisories about every locked dependency (`make check`); says so where they cannot be reached.

Exit code 1: a version that is locked has a known vulnerability.
"""

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
NOT_CHECKED = "NOT CHECKED: the locked dependencies, for PyPI's advisories cannot be reached from here"
ANSWERS_WITHIN_S = 15


def findings(report: str) -> list[str] | None:
    """What `pip-audit -f json` found, a line each; None if the source knew none of the packages (a mirror does not)."""
    dependencies = json.loads(report)["dependencies"] if report.strip() else []
    if all("skip_reason" in dependency for dependency in dependencies):
        return None
    return [
        f"{dependency['name']} {dependency['version']}: {found['id']}, mended in {' or '.join(found['fix_versions'])}"
        for dependency in dependencies
        for found in dependency.get("vulns", ())
    ]


def audited(program: Path, lock: Path) -> list[str] | None:
    """The findings in one lock file."""
    command = [program, "--disable-pip", "--require-hashes", "-r", lock, "-f", "json", "--progress-spinner", "off"]
    run = subprocess.run([*command, "--timeout", str(ANSWERS_WITHIN_S)], capture_output=True, text=True, check=False)
    return findings(run.stdout)


def main() -> int:
    """Audits one lock file after another; returns the exit code."""
    sys.path.insert(0, str(PROJECT / "tests"))
    from environments import installed

    program, code = installed("audit") / "pip-audit", 0
    for lock in sorted((PROJECT / "requirements").glob("*.lock")):
        found = audited(program, lock)
        if found is None:
            print(NOT_CHECKED, file=sys.stderr)  # noqa: T201
            return code
        for line in found:
            print(f"requirements/{lock.name}: {line}")  # noqa: T201
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())

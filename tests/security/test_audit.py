"""What the audit of the locked dependencies makes of pip-audit's answers."""

import json

from audit import findings


def _report(*dependencies):
    return json.dumps({"dependencies": list(dependencies), "fixes": []})


SOUND = {"name": "boto3", "version": "1.42.1", "vulns": []}
WEAK = {"name": "urllib3", "version": "1.0", "vulns": [{"id": "CVE-2023-43804", "fix_versions": ["1.26.17", "2.0.6"]}]}
UNKNOWN = {"name": "uv", "skip_reason": "Dependency not found on PyPI and could not be audited: uv (0.13.8)"}


def describe_findings():
    def they_name_version_advisory_and_remedy():
        assert findings(_report(SOUND, WEAK)) == ["urllib3 1.0: CVE-2023-43804, mended in 1.26.17 or 2.0.6"]

    def there_are_none_in_sound_versions():
        assert findings(_report(SOUND, UNKNOWN)) == []

    def a_source_that_knows_nothing_has_found_nothing_out():
        assert findings(_report(UNKNOWN)) is None

    def neither_has_one_that_does_not_answer():
        assert findings("") is None

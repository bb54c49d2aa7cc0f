"""Whether much has come into the buckets of late: the runs that follow will be long."""

from datetime import timedelta

MUCH = 32 << 20
LATELY = timedelta(hours=1)


def much_has_come() -> bool:
    """Whether objects of MUCH bytes in all were written LATELY, into whichever buckets."""
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.core.utils import utcnow
    from moto.s3.models import FakeKey, s3_backends

    since, size = utcnow() - LATELY, 0
    for bucket in list(s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.values()):
        for key in bucket.keys.values():
            if isinstance(key, FakeKey) and key.last_modified >= since:
                size += key.size
    return size >= MUCH

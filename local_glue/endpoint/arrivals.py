"""Whether much has come into the buckets of late: the runs that follow will be long."""

from datetime import timedelta

MUCH = 32 << 20
LATELY = timedelta(hours=1)


def much_has_come() -> bool:
    """Whether objects of MUCH bytes in all were written LATELY, into whichever buckets."""
    from moto.core.utils import utcnow
    from moto.s3.models import FakeKey, s3_backends

    since, size = utcnow() - LATELY, 0
    backends = [backend for of_account in list(s3_backends.values()) for backend in list(of_account.values())]
    for bucket in [bucket for backend in backends for bucket in list(backend.buckets.values())]:
        for key in list(bucket.keys.values()):
            if isinstance(key, FakeKey) and key.last_modified >= since:
                size += key.size
    return size >= MUCH

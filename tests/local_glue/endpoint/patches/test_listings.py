from moto.s3.models import FakeDeleteMarker, FakeKey
from moto.s3.utils import _VersionedKeyStore

from local_glue.endpoint.patches import listings


def describe_install():
    def it_lists_what_was_there_though_keys_go_meanwhile():
        listings.install()
        store = _VersionedKeyStore()
        for key in ("a", "b", "c"):
            store[key] = f"{key}1"
        store["a"] = "a2"
        listing = store.items()
        seen = [next(listing)]
        dict.pop(store, "b")
        assert [*seen, *listing] == [("a", "a2"), ("b", "b1"), ("c", "c1")]

    def it_keeps_versions_and_values():
        listings.install()
        store = _VersionedKeyStore()
        store["a"], store["b"] = "a1", "b1"
        store["a"] = "a2"
        assert list(store.lists()) == [("a", ["a1", "a2"]), ("b", ["b1"])]
        assert list(store.values()) == ["a2", "b1"]

    def it_lets_delete_markers_go():
        listings.install()
        store = _VersionedKeyStore()
        store["a"] = FakeDeleteMarker(FakeKey("a", b"", "123456789012", "us-east-1"))
        store.pop("a")
        assert list(store.lists()) == []

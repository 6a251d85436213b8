"""Leaving nothing under a prefix of the store, and proving it by listing (DR-05)."""

from itertools import islice

from infra.objects import ObjectStore


class StillThere(Exception):
    """The store was told to remove everything and still shows something. Nothing is certified; the sweep retries."""


def empty(store: ObjectStore, prefix: str) -> int:
    """Remove every key under the prefix in every form, then list again to verify; how many keys there were.

    Objects, old versions, delete markers and unfinished uploads alike. Raises `StillThere`. Only prefixes of
    `infra.object_keys` reach here, each naming one institution.
    """
    keys = list(dict.fromkeys(store.remnants(prefix)))
    store.destroy(keys)
    left = list(islice(store.remnants(prefix), 3))
    if left:
        raise StillThere(f"{prefix} is not empty: {', '.join(left)}")
    return len(keys)

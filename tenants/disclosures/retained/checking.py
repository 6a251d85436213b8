"""Reading a copy for reference to its last byte: whether it opens, and is still what was kept (DR-07)."""

import hashlib

from infra import age, object_keys
from infra.kms import CannotUnwrap, Kms
from infra.objects import NoSuchObject, ObjectStore
from tenants.disclosures.retained.keys import open_retained_key
from tenants.disclosures.retained.models import Found, RetainedCopy


def read_back(*, copy: RetainedCopy, kms: Kms, store: ObjectStore) -> Found:
    """Open the copy and its form with its own key and compare both with their hashes, in constant memory.

    Raises `NotFound` without a key, and `KeyIncomplete` and `Unavailable`, which say nothing about the copy.
    """
    ids = {"tenant_id": copy.tenant_id, "copy_id": copy.id}
    whole = hashlib.sha256()
    try:
        secret = open_retained_key(copy=copy, kms=kms, store=store)
        form = age.decrypt(store.get(object_keys.retained_form(**ids)), secret)
        with age.opening(secret, whole.update) as arriving:
            store.read_into(object_keys.retained_copy(**ids), arriving)
    except (age.CannotDecrypt, CannotUnwrap, NoSuchObject):
        return Found.UNREADABLE
    same = whole.hexdigest() == copy.sha256
    return Found.SAME if same and hashlib.sha256(form).hexdigest() == copy.form_sha256 else Found.OTHER

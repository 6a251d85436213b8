"""The Merkle tree hash against the definition in RFC 6962, section 2.1."""

import hashlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.audit.merkle import Frontier, Growth, NotProven, leaf_hash, verify_inclusion
from tenants.retention.digest import merkle_root
from tests.tenants.retention.leaves import leaf


def by_definition(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return hashlib.sha256(b"\x00" + leaves[0] if leaves else b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


def root(leaves: list[bytes]) -> str:
    return merkle_root(map(leaf_hash, leaves))


@pytest.mark.req("KH-5-4a")
@given(leaves=st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_that_of_rfc_6962_and_of_the_tree_over_a_chain(leaves: list[bytes]) -> None:
    assert root(leaves) == by_definition(leaves).hex() == Frontier().extended(leaves).root().hex()


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle_root([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(leaves=st.lists(st.binary(max_size=4), min_size=2, max_size=20, unique=True))
def test_leaving_one_out_or_changing_their_order_changes_the_root(leaves: list[bytes]) -> None:
    whole = root(leaves)
    assert root(leaves[1:]) != whole
    assert root(leaves[::-1]) != whole


@pytest.mark.req("KH-5-4a")
def test_whoever_holds_a_line_can_show_that_its_segment_was_destroyed() -> None:
    ids, sha256 = [UUID(int=n) for n in range(7)], "ab" * 32
    leaves = [leaf(segment_id, sha256) for segment_id in ids]
    path = Growth(Frontier(), leaves).path(4)
    held = {"index": 4, "size": 7, "path": path, "root": bytes.fromhex(root(leaves))}
    verify_inclusion(leaf(ids[4], sha256), **held)
    with pytest.raises(NotProven):
        verify_inclusion(leaf(ids[4], "cd" * 32), **held)

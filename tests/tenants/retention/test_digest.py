"""The Merkle tree hash against the definition in RFC 6962, section 2.1."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.retention.digest import merkle_root


def by_definition(leaves: list[bytes]) -> bytes:
    if len(leaves) < 2:
        return hashlib.sha256(b"\x00" + leaves[0] if leaves else b"").digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@pytest.mark.req("KH-5-4a")
@given(leaves=st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_that_of_rfc_6962(leaves: list[bytes]) -> None:
    assert merkle_root(iter(leaves)) == by_definition(leaves).hex()


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle_root([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(leaves=st.lists(st.binary(max_size=4), min_size=2, max_size=20, unique=True))
def test_leaving_one_out_or_changing_their_order_changes_the_root(leaves: list[bytes]) -> None:
    root = merkle_root(leaves)
    assert merkle_root(leaves[1:]) != root
    assert merkle_root(leaves[::-1]) != root

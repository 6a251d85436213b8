"""How identity numbers are kept: sealed to one institution and one row, found by a keyed hash, joined by nobody."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import age
from infra.lookup_keys import LookupKey, create_lookup_key, read_lookup_secret
from tenants.errors import Tampered
from tenants.people.identity_keeping import lookup_key, opened, sealed, search_key
from tenants.people.identity_numbers import IdentityNumber, Kind
from tests.made_identity_numbers import number

K1, E1 = UUID(int=1), UUID(int=2)


@pytest.fixture
def key(tmp_path: Path) -> LookupKey:
    create_lookup_key(tmp_path / "lookup.key")
    return lookup_key(read_lookup_secret(tmp_path / "lookup.key"), tenant_id=K1)


@pytest.mark.req("DR-22", "KH-A1-04", "TY-A1-05")
@pytest.mark.parametrize("kind", list(Kind))
def test_a_sealed_number_opens_with_the_records_key_and_nothing_else(kind: Kind) -> None:
    records, other, row = age.new_identity(age.Kind.CLASSIC), age.new_identity(age.Kind.CLASSIC), uuid4()
    one = number(kind)
    cipher = sealed(one, records.recipient, row=row)

    assert opened(cipher, records.secret, row=row) == one
    assert one.full.encode() not in cipher
    with pytest.raises(Tampered):
        opened(cipher, other.secret, row=row)


@pytest.mark.req("DR-22")
def test_a_sealed_number_that_was_moved_to_another_row_does_not_open() -> None:
    records = age.new_identity(age.Kind.CLASSIC)
    cipher = sealed(number(), records.recipient, row=uuid4())

    with pytest.raises(Tampered, match="另一筆"):
        opened(cipher, records.secret, row=uuid4())


@pytest.mark.req("DR-22")
@pytest.mark.parametrize("plain", [b"", b"{}", b"[]", b"null", b'"A"', b'{"row": 1, "kind": "x"}', b"\xff"])
def test_what_was_not_sealed_here_does_not_open(plain: bytes) -> None:
    records = age.new_identity(age.Kind.CLASSIC)
    with pytest.raises(Tampered):
        opened(age.encrypt(plain, records.recipient), records.secret, row=uuid4())


@pytest.mark.req("DR-22")
def test_the_same_number_is_sealed_differently_each_time_and_found_the_same(key: LookupKey) -> None:
    one, records, row = number(), age.new_identity(age.Kind.CLASSIC), uuid4()

    assert sealed(one, records.recipient, row=row) != sealed(one, records.recipient, row=row)
    assert search_key(one, key) == search_key(one, key)
    assert len(search_key(one, key)) == 64


@pytest.mark.req("DR-22", "DR-08")
def test_two_institutions_cannot_compare_what_they_keep(tmp_path: Path) -> None:
    create_lookup_key(tmp_path / "lookup.key")
    secret = read_lookup_secret(tmp_path / "lookup.key")
    one = number()

    assert search_key(one, lookup_key(secret, tenant_id=K1)) != search_key(one, lookup_key(secret, tenant_id=E1))


@pytest.mark.req("DR-22")
def test_two_kinds_of_the_same_characters_are_two_people_and_two_spellings_of_a_country_one(key: LookupKey) -> None:
    full = number().full
    found = {search_key(IdentityNumber(kind=kind, full=full), key) for kind in Kind}
    spelt = {search_key(IdentityNumber(kind=Kind.PASSPORT, full=full, country=c), key) for c in ("日本", "Japan")}

    assert len(found) == len(Kind)
    assert len(spelt) == 1


@given(left=st.lists(st.text(max_size=4), max_size=4), right=st.lists(st.text(max_size=4), max_size=4))
def test_no_two_lists_of_parts_have_one_digest(left: list[str], right: list[str]) -> None:
    one = LookupKey(b"k" * 32)
    assert (one.digest(*left) == one.digest(*right)) is (left == right)

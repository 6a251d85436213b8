"""The code of an event in the pictures that it opened, as it is made and as people read it from a photo."""

import pytest

from tenants.audit.picture_codes import EventCode, codes_of, find

pytestmark = pytest.mark.req("DR-13", "KH-5-1c")
DIGEST = "9f2a" + "0" * 60


def test_both_codes_of_a_picture_name_the_event_and_one_of_them_its_hash() -> None:
    assert codes_of(123, DIGEST) == ("R123", "R123-9F2A")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("R123", "R123"),
        ("R123 115-0001\n115/11/22 10:05:07 R123-9F2A", "R123-9F2A"),
        ("R1?3-9F?A", "R1?3-9F?A"),
        ("R123-XYZW", ""),
        ("SR123", ""),
        ("R123-9F2A7", ""),
        ("115-0001 V7K3M2", ""),
        ("R", ""),
    ],
)
def test_the_longest_code_is_read(typed: str, said: str) -> None:
    assert find(typed) == said


@pytest.mark.parametrize(
    ("said", "numbers", "digest"),
    [
        ("R123", (123,), "%"),
        ("R123-9F2A", (123,), "9f2a%"),
        ("R123-9?2A", (123,), "9_2a%"),
        ("R1?", tuple(range(10, 20)), "%"),
        ("R?2", (12, 22, 32, 42, 52, 62, 72, 82, 92), "%"),
        ("R0123", (), "%"),
        ("", (), "%"),
    ],
)
def test_what_nobody_could_read_can_be_anything(said: str, numbers: tuple[int, ...], digest: str) -> None:
    assert EventCode.of(said) == EventCode(numbers=numbers, digest=digest)

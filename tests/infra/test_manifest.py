"""The signed line of a segment."""

import base64
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from infra.manifest import (
    BadManifest,
    ManifestLine,
    SignedLine,
    Trust,
    instant,
    microseconds,
    parse,
    parse_and_verify,
    signed,
)
from infra.signing import public_key_text, sign

KEY = Ed25519PrivateKey.generate()
LINE = ManifestLine(
    v=1,
    segment_id=UUID(int=1),
    tenant_id=UUID(int=2),
    site_id=UUID(int=3),
    camera_id=UUID(int=4),
    device_id=UUID(int=5),
    civil_day=date(2026, 11, 20),
    retention_days=14,
    recipient="age1example",
    started_us=microseconds(datetime(2026, 11, 20, 2, 0, 0, 123456, tzinfo=UTC)),
    ended_us=microseconds(datetime(2026, 11, 20, 2, 1, 0, 1, tzinfo=UTC)),
    monotonic_ns=99,
    media_ms=60_000,
    clock_offset_us=-1200,
    clock_source="server",
    codec="h264",
    width=1280,
    height=720,
    audio=False,
    packets=1500,
    plain_bytes=10,
    plain_sha256="a" * 64,
    cipher_bytes=20,
    cipher_sha256="b" * 64,
    cipher_md5="c" * 32,
    ended_because="full",
)
SECOND = replace(
    LINE,
    v=2,
    boot_id=UUID(int=6),
    wall_us=LINE.started_us - 1,
    trust=Trust.SYNCHRONISED,
    clock_bound_us=0,
    camera_offset_us=-75_000_000,
    camera_bound_us=500_000,
    camera_age_s=0,
    lost_packets=3,
    notes="recovered,timestamp_jump",
)


# What a recorder of the first version signed, to the byte.
FIRST_TEXT = (
    '{"audio":false,"camera_id":"00000000-0000-0000-0000-000000000004","cipher_bytes":20,"cipher_md5":"' + "c" * 32
    + '","cipher_sha256":"' + "b" * 64 + '","civil_day":"2026-11-20","clock_offset_us":-1200,"clock_source":"server",'
    '"codec":"h264","device_id":"00000000-0000-0000-0000-000000000005","ended_because":"full",'
    '"ended_us":1795140060000001,"height":720,"media_ms":60000,"monotonic_ns":99,"packets":1500,"plain_bytes":10,'
    '"plain_sha256":"' + "a" * 64 + '","recipient":"age1example","retention_days":14,'
    '"segment_id":"00000000-0000-0000-0000-000000000001","site_id":"00000000-0000-0000-0000-000000000003",'
    '"started_us":1795140000123456,"tenant_id":"00000000-0000-0000-0000-000000000002","v":1,"width":1280}'
)  # fmt: skip


@pytest.mark.req("DR-07", "DR-18")
def test_a_line_of_the_first_version_is_read_and_spelled_as_ever_and_knows_nothing_more() -> None:
    line = parse(FIRST_TEXT)
    assert (line, line.text()) == (LINE, FIRST_TEXT)
    assert (line.trust, line.clock_bound_us, line.lost_packets, line.notes) == (Trust.UNSTATED, -1, -1, "")


@pytest.mark.req("DR-18", "KH-3-10")
def test_a_line_of_the_second_version_says_what_its_times_are_worth() -> None:
    assert parse_and_verify(signed(SECOND, KEY), public_key=public_key_text(KEY)) == SECOND
    assert parse(replace(SECOND, notes="", trust="a_later_word").text()).trust == "a_later_word"


@pytest.mark.parametrize(
    "text",
    [
        SECOND.text().replace('"v":2', '"v":1'),
        SECOND.text().replace('"v":2', '"v":3'),
        SECOND.text().replace('"lost_packets":3,', ""),
        SECOND.text().replace('"lost_packets":3', '"lost_packets":null'),
        replace(SECOND, lost_packets=-2).text(),
        replace(SECOND, lost_packets=2**31).text(),
        replace(SECOND, wall_us=-2).text(),
        replace(SECOND, clock_bound_us=2**63).text(),
        replace(SECOND, camera_bound_us=2**31).text(),
        replace(SECOND, camera_offset_us=-(2**63)).text(),
        replace(SECOND, camera_age_s=2**31).text(),
        replace(SECOND, trust="").text(),
        replace(SECOND, notes="timestamp_jump,recovered").text(),
        replace(SECOND, notes="recovered,recovered").text(),
        replace(SECOND, notes="Recovered").text(),
        replace(SECOND, notes=",").text(),
        replace(SECOND, notes="a" * 65).text(),
        replace(SECOND, boot_id=UUID(int=255)).text().replace("0000ff", "0000FF"),
    ],
)
def test_a_line_of_the_second_version_that_is_not_possible_is_refused(text: str) -> None:
    with pytest.raises(BadManifest) as refused:
        parse(text)
    assert refused.value.code == "bad_line"


@pytest.mark.req("DR-07")
def test_a_signed_line_comes_back_as_it_was() -> None:
    assert parse_and_verify(signed(LINE, KEY), public_key=public_key_text(KEY)) == LINE


@pytest.mark.req("DR-07")
def test_a_line_changed_by_one_digit_is_refused() -> None:
    held = signed(LINE, KEY)
    changed = SignedLine(held.line.replace('"packets":1500', '"packets":1501'), held.signature)
    with pytest.raises(BadManifest) as refused:
        parse_and_verify(changed, public_key=public_key_text(KEY))
    assert refused.value.code == "bad_signature"


@pytest.mark.req("DR-07")
def test_a_line_signed_by_another_device_is_refused() -> None:
    with pytest.raises(BadManifest) as refused:
        parse_and_verify(signed(LINE, Ed25519PrivateKey.generate()), public_key=public_key_text(KEY))
    assert refused.value.code == "bad_signature"


def test_a_signature_spelled_in_another_way_is_refused() -> None:
    """It opens to the same 64 bytes, and whoever keeps those could not give it back as it came."""
    held = signed(LINE, KEY)
    other = held.signature[:-3] + chr(ord(held.signature[-3]) + 1) + "=="
    assert base64.b64decode(other) == base64.b64decode(held.signature)
    with pytest.raises(BadManifest) as refused:
        parse_and_verify(SignedLine(held.line, other), public_key=public_key_text(KEY))
    assert refused.value.code == "bad_signature"


@pytest.mark.parametrize(
    "text",
    [
        LINE.text().replace(":", ": ", 1),
        LINE.text().replace('"v":1', '"v":1.0'),
        LINE.text().replace('"v":1', '"v":true'),
        LINE.text().replace('"v":1', '"v":2'),
        LINE.text().replace('"v":1', '"v":1,"v":1'),
        LINE.text().replace('"packets":1500', '"packets":"1500"'),
        LINE.text().replace('"packets":1500', '"packets":NaN'),
        LINE.text().replace('"audio":false,', ""),
        LINE.text().replace("2026-11-20", "2026-11-21"),
        LINE.text().replace("a" * 64, "A" * 64),
        replace(LINE, ended_us=LINE.started_us).text(),
        replace(LINE, ended_us=10**30).text(),
        replace(LINE, plain_bytes=0).text(),
        replace(LINE, width=2**15).text(),
        replace(LINE, packets=2**31).text(),
        replace(LINE, retention_days=2**31).text(),
        replace(LINE, clock_offset_us=-(2**63)).text(),
        replace(LINE, codec="").text(),
        replace(LINE, codec="h\x00").text(),
        replace(LINE, ended_because='"full"').text(),
        replace(LINE, clock_source="伺服器").text(),
        "[]",
        "",
        "[" * 100_000,
    ],
)
def test_a_line_that_is_not_canonical_or_not_possible_is_refused_even_when_signed(text: str) -> None:
    with pytest.raises(BadManifest) as refused:
        parse_and_verify(SignedLine(text, sign(KEY, text.encode())), public_key=public_key_text(KEY))
    assert refused.value.code == "bad_line"


def test_a_camera_name_with_an_unpaired_surrogate_is_a_bad_line_and_no_crash() -> None:
    with pytest.raises(BadManifest):
        parse(LINE.text().replace("age1example", "\\ud800"))


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_instants_keep_every_microsecond(moment: datetime) -> None:
    assert instant(microseconds(moment)) == moment

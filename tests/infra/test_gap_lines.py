"""The signed line of a span that was not recorded."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.causes import GapCause
from infra.gap_lines import GapLine, parse_gap, sign_gap
from infra.manifest import BadManifest, SignedLine
from infra.signing import public_key_text, sign

KEY = Ed25519PrivateKey.generate()
LINE = GapLine(
    tenant_id=UUID(int=2),
    site_id=UUID(int=3),
    camera_id=UUID(int=4),
    device_id=UUID(int=5),
    started_us=1_795_147_200_000_001,
    ended_us=1_795_147_260_000_002,
    cause=GapCause.CAMERA_UNREACHABLE,
    evidence={"tries": 3, "error": "ConnectionRefusedError"},
)


def refusal(held: SignedLine) -> str:
    with pytest.raises(BadManifest) as refused:
        parse_gap(held, public_key=public_key_text(KEY))
    return refused.value.code


def spelled(document: dict[str, Any]) -> SignedLine:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return SignedLine(text, sign(KEY, text.encode()))


@pytest.mark.req("DR-17", "KH-5-3b")
def test_a_signed_gap_comes_back_to_the_microsecond_and_the_same_gap_gives_the_same_bytes() -> None:
    assert parse_gap(sign_gap(LINE, KEY), public_key=public_key_text(KEY)) == LINE
    assert sign_gap(LINE, KEY) == sign_gap(replace(LINE), KEY)


@pytest.mark.req("DR-17")
def test_a_gap_is_known_by_its_device_camera_and_start() -> None:
    assert replace(LINE, ended_us=LINE.ended_us + 9, cause=GapCause.NO_VIDEO).gap_id == LINE.gap_id
    others = [replace(LINE, **{name: uuid4()}) for name in ("device_id", "camera_id")]
    others.append(replace(LINE, started_us=LINE.started_us + 1))
    assert len({one.gap_id for one in [LINE, *others]}) == 4


@pytest.mark.req("DR-07", "DR-17")
def test_a_gap_that_was_changed_or_signed_by_another_is_refused() -> None:
    held = sign_gap(LINE, KEY)
    assert refusal(SignedLine(held.line.replace("unreachable", "refused"), held.signature)) == "bad_signature"
    assert refusal(sign_gap(LINE, Ed25519PrivateKey.generate())) == "bad_signature"


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"gap_id": str(UUID(int=1))},
        {"started_us": LINE.ended_us},
        {"started_us": -1},
        {"ended_us": True},
        {"ended_us": "10"},
        {"cause": "no_contact"},
        {"cause": "aliens"},
        {"more": 1},
        {"evidence": []},
        {"evidence": {"where": "rtsp://10.0.0.9/"}},
        {"evidence": {"error": "a sentence with spaces"}},
        {"evidence": {"tries": True}},
        {"evidence": {"tries": None}},
        {"evidence": {f"fact_{number}": 1 for number in range(13)}},
        {"camera_id": "x"},
    ],
)
def test_an_impossible_gap_or_one_that_says_too_much_is_refused(changes: dict[str, Any]) -> None:
    document = {**json.loads(LINE.text()), **changes}
    assert refusal(spelled(document)) == "bad_line"


def test_another_spelling_and_no_json_at_all_are_refused() -> None:
    texts = [LINE.text().replace(":", ": ", 1), "", "[]", "{}", "null", LINE.text().replace('"v":1', '"v":1.0')]
    for text in texts:
        assert refusal(SignedLine(text, sign(KEY, text.encode()))) == "bad_line", text

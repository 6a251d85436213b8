"""The row of a segment is its line: what a device signed comes out of it as it went in."""

import string
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from infra import clock
from infra.db import db
from infra.manifest import VERSION, ManifestLine, instant, microseconds, parse, signed
from tenants.footage.lines import columns, line_of, signed_line
from tenants.footage.models import Segment, SegmentState
from tests.factories.devices import SigningBox

KEY = Ed25519PrivateKey.generate()
_FIRST, _LAST = (microseconds(datetime(year, 1, 1, tzinfo=UTC)) for year in (1, 9999))
_COUNTS, _LONG = st.integers(1, 2**31 - 1), 2**63 - 1
_HEX, _WORDS = st.binary(min_size=32, max_size=32).map(bytes.hex), st.text(string.ascii_letters + "-_.+/1", min_size=1)


_NOTES = st.sets(st.sampled_from(["recovered", "timestamp_jump", "later_1"])).map(lambda found: ",".join(sorted(found)))


@st.composite
def of_version_2(draw: st.DrawFn) -> dict[str, Any]:
    """What the line says of time since version 2."""
    return {
        "boot_id": draw(st.uuids()),
        "trust": draw(_WORDS.filter(lambda word: len(word) <= 64)),
        "notes": draw(_NOTES),
        "camera_offset_us": draw(st.integers(-_LONG, _LONG)),
        **{name: draw(st.integers(-1, _LONG)) for name in ("wall_us", "clock_bound_us")},
        **{name: draw(st.integers(-1, 2**31 - 1)) for name in ("camera_bound_us", "camera_age_s", "lost_packets")},
    }


@st.composite
def lines(draw: st.DrawFn) -> ManifestLine:
    version = draw(st.sampled_from([1, VERSION]))
    started_us = draw(st.integers(_FIRST + 10**12, _LAST))
    return ManifestLine(
        v=version,
        **{f"{of}_id": draw(st.uuids()) for of in ("segment", "tenant", "site", "camera", "device")},
        civil_day=clock.civil_day(instant(started_us)),
        retention_days=draw(_COUNTS),
        recipient=draw(_WORDS.filter(lambda word: len(word) <= 64)),
        started_us=started_us,
        ended_us=started_us + draw(st.integers(1, 600_000_000)),
        monotonic_ns=draw(st.integers(0, _LONG)),
        media_ms=draw(st.integers(0, 2**31 - 1)),
        clock_offset_us=draw(st.integers(-_LONG, _LONG)),
        **{name: draw(_WORDS.filter(lambda word: len(word) <= 64)) for name in ("clock_source", "codec")},
        **{name: draw(st.integers(1, 2**15 - 1)) for name in ("width", "height")},
        audio=draw(st.booleans()),
        **{name: draw(_COUNTS) for name in ("packets", "plain_bytes", "cipher_bytes")},
        **{name: draw(_HEX) for name in ("plain_sha256", "cipher_sha256")},
        cipher_md5=draw(st.binary(min_size=16, max_size=16)).hex(),
        ended_because=draw(_WORDS.filter(lambda word: len(word) <= 64)),
        **(draw(of_version_2()) if version == VERSION else {}),
    )


@pytest.mark.req("DR-07")
@given(line=lines())
def test_any_line_that_may_enter_comes_out_of_its_row_to_the_byte(line: ManifestLine) -> None:
    held = signed(line, KEY)
    assert parse(held.line) == line
    row = Segment(**columns(line, held))
    assert signed_line(row, recipient=line.recipient) == held


@pytest.mark.req("DR-07")
@pytest.mark.parametrize("whole_second", [True, False])
def test_a_line_at_its_limits_comes_out_of_the_database_to_the_byte(box: SigningBox, *, whole_second: bool) -> None:
    started_at = clock.now().replace(microsecond=0 if whole_second else 999_999)
    line = replace(
        box.line(recipient="age1example", started_at=started_at, audio=whole_second),
        monotonic_ns=2**63 - 1,
        clock_offset_us=1 - 2**63,
        **dict.fromkeys(("media_ms", "packets", "plain_bytes", "cipher_bytes"), 2**31 - 1),
        **dict.fromkeys(("width", "height"), 2**15 - 1),
        **dict.fromkeys(("clock_source", "codec", "ended_because", "trust"), "~!" * 32),
        **dict.fromkeys(("wall_us", "clock_bound_us", "camera_offset_us"), 2**63 - 1),
        **dict.fromkeys(("camera_bound_us", "camera_age_s", "lost_packets"), 2**31 - 1),
        notes="a" * 64,
    )
    held = box.sign(line)
    db.session.execute(text("select ensure_segment_partition(:day, 14)"), {"day": line.civil_day})
    db.session.add(Segment(state=SegmentState.STORED, confirmed_at=clock.now(), **columns(line, held)))
    db.session.commit()
    db.session.expire_all()
    kept = db.session.scalars(select(Segment)).one()
    assert signed_line(kept, recipient="age1example") == held
    assert line_of(kept, recipient="age1other") != line


@pytest.mark.req("DR-07", "DR-18")
def test_a_line_of_the_first_version_is_a_row_that_knows_nothing_of_what_it_did_not_say(box: SigningBox) -> None:
    first = replace(box.line(recipient="age1example"), v=1)
    line = parse(first.text())
    held = box.sign(line)
    db.session.execute(text("select ensure_segment_partition(:day, 14)"), {"day": line.civil_day})
    db.session.add(Segment(state=SegmentState.STORED, confirmed_at=clock.now(), **columns(line, held)))
    db.session.commit()
    db.session.expire_all()
    kept = db.session.scalars(select(Segment)).one()
    assert (kept.trust, kept.clock_bound_us, kept.camera_bound_us, kept.lost_packets) == ("unstated", -1, -1, -1)
    assert signed_line(kept, recipient="age1example") == held

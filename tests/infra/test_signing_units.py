"""A camera's own signing units in samples of video: told by their UUID, in either codec, and from nothing else."""

import io
from collections.abc import Mapping
from typing import IO

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.camera_signing import SigningCount
from infra.signing_units import Framework, signing_units
from tests import made_segments
from tests.signed_video import AXIS, FRAMES, ONVIF, message, sei, stream

pytestmark = pytest.mark.req("DR-07")

OTHER = bytes(range(16))
SLICE = {"h264": b"\x65slice", "hevc": b"\x26\x01slice"}
# A message of another type before it in the same unit: a recovery point of one byte.
RECOVERY_POINT = b"\x06\x01\xc4"


def sample(*units: bytes, length: int = 4) -> memoryview:
    return memoryview(b"".join(len(unit).to_bytes(length, "big") + unit for unit in units))


def found(codec: str, *units: bytes, length: int = 4) -> list[Framework]:
    return list(signing_units(codec, sample(*units, length=length), length=length))


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_each_framework_is_told_by_its_uuid(codec: str) -> None:
    units = (sei(codec, AXIS, b"tlv"), sei(codec, OTHER, b"tlv"), sei(codec, ONVIF, b"tlv"), SLICE[codec])
    assert found(codec, *units) == [Framework.AXIS, Framework.ONVIF]


def test_in_h265_a_unit_after_the_slices_counts_too() -> None:
    after = b"\x50\x01" + sei("hevc", ONVIF, b"tlv")[2:]
    assert found("hevc", SLICE["hevc"], after) == [Framework.ONVIF]


@pytest.mark.parametrize("size", [0, 1, 238, 239, 240, 494, 495, 70_000])
def test_a_payload_of_any_length_and_full_of_zeros_is_read_over(size: int) -> None:
    both = sei("h264", AXIS, b"\x00" * size, before=message(ONVIF, b"\x00" * size))
    assert found("h264", both, SLICE["h264"]) == [Framework.ONVIF, Framework.AXIS]


def test_another_message_before_it_in_the_same_unit_hides_nothing() -> None:
    assert found("h264", sei("h264", AXIS, b"tlv", before=RECOVERY_POINT)) == [Framework.AXIS]


def test_the_uuid_anywhere_else_is_no_unit() -> None:
    other_type = b"\x06\x04" + sei("h264", AXIS, b"tlv")[2:]
    in_slice = b"\x65" + AXIS
    in_payload = sei("h264", OTHER, AXIS)
    assert found("h264", other_type, in_slice, in_payload) == []


@pytest.mark.parametrize("length", [1, 2, 4])
def test_lengths_of_any_size_are_read(length: int) -> None:
    assert found("h264", sei("h264", AXIS, b"tlv"), SLICE["h264"], length=length) == [Framework.AXIS]


@given(data=st.binary(max_size=200), codec=st.sampled_from(["h264", "hevc"]), length=st.sampled_from([1, 2, 4]))
def test_whatever_a_sample_holds_it_is_read_to_its_end(data: bytes, codec: str, length: int) -> None:
    list(signing_units(codec, memoryview(data), length=length))
    list(signing_units(codec, memoryview(b"\x00\x00\x00\xff\x06" + data), length=4))


def counted(film: IO[bytes]) -> Mapping[Framework, int]:
    """Those of every sample, as they are counted while a film is joined."""
    with av.open(film) as source:
        context = source.streams.video[0].codec_context
        count = SigningCount(context.name, bytes(context.extradata or b""))
        for packet in source.demux(video=0):
            count.add(memoryview(packet))
    return count.found


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_the_units_of_a_film_are_counted_as_a_decoder_sees_them(codec: str) -> None:
    signing = {number: [sei(codec, ONVIF, bytes(300))] for number in range(0, FRAMES, 10)}
    film = stream(codec, signing | {5: [sei(codec, AXIS, b"tlv"), sei(codec, OTHER, b"tlv")]}, kind="mp4")

    assert counted(film) == {Framework.ONVIF: 4, Framework.AXIS: 1}
    film.seek(0)
    with av.open(film) as source:
        beside = [frame.side_data.get("SEI_UNREGISTERED") for frame in source.decode(video=0)]
    seen = [bytes(each)[:16] for each in beside if each is not None]
    assert (seen.count(ONVIF), len(beside)) == (4, FRAMES)


def test_a_film_without_any_has_none() -> None:
    assert counted(io.BytesIO(made_segments.clip(1).plain)) == {}

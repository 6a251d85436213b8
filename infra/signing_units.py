"""Signatures that a camera puts into its own video: recognised and counted, never checked.

Two frameworks are known. Both write their hashes and signatures into SEI messages of type 5, `user_data_unregistered`
(ITU-T H.264 and H.265, annex D), and are told apart by the UUID that such a message begins with:

- Axis Signed Video, the ASCII of `Signed Video...0`: README.md and `kUuidSignedVideo` in lib/src/sv_common.c of
  github.com/AxisCommunications/signed-video-framework;
- ONVIF Media Signing, `005bc93f-2d71-5e95-ada4-796f90877a6f`: README.md and `kUuidMediaSigning` in
  lib/src/oms_common.c of github.com/onvif/media-signing-framework, for the ONVIF Media Signing Specification.

Anybody can write such a message, and whether what is in it holds is for the maker's own program and root certificate.
So a count says that the units are there and went on as they came, and no more.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from uuid import UUID

_USER_DATA_UNREGISTERED = 5
_UUID_BYTES = 16
_MORE = 0xFF
# Where the header of each kind ends, and which units are SEI: for H.265 before and after the slices (table 7-1).
_H264_HEADER, _H264_SEI = 1, frozenset({6})
_HEVC_HEADER, _HEVC_SEI = 2, frozenset({39, 40})


class Framework(StrEnum):
    """Whose units they are."""

    AXIS = "axis_signed_video"
    ONVIF = "onvif_media_signing"


UUIDS: Mapping[bytes, Framework] = {
    b"Signed Video...0": Framework.AXIS,
    UUID("005bc93f-2d71-5e95-ada4-796f90877a6f").bytes: Framework.ONVIF,
}


def signing_units(codec: str, sample: memoryview, *, length: int = 4) -> Iterator[Framework]:
    """The frameworks of the signing units in one sample of an MP4, whose units have their lengths in front of them."""
    is_hevc = codec == "hevc"
    header, wanted = (_HEVC_HEADER, _HEVC_SEI) if is_hevc else (_H264_HEADER, _H264_SEI)
    at, end = 0, len(sample)
    while at + length < end:  # of each picture of each film: no call and no slice more than it needs
        size = int.from_bytes(sample[at : at + length], "big")
        at += length
        kind = (sample[at] >> 1) & 0x3F if is_hevc else sample[at] & 0x1F
        if size and kind in wanted:
            yield from _frameworks(sample[at + header : at + size])
        at += size


def _frameworks(payload: memoryview) -> Iterator[Framework]:
    """Those of the messages of one SEI unit (7.3.2.3.1), without the bytes that only keep start codes out of it."""
    raw, at = bytes(payload).replace(b"\x00\x00\x03", b"\x00\x00"), 0
    while at + 1 < len(raw):  # a last byte by itself is the stop bit
        kind, at = _number(raw, at)
        size, at = _number(raw, at)
        framework = UUIDS.get(raw[at : at + min(size, _UUID_BYTES)])
        if kind == _USER_DATA_UNREGISTERED and framework is not None:
            yield framework
        at += size


def _number(raw: bytes, at: int) -> tuple[int, int]:
    """A type or size that is spelled in bytes of which all but the last are full, and where it ends."""
    value = 0
    while at < len(raw):
        value, at = value + raw[at], at + 1
        if raw[at - 1] != _MORE:
            break
    return value, at

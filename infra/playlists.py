"""Playlists for playback in a browser (HLS, RFC 8216), honest about gaps. Text only, so no video library is needed."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from infra.manifest import instant

INIT = "init.mp4"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One media piece, counted from 1: when its first frame was taken, its length, whether it follows a gap."""

    number: int
    started_us: int
    duration_ms: int
    after_gap: bool


def piece_name(number: int) -> str:
    """The name of a media piece, such as `12.m4s`."""
    return f"{number}.m4s"


def playlist(pieces: Iterable[Piece]) -> str:
    """A whole recording: each piece with the wall time it was taken at, each gap marked as a discontinuity."""
    held = list(pieces)
    longest = max((piece.duration_ms for piece in held), default=0)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{ceil(longest / 1000)}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f'#EXT-X-MAP:URI="{INIT}"',
    ]
    for piece in held:
        if piece.after_gap:
            lines.append("#EXT-X-DISCONTINUITY")
        taken = instant(piece.started_us).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        lines += [
            f"#EXT-X-PROGRAM-DATE-TIME:{taken}",
            f"#EXTINF:{piece.duration_ms / 1000:.3f},",
            piece_name(piece.number),
        ]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])

"""The copy for ordinary players: every picture of the original's span and none besides, gaps as grey cards."""

import io
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import IO, Any

import av
import pytest

from infra.browser_copies import browser_copy, needs_copy
from infra.joining import Clip, Part, join
from tests.infra.reading_marks import luma
from tests.infra.watching import GREY, SECOND, SIZE, T0, Seen, clip_of, numbers, three
from tests.made_segments import EXPORTED, clip

pytestmark = pytest.mark.req("DR-25", "KH-6-1d")


def joined(clips: Sequence[Clip], scratch: Path, *, from_us: int = T0, until_us: int = T0 + 12 * SECOND) -> Part:
    """The one part; its own file is of no use here."""
    (part,) = join(clips, from_us=from_us, until_us=until_us, scratch=scratch, exported=EXPORTED)
    part.file.close()
    return part


def shown(file: IO[bytes]) -> list[Seen]:
    with av.open(file) as source:
        assert source.streams.video[0].codec_context.name == "h264"
        return [Seen(float(frame.time or 0), luma(frame)) for frame in source.decode(video=0)]


@cache
def with_g711() -> bytes:
    """Four seconds of picture with A-law, as a box might have kept them that did not know better."""
    made, buffer = clip(4, size=SIZE), io.BytesIO()
    with av.open(io.BytesIO(made.plain)) as source, av.open(buffer, "w", format="mov") as out:
        video = out.add_stream_from_template(source.streams.video[0], opaque=True)
        sound = out.add_stream("pcm_alaw", rate=8000, layout="mono")
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = video
                out.mux_one(packet)
        for number in range(40):
            frame = av.AudioFrame(format="s16", layout="mono", samples=800)
            frame.planes[0].update(bytes([0, 32, 0, 224]) * 400)
            frame.sample_rate, frame.pts, frame.time_base = 8000, number * 800, Fraction(1, 8000)
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    return buffer.getvalue()


@pytest.mark.parametrize("kind", [{}, {"audio": True}], ids=["no sound", "aac"])
def test_what_plays_everywhere_is_not_copied(tmp_path: Path, kind: dict[str, Any]) -> None:
    assert not needs_copy(joined(three(**kind), tmp_path))


def test_h265_comes_out_as_h264_with_the_same_pictures_and_no_other(tmp_path: Path) -> None:
    part = joined(three(codec="libx265"), tmp_path, from_us=T0 + 1_530_000, until_us=T0 + 9_400_000)
    assert needs_copy(part)

    with browser_copy(part, scratch=tmp_path) as file:
        found = shown(file)

    assert numbers(found, first=16) == list(range(16, 94)), "as the original shows, and not one frame beyond"
    assert [each.second for each in found] == pytest.approx([at / 10 for at in range(78)], abs=0.002)
    assert list(tmp_path.iterdir()) == [], "nothing has a name"


def test_a_gap_is_a_grey_card_for_as_long_as_it_was(tmp_path: Path) -> None:
    first, _lost, last = three(codec="libx265")
    part = joined([first, last], tmp_path)

    with browser_copy(part, scratch=tmp_path) as file:
        found = shown(file)

    inside = [each for each in found if 4.05 < each.second < 7.95]
    assert len(inside) >= 3
    assert all(each.picture.getpixel((2, 2)) == pytest.approx(GREY, abs=4) for each in inside)
    assert max(each.second for each in found) == pytest.approx(11.9, abs=0.05)


def test_g711_keeps_its_own_samples_in_the_original_and_is_heard_in_the_copy(tmp_path: Path) -> None:
    held = Clip(started_us=T0, ended_us=T0 + 4 * SECOND, media_ms=4000, read=with_g711)
    (part,) = join([held], from_us=T0, until_us=T0 + 4 * SECOND, scratch=tmp_path, exported=EXPORTED)

    assert (part.suffix, part.sound, needs_copy(part)) == ("mov", "pcm_alaw", True)
    with part.file, av.open(part.file) as source:
        assert [stream.codec_context.name for stream in source.streams] == ["h264", "pcm_alaw"]
        assert len([packet for packet in source.demux(video=0) if packet.size]) == 40
    with browser_copy(part, scratch=tmp_path) as file, av.open(file) as source:
        assert [stream.codec_context.name for stream in source.streams] == ["h264", "aac"]
        assert sum(frame.samples for frame in source.decode(audio=0)) == pytest.approx(4 * 48_000, rel=0.02)


def test_the_same_part_gives_the_same_copy_and_each_segment_is_read_once(tmp_path: Path) -> None:
    reads: list[int] = []

    def counted(number: int, one: Clip) -> Clip:
        def read() -> bytes:
            reads.append(number)
            return one.read()

        return Clip(started_us=one.started_us, ended_us=one.ended_us, media_ms=one.media_ms, read=read)

    clips = [counted(number, one) for number, one in enumerate(three(codec="libx265"))]
    part = joined(clips, tmp_path)
    reads.clear()

    with browser_copy(part, scratch=tmp_path) as file:
        once, read = file.read(), list(reads)
    with browser_copy(part, scratch=tmp_path) as file:
        assert file.read() == once
    assert read == [0, 1, 2]


def test_a_large_picture_becomes_a_small_one(tmp_path: Path) -> None:
    made = clip(0.5, size=(2560, 1440), codec="libx265")
    part = joined([clip_of(made, T0, span_us=SECOND // 2)], tmp_path, until_us=T0 + SECOND // 2)

    with browser_copy(part, scratch=tmp_path) as file, av.open(file) as source:
        assert (source.streams.video[0].width, source.streams.video[0].height) == (1280, 720)

"""Joining and trimming, looked at with ffprobe and ffmpeg from outside."""

import hashlib
import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from infra.joining import Clip, Part, Unreadable, join
from tests.made_segments import EXPORTED, Made, clip, pictures

T0 = 1_795_000_000_000_000
SECOND = 1_000_000
FOUR = 4 * SECOND


@dataclass(frozen=True)
class Joined:
    """What came out, with the files under names for the tools."""

    parts: list[Part]
    files: list[Path]

    def shown(self, part: int = 0) -> list[float]:
        """When each frame that a player shows is shown, in seconds from the first."""
        frames = _probe(self.files[part], "-select_streams", "v", "-show_entries", "frame=pts_time")["frames"]
        return [float(frame["pts_time"]) for frame in frames]


def clip_of(made: Made, started_us: int, *, span_us: int = FOUR) -> Clip:
    return Clip(started_us=started_us, ended_us=started_us + span_us, media_ms=made.media_ms, read=lambda: made.plain)


def joined(tmp_path: Path, clips: list[Clip], *, from_us: int = T0, until_us: int = T0 + 60 * SECOND) -> Joined:
    parts = list(join(clips, from_us=from_us, until_us=until_us, scratch=tmp_path, exported=EXPORTED))
    files = []
    for number, part in enumerate(parts):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(part.file.read())
        part.file.close()
        files.append(path)
    return Joined(parts, files)


def _probe(path: Path, *arguments: str) -> dict[str, list[dict[str, str]]]:
    command = ["ffprobe", "-v", "error", "-of", "json", *arguments, str(path)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)  # noqa: S603 - our own words
    assert done.stderr == ""
    result: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return result


def decodes(path: Path) -> None:
    """Every frame decodes without a complaint."""
    command = ["ffmpeg", "-v", "error", "-xerror", "-i", str(path), "-enc_time_base", "-1", "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 - as above
    assert (done.returncode, done.stderr) == (0, "")


def digests(packets: list[bytes]) -> list[str]:
    return [hashlib.sha256(packet).hexdigest() for packet in packets]


@pytest.mark.req("DR-25", "KH-6-1d")
@pytest.mark.parametrize(
    ("b_frames", "audio", "codec"), [(0, False, "libx264"), (2, True, "libx264"), (0, True, "libx265")]
)
def test_the_whole_of_segments_is_one_playable_file_of_the_very_samples(
    tmp_path: Path, b_frames: int, *, audio: bool, codec: str
) -> None:
    made = [clip(4, b_frames=b_frames, audio=audio, codec=codec, first=number * 40) for number in range(3)]

    result = joined(tmp_path, [clip_of(one, T0 + number * FOUR) for number, one in enumerate(made)])

    source = [packet for one in made for packet in one.pictures]
    assert digests(pictures(result.files[0].read_bytes())) == digests(source)
    assert len(result.shown()) == 120
    assert result.parts[0].pre_roll_ms == 0
    assert (result.parts[0].started_us, result.parts[0].ended_us) == (T0, T0 + 12 * SECOND)
    decodes(result.files[0])
    kinds = {stream["codec_type"] for stream in _probe(result.files[0], "-show_streams")["streams"]}
    assert kinds == ({"video", "audio"} if audio else {"video"})


@pytest.mark.req("KH-6-1d", "DR-12", "DR-07")
@pytest.mark.parametrize("b_frames", [0, 2])
def test_a_window_shows_nothing_before_it_and_holds_nothing_after_it(tmp_path: Path, b_frames: int) -> None:
    made = [clip(4, b_frames=b_frames, audio=True, first=number * 40) for number in range(3)]
    clips = [clip_of(one, T0 + number * FOUR) for number, one in enumerate(made)]
    from_us, until_us = T0 + 1_530_000, T0 + 9_370_000

    result = joined(tmp_path, clips, from_us=from_us, until_us=until_us)

    part, file = result.parts[0], result.files[0]
    assert from_us <= part.started_us < from_us + 100_000
    assert part.ended_us <= until_us
    shown = result.shown()
    assert shown[0] >= 0
    assert len(shown) == 78  # 1.6 s to 9.3 s at ten frames a second
    assert (part.started_us - T0 + shown[-1] * SECOND) < until_us - T0
    packets = _probe(file, "-show_entries", "packet=codec_type,pts_time,flags")["packets"]
    before = [packet for packet in packets if float(packet["pts_time"]) < 0]
    assert all("D" in packet["flags"] for packet in before), "a pre-roll frame would be shown"
    assert 0 < part.pre_roll_ms <= 1000
    source = [packet for one in made for packet in one.pictures]
    written = digests(pictures(file.read_bytes()))
    everything = digests(source)
    begin = everything.index(written[0])
    assert begin == 10  # the key frame at one second, without which the frame at 1.6 s cannot be decoded
    assert written == everything[begin : begin + len(written)]
    decodes(file)


def test_a_window_inside_one_segment_is_trimmed_on_both_sides(tmp_path: Path) -> None:
    result = joined(tmp_path, [clip_of(clip(4), T0)], from_us=T0 + 2 * SECOND, until_us=T0 + 3 * SECOND)

    assert len(result.shown()) == 10
    assert result.parts[0].pre_roll_ms == 0
    assert result.parts[0].packets == 10


@pytest.mark.req("DR-07")
def test_a_gap_stays_a_gap_on_the_timeline(tmp_path: Path) -> None:
    made = clip(4, audio=True)

    result = joined(tmp_path, [clip_of(made, T0), clip_of(made, T0 + 10 * SECOND)])

    shown = result.shown()
    assert shown[39] == pytest.approx(3.9, abs=0.01)
    assert shown[40] == pytest.approx(10.0, abs=0.01)


@pytest.mark.req("DR-25")
def test_a_change_of_resolution_or_sound_begins_another_file(tmp_path: Path) -> None:
    small, large, loud = clip(4), clip(4, size=(96, 64)), clip(4, size=(96, 64), audio=True)

    result = joined(
        tmp_path, [clip_of(one, T0 + number * FOUR) for number, one in enumerate((small, large, large, loud))]
    )

    assert [(part.width, part.height, part.audio) for part in result.parts] == [
        (64, 48, False),
        (96, 64, False),
        (96, 64, True),
    ]
    assert [len(result.shown(number)) for number in range(3)] == [40, 80, 40]
    for file in result.files:
        decodes(file)


def test_a_camera_that_sends_fewer_frames_than_it_says_keeps_wall_time(tmp_path: Path) -> None:
    made = clip(4)
    slow = [clip_of(made, T0 + number * 5 * SECOND, span_us=5 * SECOND) for number in range(2)]

    result = joined(tmp_path, slow, from_us=T0 + 5 * SECOND - 1, until_us=T0 + 60 * SECOND)

    assert len(result.shown()) == 40
    assert result.parts[0].ended_us - result.parts[0].started_us == pytest.approx(5 * SECOND, abs=2000)


def test_segments_that_overlap_because_a_clock_was_set_back_each_keep_their_time(tmp_path: Path) -> None:
    made = clip(4)

    result = joined(tmp_path, [clip_of(made, T0), clip_of(made, T0 + 2 * SECOND)])

    assert [(part.started_us - T0, part.ended_us - T0) for part in result.parts] == [
        (0, FOUR),
        (2 * SECOND, 6 * SECOND),
    ]


def test_a_few_milliseconds_of_overlap_lose_no_frame_and_make_no_second_file(tmp_path: Path) -> None:
    made = clip(4, b_frames=2)

    result = joined(tmp_path, [clip_of(made, T0), clip_of(made, T0 + FOUR - 150_000)])

    assert len(result.parts) == 1
    assert len(pictures(result.files[0].read_bytes())) == 80


def test_a_window_in_a_gap_gives_no_file(tmp_path: Path) -> None:
    result = joined(tmp_path, [clip_of(clip(4), T0)], from_us=T0 + 3_950_000, until_us=T0 + 3_990_000)

    assert result.parts == []


@pytest.mark.req("DR-07")
def test_bytes_that_are_no_video_are_named_and_not_skipped(tmp_path: Path) -> None:
    broken = replace(clip_of(clip(1), T0), read=lambda: b"no video at all")

    with pytest.raises(Unreadable):
        joined(tmp_path, [broken])


def test_the_scratch_folder_never_shows_a_name(tmp_path: Path) -> None:
    seen: list[list[Path]] = []

    def look() -> bytes:
        seen.append(list(tmp_path.iterdir()))
        return made.plain

    made = clip(2)
    first = Clip(started_us=T0, ended_us=T0 + 2 * SECOND, media_ms=2000, read=lambda: made.plain)
    parts = join(
        [first, replace(first, started_us=T0 + 2 * SECOND, ended_us=T0 + FOUR, read=look)],
        from_us=T0,
        until_us=T0 + FOUR,
        scratch=tmp_path,
        exported=EXPORTED,
    )

    for part in parts:
        seen.append(list(tmp_path.iterdir()))
        part.file.close()
    assert seen == [[], []]

"""Clips that the tests make for themselves, so that a fresh clone needs no footage of anybody."""

import random
from dataclasses import dataclass
from pathlib import Path

import av


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A moving grey picture, or one with so much grain that it is large.

    `path` ends in `.mp4`, or in `.ts` for packets with start codes as RTSP has them.
    """

    path: Path
    frames: int = 60
    size: tuple[int, int] = (320, 180)
    rate: int = 10
    key_every: int = 20
    b_frames: int = 0
    audio: bool = False
    codec: str = "libx264"
    grain: bool = False

    def make(self) -> Path:
        """Encode it."""
        with av.open(self.path, "w", format="mpegts" if self.path.suffix == ".ts" else "mp4") as out:
            video = out.add_stream(self.codec, rate=self.rate)
            video.width, video.height, video.pix_fmt = *self.size, "yuv420p"
            video.options = self._h265() if self.codec == "libx265" else self._h264()
            sound = out.add_stream("aac", rate=8000, layout="mono") if self.audio else None
            for number in range(self.frames):
                out.mux(video.encode(self._picture(number)))
                if sound is not None:
                    out.mux(sound.encode(self._silence(number)))
            out.mux(video.encode(None))
            if sound is not None:
                out.mux(sound.encode(None))
        return self.path

    def _h264(self) -> dict[str, str]:
        # one slice a frame, so that a packet of the stream is a frame; b-adapt 0 so that B-frames really come
        keys = f"min-keyint={self.key_every}:b-adapt=0:sliced-threads=0:slices=1"
        plain = {"preset": "ultrafast", "g": str(self.key_every), "bf": str(self.b_frames), "sc_threshold": "0"}
        return {**plain, "x264-params": keys}

    def _h265(self) -> dict[str, str]:
        keys = f"keyint={self.key_every}:min-keyint={self.key_every}:scenecut=0:open-gop=0"
        return {"preset": "ultrafast", "x265-params": f"{keys}:bframes={self.b_frames}:b-adapt=0:log-level=none"}

    def _picture(self, number: int) -> av.VideoFrame:
        frame = av.VideoFrame(*self.size, "yuv420p")
        for index, plane in enumerate(frame.planes):
            grey = bytes([(number * 7 + index * 40) % 256]) * plane.buffer_size
            plane.update(random.Random(number).randbytes(plane.buffer_size) if self.grain else grey)  # noqa: S311
        frame.pts = number
        return frame

    def _silence(self, number: int) -> av.AudioFrame:
        samples = 8000 // self.rate
        frame = av.AudioFrame(format="fltp", layout="mono", samples=samples)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = 8000, number * samples
        return frame

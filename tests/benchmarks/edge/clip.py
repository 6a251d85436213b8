"""What the cameras send: 720p25 with the noise of a sensor at 2 Mbit/s, and AAC, long enough for one stage."""

import subprocess
from pathlib import Path

BYTES_A_SECOND = 250_000
_LOOP_SECONDS, _ROUNDS = 16, 40
_PICTURE = "testsrc2=size=1280x720:rate=25,noise=alls=8:allf=t,format=yuv420p"
_VIDEO = "-c:v libx264 -preset ultrafast -b:v 2M -minrate 2M -maxrate 2M -bufsize 2M -g 50 -bf 0"
_SOUND = "-c:a aac -b:a 64k"


def make(path: Path) -> None:
    """Encode some seconds once, and repeat their packets: nothing is encoded while anything is measured."""
    once = path.with_name("once.mp4")
    sources = ["-f", "lavfi", "-i", _PICTURE, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    _ffmpeg(*sources, "-t", str(_LOOP_SECONDS), *_VIDEO.split(), *_SOUND.split(), str(once))
    _ffmpeg("-stream_loop", str(_ROUNDS - 1), "-i", str(once), "-c", "copy", str(path))
    once.unlink()


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)  # noqa: S603, S607 - our own words

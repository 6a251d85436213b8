"""What the recorder is measured by: one ffmpeg a camera, which writes plain minutes to the disk."""

from collections.abc import Sequence
from pathlib import Path

from infra.stack.processes import Server, program

SEGMENT_SECONDS = 60


def start(addresses: Sequence[str], folder: Path) -> list[Server]:
    """Record each address."""
    folder.mkdir()
    return [_one(address, folder / str(number)) for number, address in enumerate(addresses)]


def _one(address: str, folder: Path) -> Server:
    folder.mkdir()
    source: list[str | Path] = [program("ffmpeg", package="ffmpeg"), "-nostdin", "-v", "error"]
    source += ["-rtsp_transport", "tcp", "-i", address, "-c", "copy"]
    target = ["-f", "segment", "-segment_time", str(SEGMENT_SECONDS), "-reset_timestamps", "1", "%05d.mp4"]
    return Server([*source, *target], name="ffmpeg", log=folder / "log", cwd=folder)

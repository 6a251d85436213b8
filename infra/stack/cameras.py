"""Cameras for tests and the smoke walk: a real RTSP server in a process of its own, killed as a camera dies."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from infra.stack import processes
from infra.stack.processes import Missing, Server, free_port, listens

_SYSTEM_PYTHON = Path("/usr/bin/python3")
_SCRIPT = Path(__file__).with_name("rtsp_camera.py")
_PROBE = "import gi; gi.require_version('GstRtspServer', '1.0')"
PACKAGES = (
    "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good "
    "gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav gstreamer1.0-x"
)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What the cameras of one server send. `key_every` counts frames; `clip` replaces the pattern."""

    codec: str = "h264"
    audio: str = "none"
    size: str = "640x360"
    rate: int = 10
    key_every: int = 20
    clip: Path | None = None

    def arguments(self) -> list[str]:
        """As the server's script takes them."""
        plain = ["--codec", self.codec, "--audio", self.audio, "--size", self.size, "--rate", str(self.rate)]
        clip = ["--clip", str(self.clip)] if self.clip else []
        return [*plain, "--key-every", str(self.key_every), *clip]


_PATTERN = Picture()


@dataclass
class RtspCameras:
    """Cameras `/cam0`, `/cam1`, … of one RTSP server on a loopback port. Each is encoded once, while watched."""

    folder: Path
    picture: Picture = _PATTERN
    count: int = 4
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        """Start it. Raises `Missing` without Debian's packages."""
        require_gstreamer()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._start()

    def url(self, number: int = 0) -> str:
        """Where one camera is watched."""
        return f"rtsp://127.0.0.1:{self.port}/cam{number}"

    def change(self, picture: Picture) -> None:
        """Send something else from now on, as after somebody changed a camera's settings."""
        self.stop()
        self.picture = picture
        self._start()

    def stop(self) -> None:
        """Die, as a camera does: without a word to who watches."""
        self._server.kill()

    def _start(self) -> None:
        mounts = ["--port", str(self.port), "--mounts", str(self.count)]
        command: list[str | Path] = [_SYSTEM_PYTHON, _SCRIPT, *mounts, *self.picture.arguments()]
        self._server = Server(command, log=self.folder / "cameras.log", cwd=self.folder)
        self._server.wait_until(lambda: listens(self.port))


def require_gstreamer() -> None:
    """Raise `Missing` unless Debian's GStreamer RTSP server is installed."""
    probe: list[str | Path] = [_SYSTEM_PYTHON, "-c", _PROBE]
    found = _SYSTEM_PYTHON.exists() and subprocess.run(
        probe, check=False, capture_output=True, env=processes.plain_env()
    )
    if not found or found.returncode != 0:
        raise Missing("GStreamer's RTSP server", PACKAGES)

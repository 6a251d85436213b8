"""Where segments go in tests: into memory, each as a whole file, or nowhere."""

import time
from dataclasses import dataclass, field

from infra.recorded import Recorded
from infra.recording import Limits, record
from infra.streams import LiveStream
from infra.timeline import Timeline


@dataclass(frozen=True, kw_only=True)
class Cut(Recorded):
    """A finished segment and its MP4; `marks` are what it held at each of its fragments, and how many bytes it had."""

    plain: bytes
    marks: list[tuple[int, Recorded]]


@dataclass
class Tape:
    """One segment being recorded."""

    cut: list[Cut]
    plain: bytearray = field(default_factory=bytearray)
    marks: list[tuple[int, Recorded]] = field(default_factory=list)

    def write(self, data: bytes) -> None:
        """As `Sink`."""
        self.plain += data

    def mark(self, so_far: Recorded) -> None:
        """As `Sink`."""
        self.marks.append((len(self.plain), so_far))

    def finish(self, recorded: Recorded) -> None:
        """As `Sink`."""
        self.cut.append(Cut(**vars(recorded), plain=bytes(self.plain), marks=self.marks))

    def leave(self) -> None:
        """As `Sink`."""


class Nowhere:
    """A sink that keeps nothing."""

    def write(self, data: bytes) -> None:
        """As `Sink`."""

    def mark(self, so_far: Recorded) -> None:
        """As `Sink`."""

    def finish(self, recorded: Recorded) -> None:
        """As `Sink`."""

    def leave(self) -> None:
        """As `Sink`."""


def amid() -> Timeline:
    """A timeline half a minute from where segments are cut, so that a few seconds of a camera are one segment."""
    return Timeline(wall_us=2_000_000_010_000_000, monotonic_ns=time.monotonic_ns())


def cut(
    stream: LiveStream,
    *,
    limits: Limits,
    timeline: Timeline,
    into: list[Cut] | None = None,
) -> list[Cut]:
    """All segments of a stream; `into` has those before a fault as well."""
    found: list[Cut] = into if into is not None else []
    for _recorded in record(
        stream, limits=limits, timeline=timeline, stopped=lambda: False, begin=lambda _started_us: Tape(found)
    ):
        pass
    return found

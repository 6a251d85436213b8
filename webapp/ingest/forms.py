"""What devices may say: strict, bounded JSON in, typed values of the domain out. Anything else is one 422 problem."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar, get_args
from uuid import UUID

from flask import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from infra.causes import REPORTED_BY_EDGE, GapCause, PictureFault
from infra.manifest import SignedLine, instant
from tenants.errors import Invalid
from tenants.footage.heartbeats import CameraReport, DiskReport, GapFound, Heartbeat, RefusedReport
from tenants.footage.pictures import PictureHealth
from tenants.footage.rules import Window
from tenants.footage.times import CameraClock, Undated

MAX_ITEMS = 500
_MAX_LINE = 4000
_MAX_SIGNATURE = 100
_MAX_TOKEN = 200
_MAX_NAME = 80
_MAX_GAPS = 500
_YEAR_9999 = 253_402_300_799_000_000

_MAX_KINDS = 20

# Also of a kind that this server does not know: a newer box may take more.
KeyKind = Annotated[str, Field(max_length=_MAX_NAME)]
Microseconds = Annotated[int, Field(ge=0, le=_YEAR_9999)]
Form = TypeVar("Form", bound="Strict")


class Strict(BaseModel):
    """No unknown fields, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class EnrolmentForm(Strict):
    """A box that asks to be a device of the site its code was issued for."""

    token: Annotated[str, Field(min_length=1, max_length=_MAX_TOKEN)]
    public_key: Annotated[str, Field(min_length=44, max_length=44)]
    proof: Annotated[str, Field(max_length=_MAX_SIGNATURE)]
    name: Annotated[str, Field(min_length=1, max_length=_MAX_NAME)]


class LineForm(Strict):
    """One signed manifest line."""

    line: Annotated[str, Field(max_length=_MAX_LINE)]
    signature: Annotated[str, Field(max_length=_MAX_SIGNATURE)]


class LinesForm(Strict):
    """A batch of signed lines."""

    items: Annotated[list[LineForm], Field(min_length=1, max_length=MAX_ITEMS)]

    def lines(self) -> Sequence[SignedLine]:
        """As the domain takes them."""
        return [SignedLine(item.line, item.signature) for item in self.items]


class SegmentForm(Strict):
    """One segment whose state is asked."""

    segment_id: UUID
    civil_day: date


class ReceiptsForm(Strict):
    """A batch of segments whose state is asked."""

    items: Annotated[list[SegmentForm], Field(min_length=1, max_length=MAX_ITEMS)]


class PictureForm(Strict):
    """What the last look at a camera's picture measured."""

    taken_us: Microseconds
    brightness: Annotated[int, Field(ge=0, le=255)]
    contrast: Annotated[int, Field(ge=0, le=255)]
    sharpness: Annotated[int, Field(ge=0, le=10_000_000)]
    likeness: Annotated[int, Field(ge=0, le=100)] | None
    reference_us: Microseconds | None
    faults: Annotated[list[PictureFault], Field(max_length=len(PictureFault))]
    colourless_since_us: Microseconds | None = None

    def health(self) -> PictureHealth:
        """As the domain takes it."""
        return PictureHealth(
            taken_at=instant(self.taken_us),
            brightness=self.brightness,
            contrast=self.contrast,
            sharpness=self.sharpness,
            likeness=self.likeness,
            reference_at=_instant(self.reference_us),
            faults=self.faults,
            colourless_since=_instant(self.colourless_since_us),
        )


class ClockForm(Strict):
    """How far a camera's own clock is behind, within which bound, and how long ago that was read."""

    offset_ms: Annotated[int, Field(ge=-(2**31), lt=2**31)]
    bound_ms: Annotated[int, Field(ge=0, lt=2**31)]
    age_s: Annotated[int, Field(ge=0, lt=2**31)]

    def clock(self, now: datetime) -> CameraClock:
        """As the domain takes it."""
        read_at = now - timedelta(seconds=self.age_s)
        return CameraClock(offset_ms=self.offset_ms, bound_ms=self.bound_ms, read_at=read_at)


class UndatedForm(Strict):
    """What a box recorded of a camera without a time that anybody will know."""

    segments: Annotated[int, Field(ge=1, le=10_000_000)]
    seconds: Annotated[int, Field(ge=0, lt=2**31)]
    after_us: Microseconds
    before_us: Microseconds | None

    def undated(self) -> Undated:
        """As the domain takes it."""
        return Undated(
            segments=self.segments,
            seconds=self.seconds,
            after=instant(self.after_us),
            before=_instant(self.before_us),
        )


class CameraForm(Strict):
    """One camera now. What a box of before does not say has a default."""

    camera_id: UUID
    recording: bool
    recorded_until_us: Microseconds | None
    spooled: Annotated[int, Field(ge=0, le=10_000_000)]
    spooled_from_us: Microseconds | None
    fault: GapCause | None
    frozen_since_us: Microseconds | None = None
    picture: PictureForm | None = None
    clock: ClockForm | None = None
    undated: UndatedForm | None = None

    def report(self, now: datetime) -> CameraReport:
        """As the domain takes it."""
        return CameraReport(
            camera_id=self.camera_id,
            recording=self.recording,
            recorded_until=_instant(self.recorded_until_us),
            spooled=self.spooled,
            spooled_from=_instant(self.spooled_from_us),
            fault=self.fault,
            frozen_since=_instant(self.frozen_since_us),
            picture=self.picture.health() if self.picture is not None else None,
            clock=self.clock.clock(now) if self.clock is not None else None,
            undated=self.undated.undated() if self.undated is not None else None,
        )


class GapForm(Strict):
    """A span that was not recorded, from a box of before signed gaps."""

    camera_id: UUID
    started_us: Microseconds
    ended_us: Microseconds
    cause: GapCause

    def found(self) -> GapFound:
        """As the domain takes it. Raises `Invalid` for an empty span or a cause that is not the edge's to give."""
        if self.ended_us <= self.started_us or self.cause not in REPORTED_BY_EDGE:
            raise Invalid("回報的中斷區間或原因不正確。請更新邊緣主機的程式。", field="gaps", code="bad_gap")
        window = Window(instant(self.started_us), instant(self.ended_us))
        return GapFound(camera_id=self.camera_id, window=window, cause=self.cause)


class DiskForm(Strict):
    """What the box says of its disk."""

    hours_left: Annotated[int, Field(ge=0, le=1_000_000)] | None
    hours_in_all: Annotated[int, Field(ge=0, le=1_000_000)] | None
    fault: Literal["", "full", "missing"]
    sending: Literal["open", "waits", "disk_short", "too_old"]

    def report(self) -> DiskReport:
        """As the domain takes it."""
        return DiskReport(**self.model_dump())


class RefusedForm(Strict):
    """What the box could not send. The code may be one that this server does not know: a newer box has more."""

    segments: Annotated[int, Field(ge=0, lt=2**31)]
    gaps: Annotated[int, Field(ge=0, lt=2**31)]
    code: Annotated[str, Field(max_length=_MAX_NAME)]

    def report(self) -> RefusedReport:
        """As the domain takes it."""
        return RefusedReport(**self.model_dump())


class HeartbeatForm(Strict):
    """What the box says every few seconds. What a box of before does not say has a default."""

    clock_offset_ms: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None
    cameras: Annotated[list[CameraForm], Field(max_length=MAX_ITEMS)]
    gaps: Annotated[list[GapForm], Field(max_length=_MAX_GAPS)]
    disk: DiskForm | None = None
    refused: RefusedForm | None = None
    instance: UUID | None = None
    key_kinds: Annotated[list[KeyKind], Field(max_length=_MAX_KINDS)] = Field(default_factory=list)

    def heartbeat(self, now: datetime) -> Heartbeat:
        """As the domain takes it, heard now."""
        return Heartbeat(
            clock_offset_ms=self.clock_offset_ms,
            cameras=[camera.report(now) for camera in self.cameras],
            gaps=[gap.found() for gap in self.gaps],
            disk=self.disk.report() if self.disk is not None else None,
            refused=self.refused.report() if self.refused is not None else None,
            instance=self.instance,
            key_kinds=self.key_kinds,
        )


def read(form: type[Form], request: Request) -> Form:
    """The request's body as a form. Raises `Invalid` naming the first fault, or answers 415 when it is not JSON."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return form.model_validate_json(request.get_data())
    except ValidationError as error:
        first: Any = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            f"送出的內容格式不正確（{place or '整體'}）。請更新邊緣主機的程式。", field=place, code="bad_request"
        ) from error


def _instant(microseconds: int | None) -> datetime | None:
    return instant(microseconds) if microseconds is not None else None


def paths(form: type[BaseModel], *, within: str = "") -> list[str]:
    """Every key that a form takes, lists and parts included: `cameras`, `cameras.spooled`."""
    found: list[str] = []
    for name, field in form.model_fields.items():
        found.append(within + name)
        for part in _forms_in(field.annotation):
            found += paths(part, within=f"{within}{name}.")
    return found


def _forms_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [form for part in get_args(annotation) for form in _forms_in(part)]

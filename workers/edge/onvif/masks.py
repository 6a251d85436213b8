"""Sets privacy masks at a camera by ONVIF's Media2, where somebody who looks at the picture wants them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.strict_xml import Element
from workers.edge.onvif.camera import MEDIA2, SCHEMA, OnvifCamera, Profile
from workers.edge.onvif.soap import CameraFault, Fault, escaped
from workers.edge.onvif.trees import every, first, text_at, whole_at

_PERCENT = 100
_LEAST_PERCENT = 1.0
_CORNERS = 4
# A camera rounds to its own blocks of pixels.
_ROUNDING = 0.04


class BadArea(Exception):
    """What was typed is no part of the picture; the sentence says what is."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            f"無法辨識遮罩範圍「{typed}」。請以畫面的百分比輸入 左,上,右,下，例如 0,0,30,40 表示左上角寬 30%、高 40%。"
        )


@dataclass(frozen=True)
class Area:
    """A rectangle of the picture in percent, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def words(self) -> str:
        """As it was typed."""
        return ",".join(f"{one:g}" for one in (self.left, self.top, self.right, self.bottom))

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """As ONVIF counts: from -1 to 1, to the right and upwards."""
        x = [one / _PERCENT * 2 - 1 for one in (self.left, self.right)]
        y = [1 - one / _PERCENT * 2 for one in (self.top, self.bottom)]
        return (x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])

    def lies_under(self, corners: Sequence[tuple[float, float]]) -> bool:
        """Whether a mask with these corners covers it, judged by the rectangle around them."""
        if not corners:
            return False
        xs, ys = [x for x, _y in corners], [y for _x, y in corners]
        own_x, own_y = [x for x, _y in self.corners], [y for _x, y in self.corners]
        wide = min(xs) <= min(own_x) + _ROUNDING and max(xs) >= max(own_x) - _ROUNDING
        return wide and min(ys) <= min(own_y) + _ROUNDING and max(ys) >= max(own_y) - _ROUNDING


def area(typed: str) -> Area:
    """A rectangle as the installer typed it. Raises `BadArea`."""
    try:
        left, top, right, bottom = (float(one) for one in typed.split(","))
    except ValueError:
        raise BadArea(typed) from None
    fits = 0 <= left < right <= _PERCENT and 0 <= top < bottom <= _PERCENT
    if not fits or right - left < _LEAST_PERCENT or bottom - top < _LEAST_PERCENT:
        raise BadArea(typed)
    return Area(left, top, right, bottom)


def cover(camera: OnvifCamera, profile: Profile, areas: Sequence[Area]) -> None:
    """Put a mask over each area of a stream's picture, and see that it is on.

    Masks that are there stay. Raises `CameraFault`: `NOT_OFFERED` where the camera sets none, `MASKS_FULL` where it has
    room for fewer, `NO_MASK` where it says that it did and then shows none.
    """
    kind = _kind_of(camera, profile, wanted=len(areas))
    for one in areas:
        if not _is_covered(camera, profile, one):
            camera.ask(MEDIA2, "CreateMask", _mask(profile, one, kind))
    if not all(_is_covered(camera, profile, one) for one in areas):
        raise CameraFault(Fault.NO_MASK)


def masks_over(camera: OnvifCamera, address: str) -> int:
    """How many masks are on over the picture that is recorded from an address. Raises `CameraFault`.

    Of a camera with several pictures that names none at this address, the one with the fewest counts.
    """
    profiles = camera.profiles()
    sources = {one.source: one for one in profiles}
    if len(sources) > 1:
        here = {one.source: one for one in profiles if camera.is_at(one, address)}
        sources = here or sources
    return min((camera.masks_on(one) for one in sources.values()), default=0)


def _kind_of(camera: OnvifCamera, profile: Profile, *, wanted: int) -> str:
    """How masks are drawn there: in one colour where the camera can, which nothing shines through."""
    token = f"<ConfigurationToken>{escaped(profile.source)}</ConfigurationToken>"
    options = first(camera.ask(MEDIA2, "GetMaskOptions", token), "Options")
    most, points = whole_at(options, "MaxMasks") or 0, whole_at(options, "MaxPoints") or 0
    there = sum(1 for _mask in _masks(camera, profile))
    if points and points < _CORNERS:
        raise CameraFault(Fault.NOT_OFFERED)
    if most < there + wanted:
        raise CameraFault(Fault.MASKS_FULL)
    kinds = [one.text().strip() for one in every(options, "Types")]
    return next((one for one in ("Color", "Pixelated", "Blurred") if one in kinds), "Color")


def _is_covered(camera: OnvifCamera, profile: Profile, wanted: Area) -> bool:
    return any(
        text_at(mask, "Enabled") in {"true", "1"} and wanted.lies_under(_corners(mask))
        for mask in _masks(camera, profile)
    )


def _masks(camera: OnvifCamera, profile: Profile) -> Iterator[Element]:
    for mask in every(camera.ask(MEDIA2, "GetMasks"), "Masks"):
        if text_at(mask, "ConfigurationToken") == profile.source:
            yield mask


def _corners(mask: Element) -> list[tuple[float, float]]:
    found = []
    for point in every(mask, "Polygon", "Point"):
        try:
            found.append((float(point.attributes.get("x", "")), float(point.attributes.get("y", ""))))
        except ValueError:
            return []
    return found


def _mask(profile: Profile, wanted: Area, kind: str) -> str:
    points = "".join(f'<Point xmlns="{SCHEMA}" x="{x:g}" y="{y:g}"/>' for x, y in wanted.corners)
    colour = f'<Color xmlns="{MEDIA2}" X="0" Y="0" Z="0"/>' if kind == "Color" else ""
    return (
        f"<Mask><ConfigurationToken>{escaped(profile.source)}</ConfigurationToken><Polygon>{points}</Polygon>"
        f"<Type>{escaped(kind)}</Type>{colour}<Enabled>true</Enabled></Mask>"
    )

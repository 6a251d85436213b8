"""What is wrong with a picture by its numbers, against a reference that a person accepted. The thresholds are here."""

from collections.abc import Collection
from dataclasses import dataclass

from infra.causes import PictureFault
from workers.edge.picture.measuring import Measures, Place, place

# Below this mean of 0 to 255 nobody can be made out, whatever the hour.
DARK_BELOW = 24.0
# A covered lens shows one tone: little spread, and hardly an edge.
FLAT_CONTRAST, FLAT_SHARPNESS = 12.0, 12.0
# Sharpness against the reference's, compared only while it is about as bright as then (night pictures are soft).
BLURRED_BELOW, AS_BRIGHT = 0.3, 0.5
# Cells of the grid (3 % of the width, 6 % of the height each), and how much better it fits there than unmoved.
MOVED_CELLS, BETTER_BY, FITS = 2, 0.15, 0.5
# Below this likeness the picture shows something else than the reference.
OTHER_BELOW = 0.25
# Below this range of hues a picture has no colour: the least of a real clip in grey weather is 5, of one hue 0.
COLOURLESS_BELOW = 4


@dataclass(frozen=True)
class Verdict:
    """`where` is None without a reference, or when it is too dark to compare."""

    faults: frozenset[PictureFault]
    where: Place | None


def judge(now: Measures, reference: Measures | None, *, same_as_before: bool) -> Verdict:
    """What one look finds. `same_as_before` says that every point equals that of an hour ago, which no lens gives."""
    still = {PictureFault.STILL} if same_as_before else set()
    if now.brightness < DARK_BELOW:
        return Verdict(frozenset({PictureFault.DARK} | still), None)
    if now.contrast < FLAT_CONTRAST and now.sharpness < FLAT_SHARPNESS:
        return Verdict(frozenset({PictureFault.BLOCKED} | still), None)
    if reference is None or now.brightness < AS_BRIGHT * reference.brightness:
        return Verdict(frozenset(still), None)
    where = place(now, reference)
    if now.sharpness < BLURRED_BELOW * reference.sharpness:
        return Verdict(frozenset({PictureFault.BLURRED} | still), where)
    far = max(abs(where.across), abs(where.down)) >= MOVED_CELLS
    elsewhere = far and where.likeness >= FITS and where.likeness - where.unmoved >= BETTER_BY
    moved = {PictureFault.MOVED} if elsewhere or where.likeness < OTHER_BELOW else set()
    return Verdict(frozenset(moved | still), where)


def lacks_colour(now: Measures) -> bool:
    """Whether the picture shows one hue only, as by infrared light. By night that is no fault (KH-3-8)."""
    return now.colour < COLOURLESS_BELOW


def confirmed(found: Collection[PictureFault], before: Collection[PictureFault]) -> frozenset[PictureFault]:
    """What two looks in a row found: somebody who stands before the lens for a moment is no fault."""
    return frozenset(found) & frozenset(before)

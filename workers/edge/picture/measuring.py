"""What a small picture measures, and how like another one it is. Pure arithmetic on numbers.

Of a picture only a grid of 32 by 18 edge strengths in 16 steps is kept, 288 bytes of information. A head that fills
a tenth of the width is three numbers wide, so nobody can be made out in it, while a doorway or a turned camera can.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from infra.key_frames import Small

COLUMNS, ROWS, STEPS = 32, 18, 15
# How far a picture is looked for beside its place: a fifth of its width, a fifth of its height.
_REACH_ACROSS, _REACH_DOWN = 6, 4
_LEAST_CELLS = COLUMNS * ROWS // 3


@dataclass(frozen=True, kw_only=True)
class Measures:
    """`brightness` is a mean of 0 to 255, `contrast` its standard deviation, `sharpness` the Laplacian's variance.

    `colour` is as `Small` gives it.
    """

    brightness: float
    contrast: float
    sharpness: float
    colour: float
    edges: tuple[int, ...]

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def read(document: dict[str, Any]) -> Measures:
    """What was kept. Raises `KeyError` or `ValueError` for anything else."""
    edges = tuple(int(one) for one in document["edges"])
    if len(edges) != COLUMNS * ROWS:
        raise ValueError("edges")
    parts = {name: float(document[name]) for name in ("brightness", "contrast", "sharpness", "colour")}
    return Measures(edges=edges, **parts)


def measure(shown: Small) -> Measures:
    """Measure a picture."""
    width, height, rows = shown.width, shown.height, shown.rows
    mean = sum(rows) / len(rows)
    square = sum(value * value for value in rows) / len(rows)
    lines = [rows[at : at + width] for at in range(0, width * height, width)]
    cells, counts = [0] * (COLUMNS * ROWS), [0] * (COLUMNS * ROWS)
    laplacian_sum, laplacian_square, points = 0, 0, 0
    column_of = [x * COLUMNS // width for x in range(1, width - 1)]
    for y in range(1, height - 1):
        above, here, below = lines[y - 1], lines[y], lines[y + 1]
        base = (y * ROWS // height) * COLUMNS
        found = [
            (4 * c - left - right - up - down, abs(right - left) + abs(down - up))
            for c, left, right, up, down in zip(here[1:], here, here[2:], above[1:-1], below[1:-1], strict=False)
        ]
        laplacian_sum += sum(one for one, _edge in found)
        laplacian_square += sum(one * one for one, _edge in found)
        points += len(found)
        for column, (_one, edge) in zip(column_of, found, strict=True):
            cells[base + column] += edge
            counts[base + column] += 1
    spread = laplacian_square / points - (laplacian_sum / points) ** 2
    strengths = [total / max(1, count) for total, count in zip(cells, counts, strict=True)]
    return Measures(
        brightness=round(mean, 1),
        contrast=round(max(0.0, square - mean * mean) ** 0.5, 1),
        sharpness=round(spread, 1),
        colour=shown.colour,
        edges=_steps(strengths),
    )


def _steps(strengths: Sequence[float]) -> tuple[int, ...]:
    """Against the strong ones of the same picture, so that a darker hour gives the same grid."""
    strong = max(sorted(strengths)[len(strengths) * 19 // 20], 1e-6)
    return tuple(min(STEPS, round(STEPS * one / strong)) for one in strengths)


@dataclass(frozen=True)
class Place:
    """Where a picture fits another best, in cells, and how well there and unmoved: 1 is the same, 0 is no likeness."""

    across: int
    down: int
    likeness: float
    unmoved: float


def place(now: Measures, reference: Measures) -> Place:
    """Where the edges of a picture lie against those of the reference."""
    shifts = product(range(-_REACH_ACROSS, _REACH_ACROSS + 1), range(-_REACH_DOWN, _REACH_DOWN + 1))
    found = {shift: _likeness(now.edges, reference.edges, *shift) for shift in shifts}
    across, down = max(found, key=lambda one: (found[one], -abs(one[0]) - abs(one[1])))
    return Place(across, down, round(found[across, down], 3), round(found[0, 0], 3))


def _likeness(now: Sequence[int], then: Sequence[int], across: int, down: int) -> float:
    """The correlation of what overlaps."""
    pairs = [
        (now[(row + down) * COLUMNS + column + across], then[row * COLUMNS + column])
        for row in range(max(0, -down), min(ROWS, ROWS - down))
        for column in range(max(0, -across), min(COLUMNS, COLUMNS - across))
    ]
    if len(pairs) < _LEAST_CELLS:
        return 0.0
    mean_now, mean_then = (sum(one[side] for one in pairs) / len(pairs) for side in (0, 1))
    both = sum((a - mean_now) * (b - mean_then) for a, b in pairs)
    own = sum((a - mean_now) ** 2 for a, _b in pairs) * sum((b - mean_then) ** 2 for _a, b in pairs)
    return both / own**0.5 if own > 0 else 0.0

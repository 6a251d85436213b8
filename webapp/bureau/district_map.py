"""A schematic map of the districts, one tile each, drawn by ourselves: no tile server is asked for anything. Pure."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# As many as the drawing is wide.
_COLUMNS = 7
_LONGEST = 3
_TITLE = "區"
with (Path(__file__).parent / "district_places.toml").open("rb") as _file:
    _GRIDS: Sequence[Mapping[str, Sequence[int]]] = tomllib.load(_file)["grid"]


@dataclass(frozen=True, kw_only=True)
class Tile:
    """Where a district is drawn, and what is written on it: short, since a telephone shows seven tiles in a row."""

    district: str
    label: str
    column: int
    row: int


def tiles(districts: Iterable[str], *, formerly: Mapping[str, Sequence[str]]) -> list[Tile]:
    """A tile for each district, in the order of the map, the others below; empty rows and columns close up.

    `formerly` are the names that a district bore before, so that it keeps its place when it is renamed.
    """
    places = {each: _place((each, *formerly.get(each, ()))) for each in districts}
    known = {each: place for each, place in places.items() if place is not None}
    columns = _closed_up(place[0] for place in known.values())
    rows = _closed_up(place[1] for place in known.values())
    others = sorted(places.keys() - known.keys())
    placed = {each: (columns[column], rows[row]) for each, (column, row) in known.items()}
    placed |= {each: (number % _COLUMNS, len(rows) + number // _COLUMNS) for number, each in enumerate(others)}
    ordered = sorted(placed.items(), key=lambda each: (each[1][1], each[1][0], each[0]))
    return [Tile(district=each, label=_short(each), column=column, row=row) for each, (column, row) in ordered]


def _place(names: Iterable[str]) -> tuple[int, int] | None:
    """The place under any of these names; the second city's rows lie below the first's."""
    for name in names:
        for number, grid in enumerate(_GRIDS):
            if name in grid:
                column, row = grid[name]
                return column, number * 100 + row
    return None


def _closed_up(used: Iterable[int]) -> Mapping[int, int]:
    return {each: number for number, each in enumerate(sorted(set(used)))}


def _short(district: str) -> str:
    name = district.removesuffix(_TITLE) or district
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"

"""How a sample is drawn, so that anybody can draw it again and nobody can steer it. Pure.

The seed is the hash of the event that announced the draw: it holds the link before it and the instant, so that it was
unknown before the draw and cannot be changed after it; the chain's daily anchor covers it (DR-06).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

# As certificates are drawn: seed, line feed and what is drawn, hashed; the smallest first.
METHOD = "SHA-256（種子 + 換行 + 案件識別碼），由小到大取前幾件；分層時各層按案件數比例分配，每層至少一件"
MOST_ASKED = 200


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One case that can be drawn. `stratum` is empty where nobody asked for strata."""

    institution_id: UUID
    disclosure_id: UUID
    serial: str
    stratum: str = ""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to draw from: cases filed on these days, of one door, kind or district where one is given; and how many."""

    purpose: str
    first_day: date
    last_day: date
    count: int
    door: str = ""
    kind: str = ""
    district: str = ""
    strata: str = ""


def digest(population: Iterable[Candidate]) -> str:
    """What was there to be drawn from, as one hash: case and stratum a line, in the order of the ids."""
    lines = sorted(f"{each.disclosure_id} {each.stratum}" for each in population)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def drawn(population: Sequence[Candidate], *, seed: str, count: int) -> list[Candidate]:
    """So many of them, stratum by stratum; all of them, in the order of the draw, where there are no more."""
    taken = quotas(Counter(each.stratum for each in population), count)
    found: list[Candidate] = []
    for stratum, quota in taken.items():
        of_stratum = [each for each in population if each.stratum == stratum]
        found += sorted(of_stratum, key=lambda each: _lot(seed, each))[:quota]
    return found


def quotas(sizes: Mapping[str, int], count: int) -> dict[str, int]:
    """How many of each stratum, by their sizes (largest remainder), at least one each where there are enough to give.

    Nothing more of a stratum than it has; what one cannot give goes to the others.
    """
    total = sum(sizes.values())
    if count >= total:
        return dict(sorted(sizes.items()))
    least = 1 if count >= len(sizes) else 0
    shares = {name: max(least, count * size // total) for name, size in sorted(sizes.items())}
    # Whoever is owed most gets the next one, and whoever has most too much gives one back.
    owed = {name: count * sizes[name] / total for name in shares}
    while sum(shares.values()) < count:
        free = [name for name in shares if shares[name] < sizes[name]]
        shares[max(free, key=lambda name: (owed[name] - shares[name], name))] += 1
    while sum(shares.values()) > count:
        given = [name for name in shares if shares[name] > least]
        shares[min(given, key=lambda name: (owed[name] - shares[name], name))] -= 1
    return shares


def _lot(seed: str, candidate: Candidate) -> str:
    return hashlib.sha256(f"{seed}\n{candidate.disclosure_id}".encode()).hexdigest()

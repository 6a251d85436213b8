"""The first pages of bureau and school, asked for one after another, and what of them travels."""

import random
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from tests.benchmarks.city import superuser
from tests.benchmarks.compliance.running import Ground
from tests.benchmarks.compliance.visitor import Visitor

BUREAU = "/bureau/"
# The least that a signed-in person can be shown by the same server.
LEAST = "/account"
_WARM_UP, _LOOKS, _SCHOOLS = 20, 200, 40


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Milliseconds of a page at p50 and p95."""

    half_ms: float
    most_ms: float


@dataclass(frozen=True, kw_only=True)
class Fronts:
    """The two first pages and the least page, in kilobytes on the wire, and with all that a first visit loads."""

    bureau: Shown
    school: Shown
    least: Shown
    bureau_kb: float
    school_kb: float
    first_visit_kb: float


def fronts(of: Ground, *, say: Callable[[str], None]) -> Fronts:
    """Look at the bureau's page, and at those of schools by the person who has most to do there."""
    dice, schools = random.Random(6), _schools(of)  # noqa: S311 - the same schools in every run
    chosen = dice.sample(schools, min(_SCHOOLS, len(schools)))
    with Visitor(of.direct) as officer:
        officer.sign_in("officer-1")
        least, bureau = _shown([(officer, LEAST)]), _shown([(officer, BUREAU)])
    with ExitStack() as stack:
        handlers = [stack.enter_context(Visitor(of.direct)) for _ in chosen]
        for handler, (code, _) in zip(handlers, chosen, strict=True):
            handler.sign_in(f"{code.lower()}-handler")
        school = _shown([(handler, f"/schools/{each}/") for handler, (_, each) in zip(handlers, chosen, strict=True)])
    with Visitor(of.proxied) as outside:
        outside.sign_in("officer-1")
        page, parts = outside.wire_bytes(BUREAU), sum(outside.wire_bytes(part) for part in outside.parts(BUREAU))
    with Visitor(of.proxied) as outside:
        outside.sign_in(f"{chosen[0][0].lower()}-handler")
        home = outside.wire_bytes(f"/schools/{chosen[0][1]}/")
    found = Fronts(
        bureau=bureau,
        school=school,
        least=least,
        bureau_kb=page / 1000,
        school_kb=home / 1000,
        first_visit_kb=(page + parts) / 1000,
    )
    for name, each in (("bureau", bureau), ("school", school), ("least page", least)):
        say(f"{name}: {each.half_ms:.0f} ms, p95 {each.most_ms:.0f} ms")
    say(f"on the wire {found.bureau_kb:.0f} kB, on a first visit {found.first_visit_kb:.0f} kB")
    return found


def _shown(asked: Sequence[tuple[Visitor, str]]) -> Shown:
    """Each in turn, after so many to warm up: the least a process has done once before it is quick."""
    for number in range(max(_WARM_UP, len(asked))):
        visitor, path = asked[number % len(asked)]
        visitor.page(path)
    found = []
    for number in range(_LOOKS):
        visitor, path = asked[number % len(asked)]
        found.append(visitor.seconds(path))
    return of_seconds(found)


def of_seconds(found: Sequence[float]) -> Shown:
    """p50 and p95 of some looks."""
    return Shown(half_ms=1000 * statistics.median(found), most_ms=1000 * statistics.quantiles(found, n=20)[18])


def _schools(of: Ground) -> list[tuple[str, str]]:
    with superuser(of.urls) as connection:
        query = "select code, id::text from tenants where kind <> 'bureau' order by code"
        return [(code, each) for code, each in connection.execute(query).fetchall()]

"""The takes of a request's film as a page offers them: its time, and whether it was opened as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.manifest import instant
from tenants.actor import Actor
from tenants.errors import Invalid
from tenants.rights import film, rules
from tenants.rights.models import RightsRequest
from webapp import addresses


@dataclass(frozen=True, kw_only=True)
class Take:
    """One film that can be opened, `words` what it is called, and `opened` whether this person did as it is now.

    `playing`: this page plays it. Whether it was opened by that is known only once the page is there.
    """

    number: int
    words: str
    span: tuple[datetime, datetime]
    playlist: str
    opened: bool
    playing: bool


@dataclass(frozen=True, kw_only=True)
class Film:
    """The takes, or in `not_ready` why there are none yet; `starts_ms` is when every take's time begins, since 1970."""

    takes: Sequence[Take]
    not_ready: str
    starts_ms: int

    @property
    def playing(self) -> Take | None:
        """The take that this page plays."""
        return next((take for take in self.takes if take.playing), None)

    @property
    def unopened(self) -> str:
        """What was not opened yet, in words; empty for nothing. What plays is being opened."""
        missing = [take.number for take in self.takes if not take.opened and not take.playing]
        return rules.takes_words(missing, of=len(self.takes)) if missing else ""


def film_of(found: RightsRequest, *, actor: Actor, playing: int | None) -> Film:
    """The film as this person finds it now, with the take that the page was asked to play."""
    starts_ms = film.plan_of(found).from_us // 1000
    try:
        film.check_ready(found)
    except Invalid as refused:
        return Film(takes=[], not_ready=str(refused), starts_ms=starts_ms)
    takes, opened = film.takes_of(found), film.opened_takes(found, actor)
    of = {"tenant_id": found.tenant_id, "rights_id": found.id}
    return Film(
        takes=[
            Take(
                number=take.number,
                words=rules.takes_words([take.number], of=len(takes)),
                span=(_whole(take.from_us), _whole(take.until_us)),
                playlist=addresses.rights_playlist(**of, take=take.number),
                opened=take.number in opened,
                playing=take.number == playing,
            )
            for take in takes
        ],
        not_ready="",
        starts_ms=starts_ms,
    )


def _whole(at_us: int) -> datetime:
    return instant(at_us).replace(microsecond=0)

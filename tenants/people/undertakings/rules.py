"""Who owes a signature of secrecy, and since when. Pure functions of data and days (KH-5-2, TY-4-2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from infra.clock import civil_day
from tenants.errors import Invalid
from tenants.people.spells import Spell
from tenants.people.undertakings.models import Occasion, Undertaking

# Whoever left a year ago and did not sign will not come back for it; the duty itself does not end.
ASKED_FOR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A signature that is missing, and the day from which it is."""

    user_id: UUID
    since: date


def check_paper(*, paper: str, signed_on: date | None, today: date) -> date:
    """The day on which it was signed with ink. Raises `Invalid` for one without number or day, or of the future."""
    if not paper.strip():
        raise Invalid("請填寫紙本切結書的編號或文號，日後才找得到。", field="paper")
    if signed_on is None:
        raise Invalid("請填寫簽署日期，例如 115/07/31。", field="signed_on")
    if signed_on > today:
        raise Invalid("簽署日期不能晚於今天。", field="signed_on")
    return signed_on


def unsigned(people: dict[UUID, list[Spell]], signed: Sequence[Undertaking], *, day: date) -> list[Owed]:
    """Who has duties on the day and did not sign at their designation; one signature serves until they leave."""
    owed = []
    for user_id, their in people.items():
        now = next((each for each in their if each.covers(day)), None)
        if now is None:
            continue
        before = max((each.until for each in their if each.until is not None and each.until <= now.first), default=None)
        if not _has(signed, user_id, Occasion.DESIGNATED, day=day, after=before):
            owed.append(Owed(user_id=user_id, since=now.first))
    return owed


def left_unsigned(people: dict[UUID, list[Spell]], signed: Sequence[Undertaking], *, day: date) -> list[Owed]:
    """Who had duties until lately, has none on the day, and did not sign again at leaving."""
    owed = []
    for user_id, their in people.items():
        if any(each.covers(day) for each in their):
            continue
        last = max((each for each in their if each.until is not None and each.until <= day), key=_until, default=None)
        if last is None or last.until is None or day - last.until > ASKED_FOR:
            continue
        if not _has(signed, user_id, Occasion.LEAVING, day=day, after=last.first):
            owed.append(Owed(user_id=user_id, since=last.until))
    return owed


def _has(signed: Sequence[Undertaking], user_id: UUID, occasion: Occasion, *, day: date, after: date | None) -> bool:
    """Whether a signature for this occasion was known on the day, that was given after the one before."""
    return any(
        each.user_id == user_id
        and each.occasion == occasion
        and civil_day(each.noted_at) <= day
        and (after is None or each.signed_on >= after)
        for each in signed
    )


def _until(spell: Spell) -> date:
    assert spell.until is not None  # noqa: S101 - only of spells that are over
    return spell.until

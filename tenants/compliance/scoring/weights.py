"""Entering and reading the bureau's weights and targets: ahead only, so that no figure that was told changes."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from uuid import uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.compliance.scoring import rules
from tenants.compliance.scoring.models import ArticleWeighting
from tenants.compliance.scoring.rules import Aim, Weighting
from tenants.errors import Invalid, refuse
from tenants.permissions import Permission
from tenants.registry import queries as registry


def versions() -> Sequence[ArticleWeighting]:
    """Every version, the latest first."""
    return list(db.session.scalars(select(ArticleWeighting).order_by(ArticleWeighting.effective_from.desc())))


def weightings() -> Sequence[Weighting]:
    """Every version as the rules take it; `rules.in_force` says which counts on a day."""
    return [plain(each) for each in versions()]


def in_force(*, day: date) -> Weighting:
    """The version of a civil day; ours before the bureau's first."""
    return rules.in_force(weightings(), day)


def plain(held: ArticleWeighting) -> Weighting:
    """A row as the rules take it."""
    aims = {key: Aim(weight=said["weight"], target=said["target"]) for key, said in held.aims.items()}
    return Weighting(effective_from=held.effective_from, target=held.target, aims=aims)


def set_weights(*, actor: Actor, weighting: Weighting, reason: str) -> ArticleWeighting:
    """Enter a version from a day ahead on. Raises `Invalid` with all that is wrong. The session is the bureau's."""
    actor.require(Permission.COMPLIANCE_WEIGH)
    refuse(faults(weighting, reason))
    begin = weighting.effective_from
    assert begin is not None  # noqa: S101 - refused above
    made = ArticleWeighting(
        id=uuid4(),
        effective_from=begin,
        target=weighting.target,
        aims={key: asdict(aim) for key, aim in weighting.aims.items()},
        reason=reason.strip(),
        entered_by=person(actor),
    )
    db.session.add(made)
    audit.record(
        Event.COMPLIANCE_WEIGHED,
        tenant_id=registry.bureau().id,
        actor=actor,
        subject_id=made.id,
        effective_from=begin.isoformat(),
        reason=made.reason,
        target=made.target,
        weights=" ".join(f"{key}:{aim.weight}/{aim.target}" for key, aim in weighting.aims.items()),
    )
    return made


def faults(weighting: Weighting, reason: str) -> Iterable[Invalid]:
    """All that is wrong with a version, changing nothing."""
    taken = list(db.session.scalars(select(ArticleWeighting.effective_from)))
    return rules.faults(weighting, reason, taken=taken, today=clock.today())

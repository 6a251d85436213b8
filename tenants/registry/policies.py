"""How long a site keeps footage by its school's own decision: passed by a meeting, from a day on (KH-2-1 to KH-2-3)."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import exists, select

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants import periods
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound, refusals
from tenants.permissions import Permission
from tenants.profiles import Clause, RuleProfile
from tenants.profiles.rules import tightened_days
from tenants.registry import period_rules, queries, regulations, standing
from tenants.registry.models import EdgeDevice, EnrolmentToken, PeriodBasis, Site, SitePeriod
from tenants.registry.period_rules import Adoption


def history(*, tenant_id: UUID, site_id: UUID | None = None) -> list[SitePeriod]:
    """Every version that the institution recorded, withdrawn ones too, the latest first."""
    query = select(SitePeriod).where(SitePeriod.tenant_id == tenant_id)
    if site_id is not None:
        query = query.where(SitePeriod.site_id == site_id)
    return list(db.session.scalars(query.order_by(SitePeriod.effective_from.desc(), SitePeriod.created_at.desc())))


def changeable_from(*, tenant_id: UUID, site_id: UUID, today: date) -> date:
    """The first day from which the site's days may be changed: at once where no box was ever given a key to hold."""
    boxes = exists().where(EdgeDevice.tenant_id == tenant_id, EdgeDevice.site_id == site_id)
    codes = exists().where(EnrolmentToken.tenant_id == tenant_id, EnrolmentToken.site_id == site_id)
    held = db.session.scalar(select(boxes | codes))
    return periods.changeable_from(today) if held else today


def adopt_policy(
    *, tenant_id: UUID, site_id: UUID, retention_days: str, effective_from: date, adoption: Adoption, actor: Actor
) -> SitePeriod:
    """Record the days that the school passed for a site; nothing typed means the regulation's own days again.

    Raises `Invalid` below the floor and above the ceiling of that day's regulation, without the meeting it asks for,
    for a past day or one whose keys are out, and out of order; `NeedsConfirmation` for an old meeting (KH-2-2).
    """
    actor.require(Permission.POLICY_ADOPT)
    standing.refuse_closed(tenant_id=tenant_id, what="停辦後沒有錄影，不能再變更保存天數", on=effective_from)
    rule = _rule_that_allows(_locked(tenant_id, site_id), effective_from)
    days = tightened_days(retention_days, rule)
    told = period_rules.checked_adoption(adoption, rule, today=clock.today(), begins=effective_from)
    made = SitePeriod(
        id=uuid4(),
        tenant_id=tenant_id,
        site_id=site_id,
        effective_from=effective_from,
        basis=PeriodBasis.REGULATION if days is None else PeriodBasis.OWN_POLICY,
        retention_days=days,
        considerations=told.considerations,
        meeting=told.meeting,
        meeting_on=told.held_on,
        minutes=told.minutes,
        recorded_by=actor.id,
    )
    db.session.add(made)
    audit.record(
        Event.POLICY_ADOPTED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        site_id=str(site_id),
        effective_from=effective_from.isoformat(),
        retention_days=days,
        meeting_on=told.held_on.isoformat() if told.held_on else None,
        minutes=told.minutes,
    )
    enqueue_after_commit(db.session, Job.MAKE_KEYS, tenant_id=tenant_id)
    return made


def policy_faults(
    *, tenant_id: UUID, site_id: UUID, retention_days: str, effective_from: date | None, adoption: Adoption
) -> list[Invalid]:
    """Everything that `adopt_policy` would refuse of what was typed, changing nothing; without the day what can be."""
    site, today, begin = queries.site(tenant_id=tenant_id, site_id=site_id), clock.today(), effective_from
    rule = regulations.profile(site.profile, max(begin or today, today))
    checks: list[Callable[[], object]] = [lambda: tightened_days(retention_days, rule)]
    if begin is not None:
        checks.append(lambda: _rule_that_allows(site, begin))
    return [*refusals(*checks), *period_rules.adoption_faults(adoption, rule, today=today)]


def withdraw_policy(*, tenant_id: UUID, period_id: UUID, actor: Actor) -> SitePeriod:
    """Take back a version that has not begun and under which no key was handed out; it stays in the history."""
    actor.require(Permission.POLICY_ADOPT)
    found = db.session.scalar(select(SitePeriod).where(SitePeriod.tenant_id == tenant_id, SitePeriod.id == period_id))
    if found is None:
        raise NotFound
    _locked(tenant_id, found.site_id)
    if found.withdrawn_at is not None:
        return found
    earliest = changeable_from(tenant_id=tenant_id, site_id=found.site_id, today=clock.today())
    period_rules.check_withdrawable(found.effective_from, earliest=earliest)
    found.withdrawn_at, found.withdrawn_by = clock.now(), actor.id
    audit.record(
        Event.POLICY_WITHDRAWN,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        site_id=str(found.site_id),
        effective_from=found.effective_from.isoformat(),
    )
    return found


def _rule_that_allows(site: Site, effective_from: date) -> RuleProfile:
    """The regulation of the day, once it is one from which something may be changed at the site."""
    today = clock.today()
    rule = regulations.profile(site.profile, max(effective_from, today))
    period_rules.check_begin(
        effective_from,
        earliest=changeable_from(tenant_id=site.tenant_id, site_id=site.id, today=today),
        today=today,
        article=rule.article(Clause.LOCAL_POLICY),
    )
    known = history(tenant_id=site.tenant_id, site_id=site.id)
    period_rules.check_order(effective_from, [each.effective_from for each in known if each.withdrawn_at is None])
    return rule


def _locked(tenant_id: UUID, site_id: UUID) -> Site:
    """The site, locked: of two versions that are recorded at the same moment the second sees the first."""
    site = queries.site(tenant_id=tenant_id, site_id=site_id)
    db.session.refresh(site, with_for_update=True)
    return site

"""A school whose regulation knows no panel may have one by its own rule, from a day on (KH-2-1, TY-X-1).

Nothing is imported silently: until the school records that it passed the rule, its applications are decided by the
chain of signatures; what was filed before the day goes on as it began (DR-10).
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Select, select

from infra import clock
from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.insider.panel.models import PanelAdoption
from tenants.errors import Invalid, refuse
from tenants.permissions import Permission
from tenants.profiles import Clause, RuleProfile
from tenants.registry import period_rules, standing
from tenants.registry import queries as registry
from tenants.registry.period_rules import Adoption
from tenants.registry.regulations import profile

OWN_RULE = "校內規定"


def decides(*, tenant_id: UUID, site_id: UUID, rule: RuleProfile, day: date) -> bool:
    """Whether a panel decides what is filed at the site on this day: by the regulation, or by the school's own rule."""
    if rule.insider.panel.required:
        return True
    found = adopted(tenant_id=tenant_id, site_id=site_id, day=day)
    return found is not None and found.required


def any_decides(*, tenant_id: UUID, day: date) -> bool:
    """Whether a panel decides at any site of the institution, so that its pages speak of panels at all (TY-X-1)."""
    return any(
        decides(tenant_id=tenant_id, site_id=site.id, rule=profile(site.profile, day), day=day)
        for site in registry.sites(tenant_id=tenant_id)
    )


@read_once
def adopted(*, tenant_id: UUID, site_id: UUID, day: date) -> PanelAdoption | None:
    """The school's own rule about panels at the site that is in force on a day."""
    return db.session.scalars(*_adopted(tenant_id=tenant_id, site_id=site_id, day=day)).first()


def history(*, tenant_id: UUID) -> list[PanelAdoption]:
    """Everything that the school passed about panels, the latest to begin first; of one day the last recorded."""
    query = select(PanelAdoption).where(PanelAdoption.tenant_id == tenant_id)
    newest = query.order_by(PanelAdoption.effective_from.desc(), PanelAdoption.recorded_at.desc())
    return list(db.session.scalars(newest))


def article(rule: RuleProfile, clause: Clause = Clause.PANEL) -> str:
    """What a panel rests on: the regulation's article, or 校內規定 where the regulation knows none (TY-X-1)."""
    return rule.article(clause) if rule.insider.panel.required else OWN_RULE


def adopt_panel(
    *, actor: Actor, tenant_id: UUID, site_id: UUID, effective_from: date, required: bool, adoption: Adoption
) -> PanelAdoption:
    """Record that the school passed to have a panel decide from a day on, or from a day on no more.

    It replaces what was in force until then, and what was recorded for the same day while that day is still ahead.
    Raises `Invalid` where the regulation orders one anyway, for a day that is past, and without the meeting;
    `NeedsConfirmation` as `policies.adopt_policy`.
    """
    actor.require(Permission.POLICY_ADOPT)
    rule = _rule(tenant_id, site_id, effective_from)
    standing.refuse_closed(tenant_id=tenant_id, what="停辦後不能再訂定校內規定", on=effective_from)
    told = _checked(rule, effective_from, adoption)
    _check_replaceable(tenant_id, site_id, effective_from)
    made = PanelAdoption(
        id=uuid4(),
        tenant_id=tenant_id,
        site_id=site_id,
        effective_from=effective_from,
        required=required,
        meeting=told.meeting,
        meeting_on=told.held_on,
        minutes=told.minutes,
        recorded_at=clock.now(),
        recorded_by=actor.id,
    )
    db.session.add(made)
    audit.record(
        Event.PANEL_ADOPTED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        site_id=str(site_id),
        effective_from=effective_from.isoformat(),
        required=required,
        meeting_on=str(told.held_on),
        minutes=told.minutes,
    )
    return made


def adoption_faults(
    *, tenant_id: UUID, site_id: UUID, effective_from: date | None, adoption: Adoption
) -> Iterator[Invalid]:
    """All that `adopt_panel` would refuse of what was typed, changing nothing; without the day what can be."""
    site, today = registry.site(tenant_id=tenant_id, site_id=site_id), clock.today()
    yield from _faults(profile(site.profile, max(effective_from or today, today)), effective_from, adoption)


@made_once
def _adopted(*, tenant_id: UUID, site_id: UUID, day: date) -> Select[PanelAdoption]:
    return (
        select(PanelAdoption)
        .where(
            PanelAdoption.tenant_id == tenant_id, PanelAdoption.site_id == site_id, PanelAdoption.effective_from <= day
        )
        .order_by(PanelAdoption.effective_from.desc(), PanelAdoption.recorded_at.desc())
        .limit(1)
    )


def _faults(rule: RuleProfile, effective_from: date | None, adoption: Adoption) -> Iterator[Invalid]:
    today = clock.today()
    if rule.insider.panel.required:
        yield Invalid(f"{rule.article(Clause.PANEL)}已規定應組成專案小組，不必另訂，也不能免除。", field="site")
    if effective_from is not None and effective_from < today:
        yield Invalid("生效日不可早於今天：已送出的申請依送出當時的規定辦理。", field="effective_from")
    if not adoption.meeting.strip():
        yield Invalid("請填寫通過校內規定的會議名稱。", field="meeting")
    if adoption.held_on is None:
        yield Invalid("請填寫通過校內規定的會議日期。", field="meeting_on")
    if not adoption.minutes.strip():
        yield Invalid("請填寫通過校內規定的會議紀錄文號。", field="minutes")
    yield from period_rules.adoption_faults(adoption, rule, today=today)


def _checked(rule: RuleProfile, effective_from: date, adoption: Adoption) -> Adoption:
    refuse(_faults(rule, effective_from, adoption))
    return period_rules.checked_adoption(adoption, rule, today=clock.today(), begins=effective_from)


def _check_replaceable(tenant_id: UUID, site_id: UUID, effective_from: date) -> None:
    """Raise `Invalid` where a rule that began today would be replaced: what was filed since was filed under it."""
    found = adopted(tenant_id=tenant_id, site_id=site_id, day=effective_from)
    if found is not None and found.effective_from == effective_from <= clock.today():
        raise Invalid(
            "今天起施行的校內規定已經登記，今天收到的申請已依它辦理。"
            "要取代它，請把生效日訂在明天以後，新登記的規定自該日起取代。",
            field="effective_from",
        )


def _rule(tenant_id: UUID, site_id: UUID, day: date) -> RuleProfile:
    """The site's regulation on a day that is not past, with the site locked: two that adopt at once take turns."""
    site = registry.site(tenant_id=tenant_id, site_id=site_id)
    db.session.refresh(site, with_for_update=True)
    return profile(site.profile, max(day, clock.today()))

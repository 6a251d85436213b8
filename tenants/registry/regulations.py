"""The regulations as they are in force: the shipped texts, and the versions that the bureau entered since (DR-10).

Everybody asks here and not `tenants.profiles`, which knows only what was shipped.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import Select, select

from infra import clock
from infra.db import db
from infra.once import read_for_all
from infra.statements import made_once
from infra.tenancy import Binding, bound
from tenants import periods, profiles
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound, refusals
from tenants.permissions import Permission
from tenants.profiles import CODES, Clause, RuleProfile, UnknownProfile
from tenants.profiles.rules import amended
from tenants.registry import period_rules, queries
from tenants.registry.models import RuleSchedule, Tenant, TenantKind

# The code of a regulation by the name that letters and rosters call it. What the bureau enters keeps the name.
BY_NAME: Mapping[str, str] = {version.name: code for code in CODES for version in profiles.versions(code)}
_OF_KIND = {TenantKind.PRESCHOOL: "KH_PRESCHOOL", TenantKind.ELEMENTARY_SCHOOL: "TY_ELEMENTARY"}


def profile(code: str, on: date) -> RuleProfile:
    """The version of a regulation in force on a Taipei civil day. Raises `UnknownProfile`."""
    return in_force(code, on, living())


def profile_version(code: str, version: str) -> RuleProfile:
    """One version by its name, as a case or certificate keeps it. Raises `UnknownProfile`."""
    try:
        return profiles.profile_version(code, version)
    except UnknownProfile:
        found = [each for each in versions(code, living()) if each.version == version]
        if not found:
            raise
        return found[0]


def in_force(code: str, on: date, schedules: Sequence[RuleSchedule]) -> RuleProfile:
    """As `profile`, with schedules that were read before."""
    begun = [each for each in versions(code, schedules) if each.effective_from <= on]
    return begun[-1] if begun else profiles.profile(code, on)


def versions(code: str, schedules: Sequence[RuleSchedule]) -> Sequence[RuleProfile]:
    """Every version of a regulation, shipped and scheduled, oldest first; each of the latter amends the one before."""
    steps: list[RuleProfile | RuleSchedule] = [
        *profiles.versions(code),
        *(each for each in schedules if each.code == code),
    ]
    found: list[RuleProfile] = []
    for step in sorted(steps, key=lambda each: each.effective_from):
        found.append(_amended(found[-1], step) if isinstance(step, RuleSchedule) else step)
    return found


@read_for_all
def living() -> list[RuleSchedule]:
    """The scheduled versions that were not withdrawn, of all regulations, the earliest first."""
    return list(db.session.scalars(*_living()))


@made_once
def _living() -> Select[RuleSchedule]:
    return select(RuleSchedule).where(RuleSchedule.withdrawn_at.is_(None)).order_by(RuleSchedule.effective_from)


def living_with(schedule: RuleSchedule) -> list[RuleSchedule]:
    """The living versions and this one, which may be withdrawn: what holds if it takes force."""
    return [*(each for each in living() if each.id != schedule.id), schedule]


def schedules() -> list[RuleSchedule]:
    """Every version that was ever scheduled, withdrawn ones too, the latest first."""
    return list(db.session.scalars(select(RuleSchedule).order_by(RuleSchedule.effective_from.desc())))


def schedule(*, schedule_id: UUID) -> RuleSchedule:
    """One scheduled version, also a withdrawn one. Raises `NotFound`."""
    found = db.session.get(RuleSchedule, schedule_id)
    if found is None:
        raise NotFound
    return found


def checked_version(*, code: str, min_days: str, effective_from: date, replaces: UUID | None = None) -> int:
    """The days of a version that may be scheduled, from what was typed. Raises `Invalid` where it may not."""
    today = clock.today()
    if code not in CODES:
        raise Invalid("請從清單中選取規定。", field="code")
    others = [each for each in living() if each.id != replaces]
    before = in_force(code, effective_from, others)
    _check_begin(effective_from, before, today)
    period_rules.check_order(effective_from, [each.effective_from for each in versions(code, others)])
    return period_rules.regulated_days(min_days, before, today=today)


def version_faults(
    *, code: str, version: str, min_days: str, effective_from: date | None, replaces: UUID | None = None
) -> list[Invalid]:
    """Everything that is wrong with a version of a known regulation, changing nothing; without its day what can be."""
    today, others = clock.today(), [each for each in living() if each.id != replaces]
    before = in_force(code, effective_from or today, others)
    known = versions(code, others)
    begin = effective_from
    checks: list[Callable[[], object]] = []
    if begin is not None:
        checks.append(lambda: _check_begin(begin, before, today))
        checks.append(lambda: period_rules.check_order(begin, [each.effective_from for each in known]))
    return refusals(
        *checks,
        lambda: period_rules.regulated_days(min_days, before, today=today),
        lambda: _check_name(version, known),
    )


def schedule_version(
    *,
    code: str,
    version: str,
    effective_from: date,
    min_days: str,
    document: str,
    words: str,
    replaces: UUID | None = None,
    actor: Actor,
) -> RuleSchedule:
    """Enter a later version of a regulation under the document that issued it, in place of one that has not begun.

    Raises `Invalid` for a day already past or whose keys are handed out, an order that is none, or days that the law
    does not allow. It shortens nothing: footage keeps the class of the day on which it was recorded.
    """
    actor.require(Permission.REGULATION_SCHEDULE)
    bureau = _locked_bureau()
    days = checked_version(code=code, min_days=min_days, effective_from=effective_from, replaces=replaces)
    if replaces is not None:
        if schedule(schedule_id=replaces).code != code:
            raise NotFound
        withdraw_version(schedule_id=replaces, actor=actor)
    made = RuleSchedule(
        id=uuid4(),
        code=code,
        version=_named(version, code),
        effective_from=effective_from,
        min_days=days,
        document=_stated(document, field="document", sentence="請填寫發布或修正規定的文號。"),
        words=_stated(words, field="words", sentence="請填寫修正後的條文，供各頁面引用。"),
        scheduled_by=actor.id,
    )
    _enter(made, bureau=bureau, actor=actor)
    return made


def withdraw_version(*, schedule_id: UUID, actor: Actor) -> RuleSchedule:
    """Take back a version before it takes force. Raises `Invalid` once keys of its first day may be handed out."""
    actor.require(Permission.REGULATION_SCHEDULE)
    bureau, found = _locked_bureau(), schedule(schedule_id=schedule_id)
    if found.withdrawn_at is not None:
        return found
    period_rules.check_withdrawable(found.effective_from, earliest=periods.changeable_from(clock.today()))
    with bound(db.session, Binding(tenant_id=bureau.id)):
        found.withdrawn_at, found.withdrawn_by = clock.now(), actor.id
        audit.record(
            Event.REGULATION_WITHDRAWN,
            tenant_id=bureau.id,
            actor=actor,
            subject_id=found.id,
            code=found.code,
            version=found.version,
        )
    return found


def _check_begin(effective_from: date, before: RuleProfile, today: date) -> None:
    earliest, article = periods.changeable_from(today), before.article(Clause.RETENTION_MIN)
    period_rules.check_begin(effective_from, earliest=earliest, today=today, article=article)


def _enter(made: RuleSchedule, *, bureau: Tenant, actor: Actor) -> None:
    with bound(db.session, Binding(tenant_id=bureau.id)):
        db.session.add(made)
        audit.record(
            Event.REGULATION_SCHEDULED,
            tenant_id=bureau.id,
            actor=actor,
            subject_id=made.id,
            code=made.code,
            version=made.version,
            effective_from=made.effective_from.isoformat(),
            min_days=made.min_days,
            document=made.document,
        )


def _amended(before: RuleProfile, step: RuleSchedule) -> RuleProfile:
    return amended(
        before,
        version=step.version,
        effective_from=step.effective_from,
        min_days=step.min_days,
        words=step.words,
    )


def _locked_bureau() -> Tenant:
    """The bureau's row, locked: of two officers who schedule at the same moment the second sees the first."""
    bureau = queries.bureau()
    with bound(db.session, Binding(tenant_id=bureau.id)):
        db.session.refresh(bureau, with_for_update=True)
    return bureau


def _named(version: str, code: str) -> str:
    name = _stated(version, field="version", sentence="請填寫版次，例如 116。")
    _check_name(name, versions(code, living()))
    return name


def _check_name(version: str, known: Sequence[RuleProfile]) -> None:
    name = version.strip()
    if name in {each.version for each in known}:
        raise Invalid(f"版次「{name}」已使用過，案件與銷毀證明會引用版次，不能重複。請另取版次。", field="version")


def _stated(text: str, *, field: str, sentence: str) -> str:
    if not text.strip():
        raise Invalid(sentence, field=field)
    return text.strip()


def of_institution(*, tenant_id: UUID, day: date) -> RuleProfile:
    """The regulation whose words an institution's papers and pages use: that of its first site.

    An institution that has no site yet is under the regulation of its kind.
    """
    sites = queries.sites(tenant_id=tenant_id)
    code = sites[0].profile if sites else _OF_KIND[TenantKind(queries.tenant(tenant_id=tenant_id).kind)]
    return profile(code, day)

"""What an applicant does: file, complete, withdraw. Whatever was asked for is preserved in the same moment (DR-01)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.lookup_keys import LookupSecret
from tenants.actor import Actor, ActorKind
from tenants.disclosures import asking, availability, closed, withdrawing
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.holding import hold_for_case
from tenants.disclosures.insider import purpose, rules
from tenants.disclosures.insider.models import Box, InsiderRequest
from tenants.disclosures.insider.panel import adopting
from tenants.disclosures.insider.rules import Applicant, Ground, Incident
from tenants.disclosures.insider.signing import put
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.numbering import next_serial
from tenants.disclosures.progress import finish, let_hold_end, record, start
from tenants.disclosures.records import records_recipient
from tenants.disclosures.steps import Step
from tenants.disclosures.windows import plain, rows_of
from tenants.errors import Invalid, NeedsConfirmation, NotFound
from tenants.people import identity_keeping
from tenants.people.identity_numbers import IdentityNumber
from tenants.permissions import Permission
from tenants.profiles import RuleProfile
from tenants.registry import queries as registry
from tenants.registry.models import Site
from tenants.registry.regulations import profile
from tenants.retention.models import Hold
from tenants.retention.urgent import queries as urgent


@dataclass(frozen=True, kw_only=True)
class Application:
    """The form as filled in (附件1, 附錄1). `paper_number` is of one on paper that somebody keys in (補登, DR-20)."""

    applicant: Applicant
    name: str
    relation: str
    unit: str
    title: str
    phone: str
    identity: IdentityNumber
    ground: str
    reason: str
    windows: tuple[AskedWindow, ...]
    acknowledged: str
    child_name: str = ""
    child_class: str = ""
    email: str = ""
    concerned_right: str = ""
    incident: Incident | None = None
    applied_on: date | None = None
    paper_number: str = ""
    confirmed: bool = False


def file_application(
    *, actor: Actor, tenant_id: UUID, application: Application, lookup: LookupSecret
) -> InsiderRequest:
    """File an application: receipt number, hold and the applicant's signature in one transaction (KH-6-2, DR-01).

    What is wholly destroyed may still be asked for: it is answered with the certificate (KH-6-3b). Raises `Invalid`
    with the form's field, and `NeedsConfirmation` unless `application.confirmed`.
    """
    actor.require(Permission.PAPER_ENTER if application.paper_number else Permission.APPLICATION_FILE)
    cameras = {camera.id: camera for camera in registry.cameras_ever(tenant_id=tenant_id)}
    site_of = {camera.id: camera.site_id for camera in cameras.values()}
    site = db.session.get_one(Site, asking.check_windows(application.windows, site_of=site_of, now=clock.now()))
    asking.check_in_use(application.windows, cameras)
    closed.check_filing(tenant_id=tenant_id, windows=application.windows)
    rule = profile(site.profile, clock.today())
    _check(application, actor=actor, rule=rule, today=clock.today())
    made = _opened(actor=actor, site=site, rule=rule, application=application, lookup=lookup)
    db.session.add_all(rows_of(made, application.windows, cameras, agency_id=None))
    _sign(made, actor=actor, application=application)
    record(
        Step.FILE,
        actor=actor,
        disclosure=made,
        ground=made.ground,
        windows=[plain(window) for window in application.windows],
    )
    return made


def complete_application(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reason: str) -> InsiderRequest:
    """補件: say more of the reason. What was said before stays, so that nobody reads another story (KH-6-2e)."""
    found = _own(Step.COMPLETE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    more = rules.check_reason(reason)
    found.reason = rules.check_reason(f"{found.reason}\n補充：{more}")
    found.reason_specific = None  # whoever checked it has not read this one
    return finish(Step.COMPLETE, actor=actor, disclosure=found)


def withdraw_application(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> InsiderRequest:
    """撤回, also after the consent while nothing was looked at. An agreed time is called off with it.

    The hold ends after the appeal period, as after a refusal (DR-01). Raises as `withdrawing.check_nothing_seen`.
    """
    found = _own(Step.WITHDRAW, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    withdrawing.check_nothing_seen(found)
    withdrawing.call_off(found, actor=actor)
    let_hold_end(found, actor=actor)
    return finish(Step.WITHDRAW, actor=actor, disclosure=found)


def check_applied(day: date, *, today: date) -> None:
    """Raise `Invalid` for a paper of a day to come."""
    if day > today:
        raise Invalid("申請日期不能晚於今天。", field="applied_on")


def _check(application: Application, *, actor: Actor, rule: RuleProfile, today: date) -> None:
    for name, label in (("name", "申請人姓名"), ("phone", "聯絡電話"), ("unit", "調閱單位"), ("title", "職稱或身分")):
        if not getattr(application, name).strip():
            raise Invalid(f"請填寫{label}。", field=name)
    if not application.acknowledged:
        raise Invalid("請先閱讀並同意影像使用的規定，再送出申請。", field="acknowledged")
    if actor.kind is ActorKind.APPLICANT and not application.email.strip():
        raise Invalid("請填寫電子郵件，我們會以它通知您進度。", field="email")
    if application.applied_on is not None:
        check_applied(application.applied_on, today=today)
    if bool(application.paper_number) != (application.applied_on is not None):
        raise Invalid("補登紙本申請單時，請填寫紙本編號與申請日期。", field="paper_number")
    rules.check_applicant(
        application.applicant, relation=application.relation, child_name=application.child_name, profile=rule
    )
    ground = rules.check_ground(application.ground, rule)
    rules.check_reason(application.reason)
    rules.check_incident(application.incident, application.windows, profile=rule, margin=rules.INCIDENT_MARGIN)
    right = purpose.check_right(application.concerned_right)
    cautions = (
        *rules.cautions(ground, application.applicant, application.windows, profile=rule),
        *purpose.purpose_cautions(
            ground, application.windows, incident=application.incident, right=right, reason=application.reason
        ),
        *rules.beyond_cautions(application.incident, application.windows, profile=rule),
    )
    if cautions and not application.confirmed:
        raise NeedsConfirmation(cautions)


def _opened(
    *, actor: Actor, site: Site, rule: RuleProfile, application: Application, lookup: LookupSecret
) -> InsiderRequest:
    serial, tenant_id, made_id = next_serial(tenant_id=site.tenant_id), site.tenant_id, uuid4()
    ground, today = Ground(application.ground), clock.today()
    incident = application.incident
    recipient = records_recipient(tenant_id=tenant_id, field="identity")
    key = identity_keeping.lookup_key(lookup, tenant_id=tenant_id)
    hold = _held(actor=actor, site=site, serial=serial, ground=ground, application=application)
    made = InsiderRequest(
        id=made_id,
        tenant_id=tenant_id,
        site_id=site.id,
        serial=serial,
        state=DisclosureState.SUBMITTED,
        profile=rule.code,
        profile_version=rule.version,
        filed_at=clock.now(),
        filed_by=actor.id,
        hold_id=hold.id if hold is not None else None,
        panel_required=adopting.decides(tenant_id=tenant_id, site_id=site.id, rule=rule, day=today),
        applied_on=application.applied_on or today,
        applicant_class=application.applicant,
        applicant_name=application.name.strip(),
        id_kind=application.identity.kind,
        id_masked=application.identity.masked,
        id_sealed=identity_keeping.sealed(application.identity, recipient, row=made_id),
        id_search=identity_keeping.search_key(application.identity, key),
        ground=ground,
        reason=rules.check_reason(application.reason),
        concerned_right=application.concerned_right.strip() if ground is Ground.PERSONAL_RIGHTS else "",
        incident_from=incident.started_at if incident else None,
        incident_until=incident.ended_at if incident else None,
        sealed=ground in rules.SEALED_GROUNDS,
        **{name: getattr(application, name).strip() for name in _TYPED},
    )
    db.session.add(made)
    db.session.flush()
    return made


_TYPED = (
    "relation",
    "child_name",
    "child_class",
    "unit",
    "title",
    "phone",
    "email",
    "acknowledged",
    "paper_number",
)


def _held(*, actor: Actor, site: Site, serial: str, ground: Ground, application: Application) -> Hold | None:
    """What is left of the windows, with a margin. One that is gone is answered with its certificate (KH-6-3b)."""
    urgent_id = urgent.keeping(tenant_id=site.tenant_id, windows=application.windows)
    spans = [
        asking.with_margin(window)
        for window in application.windows
        if not availability.of_span(tenant_id=site.tenant_id, span=window, hold_id=urgent_id).destroyed
    ]
    if not spans:
        return None
    necessity = rules.SEALED if ground in rules.SEALED_GROUNDS else rules.GROUND_NAMES[ground]
    return hold_for_case(actor=actor, tenant_id=site.tenant_id, serial=serial, necessity=necessity, windows=spans)


def _sign(made: InsiderRequest, *, actor: Actor, application: Application) -> None:
    put(
        made,
        Box.APPLICANT,
        actor=actor,
        name=application.name.strip(),
        title=application.title.strip(),
        user_id=actor.id if not application.paper_number else None,
    )


def _own(step: Step, *, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> InsiderRequest:
    """The case, for whoever filed it. Somebody without an account was let in by a code to just this case."""
    found = start(InsiderRequest, step, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    if actor.kind is ActorKind.PERSON and found.filed_by != actor.id:
        raise NotFound
    return found

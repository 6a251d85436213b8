"""One of everything that an institution can own, for tests that look at every table at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.permissions import Role
from tenants.registry import regulations
from tenants.registry.hours import queries as opening
from tenants.registry.hours.models import SpanKind
from tenants.upkeep.property import queries as property_queries
from tests.factories import (
    applicants,
    assessments,
    assets,
    compliance,
    disclosures,
    emergencies,
    faults,
    footage,
    hours,
    insiders,
    inspections,
    leavers,
    ledger,
    misuse,
    notices,
    panels,
    people,
    platform,
    retained,
    retention,
    rights,
    samples,
    upkeep,
    viewings,
)
from tests.factories.disclosures import Case
from tests.factories.panels import Panel
from tests.factories.registry import REGULATED, Institution, period, renamed, scheduled, withdrawn_closing


@dataclass(frozen=True)
class Whole:
    """An institution that has at least one row in every table, and the ids a URL or job may name."""

    institution: Institution
    head_id: UUID
    handler_id: UUID
    guard_id: UUID
    agency_id: UUID
    agency_key_id: UUID
    officer_id: UUID
    device_id: UUID
    segment_id: UUID
    stray_id: UUID
    period_id: UUID
    fault_id: UUID
    maintenance_id: UUID
    name_id: UUID
    schedule_id: UUID
    hold_id: UUID
    destruction_id: UUID
    stop_id: UUID
    token_id: UUID
    notice_id: UUID
    membership_id: UUID
    deputy_id: UUID
    application_id: UUID
    visit_id: UUID
    rights_id: UUID
    masked_id: UUID
    inspection_id: UUID
    maintenance_entry_id: UUID
    misuse_id: UUID
    designation_id: UUID
    departure_id: UUID
    case: Case
    panel: Panel
    viewing_id: UUID
    registered: Mapping[str, UUID]

    @property
    def tenant_id(self) -> UUID:
        """The institution's id."""
        return self.institution.tenant_id


def whole(of: Institution, *, agency_name: str) -> Whole:
    """Fill every table for an institution, with an agency of its own that has asked it."""
    held = binding_of(db.session)
    agency_id = people.agency(agency_name)
    officer = people.person()
    people.membership(officer, Role.AGENCY_OFFICER, agency_id=agency_id)
    (head, _), (guard, _), (handler, handles) = (_member(of, role) for role in (Role.HEAD, Role.GUARD, Role.HANDLER))
    bind(db.session, Binding(tenant_id=of.tenant_id, agency_id=agency_id))
    device_id = footage.device(of)
    _reported(of, device_id, head)
    minute = footage.segment(of, device_id=device_id)
    hold_id = retention.hold(of)
    retention.preserved(of, hold_id=hold_id, segment=minute)
    _summed_up(of, head)
    made = Whole(
        institution=of,
        head_id=head,
        handler_id=handler,
        guard_id=guard,
        agency_id=agency_id,
        officer_id=officer,
        device_id=device_id,
        segment_id=minute.id,
        stray_id=footage.stray(of),
        period_id=period(of.tenant_id, of.site_id, None),
        name_id=renamed(of),
        schedule_id=_schedule(),
        hold_id=hold_id,
        destruction_id=retention.destruction(of),
        stop_id=retention.stop(of),
        token_id=footage.token(of),
        membership_id=handles,
        **_asked(of, head, handler, agency_id),
        **_peopled(of, head=head, handler=handler, guard=guard),
        **_watched(of, _carried_out(of, agency_id=agency_id, officer=officer), handler),
        panel=panels.panel(of, disclosure_id=insiders.request(of), convened_by=handler),
    )
    misuse.linked(of, misuse_id=made.misuse_id, viewing_id=made.viewing_id, linked_by=handler)
    bind(db.session, held)
    return made


def _peopled(of: Institution, *, head: UUID, handler: UUID, guard: UUID) -> dict[str, UUID]:
    """Who is designated, bound to secrecy, looked through, told and leaving."""
    leavers.undertaking(of.tenant_id, user_id=handler)
    leavers.review(of.tenant_id, user_id=handler, by=head)
    return {
        "deputy_id": people.deputy(of.tenant_id, principal_id=head, user_id=guard, days=(30, 40)),
        "notice_id": notices.whole(of),
        "designation_id": leavers.designation(of.tenant_id, contact_id=handler),
        "departure_id": leavers.departure(of.tenant_id, user_id=guard, by=head),
    }


def _reported(of: Institution, device_id: UUID, head: UUID) -> None:
    """What a box says beside its segments, and what the school made of it."""
    footage.gap(of, device_id=device_id)
    footage.camera_approval(of, check_id=footage.camera_check(of, device_id=device_id), approved_by=head)
    upkeep.function_review(of, reviewed_by=head)
    upkeep.calibration(of, recorded_by=head)


def _broken(of: Institution, handler: UUID) -> dict[str, UUID]:
    """A fault with its label, work that was announced, and an hour that was explained."""
    faults.targets()
    faults.label(of, made_by=handler)
    faults.settlement(of, settled_by=handler)
    return {"fault_id": faults.fault(of), "maintenance_id": faults.maintenance(of, announced_by=handler)}


def _audited(of: Institution, by: UUID) -> dict[str, UUID]:
    """A draw with a case, what is to be put right, and that the institution was told of a coming rule."""
    disclosure_id = insiders.request(of)
    samples.known_case(of, disclosure_id=disclosure_id)
    samples.rule_notice(of, schedule_id=_schedule(), by=by)
    sample_id, sampled_id = samples.drawn(of, disclosure_id=disclosure_id, by=by)
    improvement_id = samples.improvement(of, disclosure_id=disclosure_id, by=by)
    return {"sample_id": sample_id, "sampled_id": sampled_id, "improvement_id": improvement_id}


def _schedule() -> UUID:
    """A version of a regulation that the bureau entered: the one that is there, or a new one."""
    versions = regulations.living()
    return versions[0].id if versions else scheduled(effective_from=date(2099, 8, 1), min_days=REGULATED)


def _registered(of: Institution, head: UUID) -> Mapping[str, UUID]:
    """What the registry's rooms hold, by the names that routes have for it."""
    assessment_id = assessments.assessment(of, by=head)
    assessments.linked(of, camera="C-GATE", assessment_id=assessment_id, by=head)
    assessments.reviewed(of, by=head)
    assessments.moved(of)
    assessments.leave(of, by=head)
    assessments.attempt(of, by=head)
    assessments.counted(of)
    asset_id = assets.asset(of, custodian=head)
    assets.destroyed(of, asset_id=asset_id, by=head)
    assets.counted(of)
    return {
        **_audited(of, head),
        "assessment_id": assessment_id,
        "asset_id": asset_id,
        "access_id": emergencies.access(of.tenant_id, requested_by=head),
        "invitation_id": emergencies.invitation(of.tenant_id, user_id=head),
        "roster_id": emergencies.roster(of.tenant_id, by=head),
        "brand_id": _brand(),
        "template_id": _template(),
        "span_id": hours.span(SpanKind.HOLIDAY, first=clock.today()),
        "version_id": hours.open_when(of, hours.every_day(["08:00", "16:00"])),
        "day_id": hours.day(of, on=clock.today(), recorded_by=head),
    }


def _brand() -> UUID:
    """A restricted brand: one that is there, or a new one."""
    found = property_queries.brands()
    return found[0].id if found else assets.restricted()


def _template() -> UUID:
    """The bureau's hours: those that are there, or new ones."""
    found = opening.templates()
    return found[0].id if found else hours.template()


def _member(of: Institution, role: Role) -> tuple[UUID, UUID]:
    """Somebody new of the institution, and the membership."""
    person = people.person()
    return person, people.membership(person, role, tenant_id=of.tenant_id)


def _asked(of: Institution, head: UUID, handler: UUID, agency_id: UUID) -> dict[str, Any]:
    """What others left: somebody without an account, who told the handler across the counter, a key, and hours."""
    return {
        **_broken(of, handler),
        "visit_id": applicants.visit(of),
        "application_id": insiders.request(of),
        **_about_oneself(of, handler),
        **inspections.whole(of, by=handler),
        "misuse_id": _misused(of, handler),
        "agency_key_id": people.agency_key(agency_id),
        "registered": _registered(of, head),
    }


def _misused(of: Institution, handler: UUID) -> UUID:
    """A case of misuse whose 知悉時間 was said anew."""
    misuse_id = misuse.case(of, reported_by=handler)
    misuse.restated(of, misuse_id=misuse_id, said_by=handler)
    return misuse_id


def _about_oneself(of: Institution, handler: UUID) -> dict[str, UUID]:
    """A request about one's own data, and a masked copy of its footage."""
    rights_id = rights.request(of, entered_by=handler)
    return {"rights_id": rights_id, "masked_id": rights.copy(of, rights_id=rights_id, prepared_by=handler)}


def _carried_out(of: Institution, *, agency_id: UUID, officer: UUID) -> Case:
    """A case with its copy for reference, which is gone, and its certificate."""
    case = disclosures.case(of, agency_id=agency_id, filed_by=officer)
    retained.ended(of, package_id=case.package_id)
    return case


def _watched(of: Institution, case: Case, operator_id: UUID) -> dict[str, Any]:
    """A case, and a session in which it was looked at."""
    seen = {"disclosure_id": case.disclosure_id, "window_id": case.window_id}
    return {"case": case, "viewing_id": viewings.viewing(of, operator_id=operator_id, **seen)}


def _summed_up(of: Institution, head_id: UUID) -> None:
    """What there is once and no address names, and what is made of the other rows once a day and kept beside them."""
    retention.urgent(of)
    footage.day_key(of)
    footage.records_key(of)
    footage.status(of)
    footage.filmed_day(of)
    ledger.anchored(of)
    ledger.stamped(of)
    disclosures.certificate(of)
    compliance.now(of)
    compliance.law(of)
    compliance.day(of)
    compliance.camera(of)
    compliance.finding(of)
    compliance.city_day(of.tenant_id, on=date(2026, 2, 1))
    compliance.stored(of)
    compliance.weighting()
    compliance.room(of.tenant_id, head_id)
    withdrawn_closing(of)
    platform.fault(of.tenant_id)
    platform.store_check(of.tenant_id)
    platform.service(of.tenant_id)

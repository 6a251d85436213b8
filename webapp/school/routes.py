"""The institution's area put together from its parts, and what every page of it shows: name and reachable pages."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request

from tenants.closing import custody
from tenants.permissions import Role
from webapp.identify import actor
from webapp.school import (
    account_reviews,
    audits,
    blank_forms,
    deputies,
    designations,
    emergencies,
    home,
    improvements,
    leaving,
    notices,
    people,
    transfers,
    undertakings,
)
from webapp.school.applications import keying as keyed_applications
from webapp.school.applications import pages as applications
from webapp.school.applications import papers as application_papers
from webapp.school.assessments import entrances, new_cameras
from webapp.school.assessments import pages as assessments
from webapp.school.cases import decisions, drafts, halts, handovers, paper_lines, records, register, review
from webapp.school.cases import pages as cases
from webapp.school.equipment import cameras, devices
from webapp.school.heading import heading
from webapp.school.hours import pages as hours
from webapp.school.misuse import clocking, traces
from webapp.school.misuse import pages as misuse
from webapp.school.panel import adoption as panel_rule
from webapp.school.panel import pages as panels
from webapp.school.panel import papers as panel_papers
from webapp.school.panel import seats as panel_seats
from webapp.school.property import pages as property_pages
from webapp.school.retention import holds, policies, quarantine, retained, urgent
from webapp.school.retention import pages as retention
from webapp.school.rights import looking, masking
from webapp.school.rights import pages as rights
from webapp.school.upkeep import calibrations, faults, functions, gaps, inspections, maintenance, works
from webapp.school.upkeep import labels as fault_labels
from webapp.school.upkeep import packs as upkeep_packs
from webapp.school.viewings import calls as viewing_calls
from webapp.school.viewings import pages as viewings

school = Blueprint("school", __name__, url_prefix="/schools/<uuid:tenant_id>")
_PARTS = (
    home,
    cameras,
    assessments,
    entrances,
    new_cameras,
    property_pages,
    hours,
    functions,
    calibrations,
    inspections,
    maintenance,
    upkeep_packs,
    faults,
    fault_labels,
    works,
    gaps,
    cases,
    decisions,
    drafts,
    halts,
    handovers,
    applications,
    application_papers,
    keyed_applications,
    review,
    viewings,
    viewing_calls,
    register,
    rights,
    looking,
    masking,
    paper_lines,
    records,
    blank_forms,
    panels,
    panel_papers,
    panel_rule,
    panel_seats,
    retention,
    retained,
    holds,
    policies,
    quarantine,
    urgent,
    audits,
    emergencies,
    improvements,
    misuse,
    clocking,
    traces,
    people,
    transfers,
    deputies,
    designations,
    undertakings,
    leaving,
    account_reviews,
    notices,
    devices,
)
for part in _PARTS:
    school.register_blueprint(part.blueprint)


@school.url_defaults
def _stay_in_the_institution(_endpoint: str, values: dict[str, Any]) -> None:
    """Links of the area lead to the same institution unless they say otherwise."""
    tenant_id = (request.view_args or {}).get("tenant_id") if request else None
    if isinstance(tenant_id, UUID):
        values.setdefault("tenant_id", tenant_id)


# What a custodian reads of a closed institution, by the page: each opening is in its chain (DR-33).
_RECORDS = {
    "school.application_papers.copy": ("case", "disclosure_id"),
    "school.applications.show": ("case", "disclosure_id"),
    "school.audits.index": ("audit", ""),
    "school.cases.index": ("cases", ""),
    "school.cases.custody": ("case", "disclosure_id"),
    "school.cases.show": ("case", "disclosure_id"),
    "school.retention.certificate": ("certificate", "destruction_id"),
    "school.retention.certificates": ("certificates", ""),
    "school.records.index": ("records", ""),
    "school.register.as_csv": ("register", ""),
    "school.register.as_ods": ("register", ""),
    "school.register.printed": ("register", ""),
    "school.register.show": ("register", ""),
    "school.retained.certificate": ("certificate", "copy_id"),
    "school.retained.show": ("retained", "copy_id"),
}


@school.before_request
def _note_custody() -> None:
    record, id_of = _RECORDS.get(request.endpoint or "", ("", ""))
    if record and Role.CUSTODIAN in actor().roles:
        values = request.view_args or {}
        custody.note_reading(tenant_id=values["tenant_id"], record=record, subject_id=values.get(id_of), actor=actor())


@school.context_processor
def _heading() -> dict[str, Any]:
    # A function, so that the page of an error, which has no institution to name, never looks one up.
    return {"heading": heading}

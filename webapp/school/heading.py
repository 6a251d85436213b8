"""What every page of an institution shows: its name, and the pages that this person can reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import request

from infra import clock
from tenants.disclosures.insider.panel.adopting import any_decides
from tenants.emergency import queries as emergencies
from tenants.emergency import rules
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry.standing import is_closed
from webapp.identify import actor
from webapp.menus import marked

# Where no panel decides, no page speaks of one (TY-X-1).
_PANELS = "school.panel_seats.index"
# Words, endpoint, and the permission that the page asks for: a page that would answer 403 is never offered.
PAGES: Sequence[tuple[str, str, Permission]] = (
    ("首頁", "school.home.show", Permission.CAMERA_READ),
    ("鏡頭與今日錄影", "school.cameras.index", Permission.CAMERA_READ),
    ("報修", "school.faults.index", Permission.FAULT_REPORT),
    ("調閱案件", "school.cases.index", Permission.DISCLOSURE_READ),
    ("緊急保全", "school.urgent.index", Permission.HOLD_URGENT),
    ("專案小組", _PANELS, Permission.PANEL_SIT),
    ("調閱登記簿", "school.register.show", Permission.REGISTER_READ),
    ("空白表單", "school.blank_forms.index", Permission.FORM_READ),
    ("保存與銷毀", "school.retention.show", Permission.RETENTION_READ),
    ("稽核軌跡", "school.audits.index", Permission.AUDIT_READ),
    ("不當使用", "school.misuse.index", Permission.MISUSE_HANDLE),
    ("人員指派", "school.people.index", Permission.PEOPLE_MANAGE),
    ("通知", "school.notices.index", Permission.NOTICE_READ),
    ("邊緣主機", "school.devices.index", Permission.DEVICE_ENROL),
)
# What a closed institution has no more of.
_OF_OPEN_ONES = frozenset({"school.blank_forms.index", "school.devices.index"})
# Pages without a link of their own lie under that of another part.
_UNDER = {
    "school.assessments": "school.cameras.index",
    "school.entrances": "school.cameras.index",
    "school.new_cameras": "school.cameras.index",
    "school.property": "school.cameras.index",
    "school.applications": "school.cases.index",
    "school.functions": "school.cameras.index",
    "school.calibrations": "school.cameras.index",
    "school.hours": "school.cameras.index",
    "school.fault_labels": "school.faults.index",
    "school.gaps": "school.faults.index",
    "school.works": "school.faults.index",
    "school.handovers": "school.cases.index",
    "school.decisions": "school.cases.index",
    "school.emergencies": "school.audits.index",
    "school.improvements": "school.audits.index",
    "school.account_reviews": "school.people.index",
    "school.deputies": "school.people.index",
    "school.designations": "school.people.index",
    "school.leaving": "school.people.index",
    "school.application_papers": "school.cases.index",
    "school.keyed_applications": "school.cases.index",
    "school.panel_papers": _PANELS,
    "school.panel_rule": "school.retention.show",
    "school.paper_lines": "school.register.show",
    "school.records": "school.register.show",
    "school.review": "school.cases.index",
    "school.rights": "school.cases.index",
    "school.viewings": "school.cases.index",
    "school.holds": "school.retention.show",
    "school.inspections": "school.cameras.index",
    "school.maintenance": "school.cameras.index",
    "school.masking": "school.cases.index",
    "school.halts": "school.cases.index",
    "school.misuse_clocks": "school.misuse.index",
    "school.traces": "school.misuse.index",
    "school.packs": "school.cameras.index",
    "school.panels": _PANELS,
    "school.policies": "school.retention.show",
    "school.quarantine": "school.retention.show",
    "school.transfers": "school.people.index",
    "school.undertakings": "school.people.index",
    "school.retained": "school.retention.show",
}
# And each link's own blueprint under the link.
_PART = {endpoint.rpartition(".")[0]: endpoint for _words, endpoint, _needed in PAGES} | _UNDER


@dataclass(frozen=True, kw_only=True)
class Emergency:
    """The access by which somebody of the bureau looks: its number, what it opens, and until when."""

    access_id: UUID
    serial: str
    scope: str
    ends_at: datetime


@dataclass(frozen=True)
class Heading:
    """The institution's name, and links as (words, address, endpoint); that of the open part bears the page's own.

    `closed_from` and `keeper` only of an institution that is closed: everything there is left to be read and ended.
    `emergency` only for somebody of the bureau, who is here by nothing else.
    """

    name: str
    links: Sequence[tuple[str, str, str]]
    closed_from: date | None
    keeper: str
    emergency: Emergency | None


def heading() -> Heading:
    """For the institution of the present request."""
    tenant_id = (request.view_args or {})["tenant_id"]
    assert isinstance(tenant_id, UUID)  # noqa: S101 - the area's every address has one
    tenant = registry.tenant(tenant_id=tenant_id)
    closed = is_closed(tenant, clock.today())
    pages = [
        (words, endpoint)
        for words, endpoint, permission in PAGES
        if actor().may(permission)
        and not (closed and endpoint in _OF_OPEN_ONES)
        and not (endpoint == _PANELS and not any_decides(tenant_id=tenant_id, day=clock.today()))
    ]
    since = tenant.closed_from if closed else None
    return Heading(tenant.name, marked(pages, under=_PART), since, tenant.keeper, _emergency(tenant_id))


def _emergency(tenant_id: UUID) -> Emergency | None:
    by = actor()
    lent = emergencies.lent(tenant_id=tenant_id, user_id=by.id) if by.under and by.id is not None else None
    if lent is None:
        return None
    scope = rules.SCOPE_NAMES[lent.scope]
    return Emergency(access_id=lent.access_id, serial=lent.serial, scope=scope, ends_at=lent.ends_at)

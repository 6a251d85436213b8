"""What every page of an institution shows: its name, and the pages that this person can reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import request, url_for

from infra import clock
from tenants.disclosures.insider.panel.adopting import any_decides
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry.standing import is_closed
from webapp.identify import actor

# Where no panel decides, no page speaks of one (TY-X-1).
_PANELS = "school.panel_seats.index"
# Words, endpoint, and the permission that the page asks for: a page that would answer 403 is never offered.
PAGES: Sequence[tuple[str, str, Permission]] = (
    ("首頁", "school.home.show", Permission.CAMERA_READ),
    ("鏡頭與今日錄影", "school.cameras.index", Permission.CAMERA_READ),
    ("調閱案件", "school.cases.index", Permission.DISCLOSURE_READ),
    ("緊急保全", "school.urgent.index", Permission.HOLD_URGENT),
    ("專案小組", _PANELS, Permission.PANEL_SIT),
    ("調閱登記簿", "school.register.show", Permission.REGISTER_READ),
    ("空白表單", "school.blank_forms.index", Permission.FORM_READ),
    ("保存與銷毀", "school.retention.show", Permission.RETENTION_READ),
    ("稽核軌跡", "school.audits.index", Permission.AUDIT_READ),
    ("人員指派", "school.people.index", Permission.PEOPLE_MANAGE),
    ("邊緣主機", "school.devices.index", Permission.DEVICE_ENROL),
)
# What a closed institution has no more of.
_OF_OPEN_ONES = frozenset({"school.blank_forms.index", "school.devices.index"})
# Pages without a link of their own lie under that of another part.
_UNDER = {
    "school.applications": "school.cases",
    "school.handovers": "school.cases",
    "school.decisions": "school.cases",
    "school.deputies": "school.people",
    "school.application_papers": "school.cases",
    "school.keyed_applications": "school.cases",
    "school.panel_papers": "school.panel_seats",
    "school.panel_rule": "school.retention",
    "school.paper_lines": "school.register",
    "school.records": "school.register",
    "school.review": "school.cases",
    "school.rights": "school.cases",
    "school.viewings": "school.cases",
    "school.holds": "school.retention",
    "school.misuse": "school.audits",
    "school.traces": "school.audits",
    "school.panels": "school.panel_seats",
    "school.policies": "school.retention",
    "school.quarantine": "school.retention",
    "school.transfers": "school.people",
    "school.retained": "school.retention",
}


@dataclass(frozen=True)
class Heading:
    """The institution's name, and links as (words, address, endpoint); that of the open part bears the page's own.

    `closed_from` and `keeper` only of an institution that is closed: everything there is left to be read and ended.
    """

    name: str
    links: Sequence[tuple[str, str, str]]
    closed_from: date | None
    keeper: str


def heading() -> Heading:
    """For the institution of the present request."""
    tenant_id = (request.view_args or {})["tenant_id"]
    assert isinstance(tenant_id, UUID)  # noqa: S101 - the area's every address has one
    tenant = registry.tenant(tenant_id=tenant_id)
    closed = is_closed(tenant, clock.today())
    here = (request.endpoint or "").rsplit(".", 1)[0]
    links = [
        (words, url_for(endpoint), str(request.endpoint) if _is_open(endpoint, here) else endpoint)
        for words, endpoint, permission in PAGES
        if actor().may(permission)
        and not (closed and endpoint in _OF_OPEN_ONES)
        and not (endpoint == _PANELS and not any_decides(tenant_id=tenant_id, day=clock.today()))
    ]
    return Heading(tenant.name, links, tenant.closed_from if closed else None, tenant.keeper)


def _is_open(endpoint: str, here: str) -> bool:
    """Whether a page under the link is open."""
    return endpoint.rsplit(".", 1)[0] == _UNDER.get(here, here)

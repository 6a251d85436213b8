"""Cases, institutions and cameras as an officer reads them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import url_for

from infra import clock
from tenants.disclosures import halts, withdrawing
from tenants.disclosures.closed import WhatIsLeft, what_is_left
from tenants.disclosures.lifecycle import FINAL, STATE_NAMES
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official.documents import BY_SCAN, Besides
from tenants.disclosures.official.handover import DUTY_NOTICE, IssuedLink
from tenants.disclosures.official.queries import Case
from tenants.disclosures.official.rules import answer_by
from tenants.disclosures.steps import Step
from tenants.errors import NotFound
from tenants.footage import queries as footage
from tenants.profiles import Clause, RuleProfile
from tenants.registry import names, phones
from tenants.registry import queries as registry
from tenants.registry.agency_keys.queries import key_in_use
from tenants.registry.models import Camera, Site, Tenant, TenantKind
from tenants.registry.names import Place
from tenants.registry.regulations import profile
from tenants.registry.rules import is_called
from tenants.registry.standing import is_closed
from tenants.roc_dates import format_date, format_span
from webapp import addresses
from webapp.agency.case_list import is_late
from webapp.agency.copy_forms import AskReopeningForm, CopyEndForm
from webapp.agency.forms import CompletionForm
from webapp.case_objections import ways_on
from webapp.case_progress import (
    decision_of,
    elements_of,
    fingerprint_of,
    owed_by,
    remarks_of,
    rules_of,
    stages,
    transfer_of,
    waits_for_copy,
)
from webapp.case_standing import standing_of
from webapp.form_fields import faults

_KINDS = {"preschool": "教保服務機構", "elementary_school": "國民小學"}
_PRESCHOOL = "KH_PRESCHOOL"


@dataclass(frozen=True, kw_only=True)
class RequestPage:
    """What a new request is filled in against: one institution's one site under one regulation."""

    institution: Tenant
    left: WhatIsLeft | None
    site: Site
    sites: Sequence[Site]
    cameras: Sequence[Camera]
    earliest: Mapping[str, date]
    rules: RuleProfile

    @property
    def can_be_asked(self) -> bool:
        """Whether there is a camera to ask for, and something that it may have recorded."""
        return bool(self.cameras) and (self.left is None or self.left.footage_lives)

    @property
    def asks_necessity(self) -> bool:
        """Whether this regulation lets a copy leave only when it is necessary (TY-5-2b)."""
        return self.rules.agency.copy_needs_necessity

    @property
    def document_article(self) -> str:
        """The article that asks for an official document with four elements."""
        return self.rules.article(Clause.AGENCY_DOCUMENT)

    @property
    def document_text(self) -> str:
        """The words of that article."""
        return self.rules.text(Clause.AGENCY_DOCUMENT)

    @property
    def copy_article(self) -> str:
        """The article that lets an agency copy."""
        return self.rules.article(Clause.AGENCY_COPY)


def by_district(tenants: Sequence[Tenant], typed: str) -> list[tuple[str, list[tuple[Tenant, str]]]]:
    """Institutions under their district, with their kind in words; only those whose name, code or district fits.

    Also a name that they bore before, or that of an attached preschool: a letter may know no other.
    """
    known, places = names.known_as(), names.places()
    attached = {tenant.id: _attached(tenant, places.get(tenant.id, ())) for tenant in tenants}
    fitting = [
        tenant
        for tenant in tenants
        if is_called(" ".join([_names(tenant), known.get(tenant.id, ""), attached[tenant.id]]), typed)
    ]
    return [
        (district, [(tenant, _kind(tenant, attached[tenant.id])) for tenant in group])
        for district, group in groupby(fitting, key=lambda tenant: tenant.district)
    ]


def is_named(tenant: Tenant, written: str) -> bool:
    """Whether a letter that writes out an institution's name means this one; a person confirms it.

    Letters write the city before it, 私立 or 公立 within it, and 國民小學 for 國小.
    """
    words = written.replace("國民小學", "國小").replace("私立", "").replace("公立", "")
    return any(is_called(words, name) for name in (tenant.name, tenant.short_name) if name.strip())


def request_page(*, tenant_id: UUID, site_id: str) -> RequestPage:
    """The institution, the chosen site (the first with a camera when none was chosen) and its cameras.

    Raises `NotFound` for a site that is not the institution's, and for an institution that has none yet.
    """
    cameras, found = registry.cameras(tenant_id=tenant_id), registry.sites(tenant_id=tenant_id)
    seen = {camera.site_id for camera in cameras}
    fitting = [site for site in found if str(site.id) == site_id or (not site_id and site.id in seen)]
    if not found or (site_id and not fitting):
        raise NotFound("這個機構還沒有建立場所，或網址不完整。請回到「選擇機構」重新選取。")
    chosen = (fitting or found)[0]
    offered = [camera for camera in cameras if camera.site_id == chosen.id]
    earliest = footage.earliest_days(tenant_id=tenant_id, cameras=offered)
    return RequestPage(
        institution=registry.tenant(tenant_id=tenant_id),
        left=what_is_left(tenant_id=tenant_id),
        site=chosen,
        sites=found,
        cameras=offered,
        earliest={str(key): day for key, day in earliest.items()},
        rules=profile(chosen.profile, clock.today()),
    )


def filed_sentences(found: Case) -> list[tuple[str, str]]:
    """What to say right after filing: only what exists is said to be kept. Pairs of category and sentence."""
    nothing = [
        f"{view.window.camera_name}　{format_span(view.window.started_at, view.window.ended_at)}：{view.nothing}。"
        for view in found.windows
        if view.nothing
    ]
    sent = f"已送件，案號 {found.reference}。"
    if not nothing:
        return [("good", f"{sent}指定的時段已先行保全，期間屆滿也不會銷毀。")]
    kept = "其餘時段現有的影像已先行保全。" if len(nothing) < len(found.windows) else "沒有影像可以先行保全。"
    return [("good", sent), ("warn", "".join([*nothing, kept]))]


def progress_of(found: Case) -> dict[str, Any]:
    """What the stations of a case need; the page asks for them again while a copy is being made."""
    ids: dict[str, Any] = {"tenant_id": found.disclosure.tenant_id, "disclosure_id": found.disclosure.id}
    return {
        "stages": stages(found, found.reference),
        "poll": waits_for_copy(found),
        "progress_address": url_for("agency.progress", **ids),
        "page_address": url_for("agency.case", **ids),
        "answer_due": _answer_due(found),
    }


def collect_page(found: Case, link: IssuedLink) -> dict[str, Any]:
    """What the receipt shows; it is sent to the media process, which alone can open the copy."""
    return {
        "case": found,
        "link": link,
        "notice": DUTY_NOTICE,
        "article": rules_of(found).article(Clause.CONFIDENTIALITY),
        "key": key_in_use(agency_id=found.disclosure.agency_id),
        "called": phones.called(found.phone),
        "address": addresses.collection(tenant_id=found.disclosure.tenant_id, package_id=link.package_id),
    }


def case_page(
    found: Case, form: CompletionForm, asking: AskReopeningForm, ending: CopyEndForm, *, reader: UUID
) -> dict[str, Any]:
    """Everything the page of one case shows to this officer of its agency."""
    rules, asked = rules_of(found), owed_by(found)
    has_copy = found.package is not None and found.package.collected_at is not None and not found.disclosure.copy_ended
    signed = found.package is not None and found.package.collected_by == reader
    badge, state = standing_of(found)
    return {
        "case": found,
        "form": form,
        "rules": rules,
        "state": state,
        "state_names": STATE_NAMES,
        "badge_kind": badge,
        "asking": asking,
        "ways_on": ways_on(found),
        "called": phones.called(found.phone),
        "ending": ending,
        "faults": [*faults(form), *faults(asking), *faults(ending)],
        **progress_of(found),
        "decided": decision_of(found),
        "elements": elements_of(found),
        "fingerprint": fingerprint_of(found),
        "missing": [item.value for item in asked if item not in BY_SCAN],
        "misdirected": Besides.ADDRESSEE in asked,
        "scan_optional": bool(asked) and not BY_SCAN & set(asked),
        "can_complete": Step.COMPLETE in found.steps,
        "withdrawal": withdrawing.in_the_way(found.disclosure),
        "halted": halts.words_of(found.disclosure),
        "looked_into": halts.waits(found.disclosure),
        "can_collect": found.copy_is_open and Step.ISSUE_LINK in found.steps,
        "copy_late": is_late(found.disclosure.return_by),
        "can_report_end": has_copy and Step.REPORT_END in found.steps,
        "can_ask_again": signed and Step.ASK_REOPENING in found.steps and not found.withheld,
        "transfer": transfer_of(found),
        "remarks": remarks_of(found),
        "articles": {clause.value: rules.article(clause) for clause in Clause},
        "texts": {clause.value: rules.text(clause) for clause in Clause},
    }


def _answer_due(found: Case) -> date | None:
    """By when the institution should answer; None once it did, or while the case waits for the agency."""
    row = found.disclosure
    if row.replied_at or found.state in {*FINAL, DisclosureState.RETURNED}:
        return None
    return answer_by(clock.civil_day(row.filed_at), row.urgency)


def _attached(tenant: Tenant, places: Iterable[Place]) -> str:
    """附設幼兒園 of a school with a place under a preschool's regulation, whatever its name is."""
    has = tenant.kind == TenantKind.ELEMENTARY_SCHOOL and any(place.profile == _PRESCHOOL for place in places)
    return "附設幼兒園" if has else ""


def _kind(tenant: Tenant, attached: str) -> str:
    kind = "，".join(filter(None, [_KINDS.get(tenant.kind, ""), attached]))
    if tenant.closed_from is None or not is_closed(tenant, clock.today()):
        return kind
    return f"{kind}，{format_date(tenant.closed_from)}起停辦，資料由{tenant.keeper}保管"


def _names(tenant: Tenant) -> str:
    return f"{tenant.name} {tenant.short_name} {tenant.code} {tenant.district}"

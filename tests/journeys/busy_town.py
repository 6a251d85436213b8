"""The town with a case in each state, a closed institution and one that has all there is, so that no page is empty."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.disclosures.insider.panel import links
from tenants.disclosures.packages.models import Package
from tenants.people.invitations import actions as invitations
from tenants.permissions import Role
from tenants.roc_dates import format_time, short_date
from tests.factories import assessments, emergencies, faults, footage, ledger, people, platform, retained
from tests.factories.ledger import Bureau
from tests.factories.registry import Institution, institution
from tests.factories.whole import whole
from tests.journeys.conftest import Town
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk, Shelf

# What an auditor may narrow a draw by.
_ALL_CASES = ("door", "kind", "district", "strata")
_ON_SIGNS = ("/fault/W1/room2/", "/apply/W1/")


def make_busy(town: Town) -> Mapping[str, Sequence[str]]:
    """Let everything happen in the town that makes a page of its own; by login, the pages that no link leads to."""
    town.web.test_client_class = WebClient
    desk = Desk(town.web, town.cast, Shelf())
    end = town.recorded_from + timedelta(minutes=1)
    recorded = {
        "windows-0-from_day": short_date(clock.civil_day(town.recorded_from)),
        "windows-0-from_time": format_time(town.recorded_from),
        "windows-0-until_day": short_date(clock.civil_day(end)),
        "windows-0-until_time": format_time(end),
    }
    _waiting, returned, refused, granted = (
        desk.filed(document_number=f"高市警左分偵字第1157123450{number}號", **recorded) for number in range(4)
    )
    handler = desk.browser("k1-handler")
    handler.post(f"{desk.school}/cases/{returned}/return", data={"missing": "purpose"})
    desk.decide(refused, "none", reasons="與案情無關")
    desk.decide(granted)
    town.work()
    _open_its_copy_for_reference(desk, granted)
    people.bureau_officer("bureau")
    people.operator("operator")
    people.auditor("auditor")
    _close_the_other_school(town)
    _let_things_stand_still(town)
    _open_some_by_a_roster(town)
    unlinked = _own_all_there_is()
    _draw_and_open_a_case(desk.browser("auditor"))
    return unlinked


def _open_its_copy_for_reference(desk: Desk, disclosure_id: UUID) -> None:
    """The school kept a copy of what is handed over, and its handler said why it is opened."""
    (package_id,) = db.session.scalars(select(Package.id).where(Package.disclosure_id == disclosure_id))
    copy_id = retained.copy(desk.cast.k1, package_id=package_id)
    address = f"{desk.school}/retention/retained/{copy_id}/opening"
    assert desk.browser("k1-handler").post(address, data={"open_reason": "救濟程序核對"}).status_code == 303


def _draw_and_open_a_case(auditor: WebClient) -> None:
    """The bureau knows of W1's case, and so it is what an auditor draws."""
    today, samples = clock.today(), "/bureau/samples"
    wanted = {"purpose": "115年度內部稽核計畫", "count": "1", "last_day": short_date(today)}
    wanted |= {"first_day": short_date(today - timedelta(days=30)), **dict.fromkeys(_ALL_CASES, "")}
    page = auditor.post(samples, data=wanted, follow_redirects=True).text
    (case,) = set(re.findall(rf"{samples}/cases/[0-9a-f-]{{36}}", page))
    assert auditor.post(f"{case}/opening", data={"reason": "依計畫查核"}).status_code == 303


def _close_the_other_school(town: Town) -> None:
    """E1 closed today, and somebody keeps its papers."""
    people.person("keeper", name="保管人")
    operator = town.web.test_client()
    assert isinstance(operator, WebClient)
    address = f"/bureau/tenants/{town.cast.e1.tenant_id}"
    day = short_date(clock.today())
    naming = {"name": "曙光國小", "district": "左營區", "effective_from": day, "document": "府教國字第1150000001號"}
    assert operator.sign_in("operator").post(f"{address}/names", data=naming).status_code == 303
    closing = {"kind": "abolished", "effective_from": day, "document": "府教國字第1150000002號", "document_date": day}
    closing |= {"successor": "", "keeper": "守園市政府教育局", "custodian": "keeper", "confirmed": "y"}
    assert operator.post(f"{address}/closing", data=closing).status_code == 303


def _own_all_there_is() -> Mapping[str, Sequence[str]]:
    """W1 has a row in every table, which `owner` heads and handles; what letters, labels and forms lead to there."""
    everything = institution("W1", name="晨星幼兒園")
    made = whole(everything, agency_name="守園市政府警察局晨星分局")
    owner = people.person("owner", name="園長兼承辦")
    for role in (Role.HEAD, Role.HANDLER):
        people.membership(owner, role, tenant_id=everything.tenant_id)
    bind(db.session, Binding(tenant_id=everything.tenant_id))
    assessments.before_washroom(everything)
    faults.label(everything, made_by=owner, camera="C-ROOM2", code="room2")
    by, at = system("test"), everything.tenant_id
    invitation = invitations.issue(actor=by, tenant_id=at, invitation_id=made.registered["invitation_id"])
    seat = links.issue(actor=by, tenant_id=at, member_id=made.panel.member_id)
    db.session.commit()
    case = made.case.disclosure_id
    of_the_school = (
        f"disclosures/{case}/halt/",
        f"cases/{case}/handovers/{made.case.handover_id}/receipt",
        f"cases/{case}/paper-line",
        f"panels/{made.panel.meeting_id}",
        f"people/leaving/{made.handler_id}",
    )
    return {
        "": (f"/invitations/{at}/{invitation}", f"/panel/{at}/{seat}", f"/notice/{at}", *_ON_SIGNS),
        "owner": tuple(f"/schools/{at}/{page}" for page in of_the_school),
    }


def _let_things_stand_still(town: Town) -> None:
    """What operator and auditor look at: jobs that fail, strays, a store without a lock, and heads of a chain."""
    bureau = Institution(people.bureau(), uuid4(), {})
    for of, area in ((bureau, "elsewhere"), (town.cast.e1, ""), (town.cast.k1, "")):
        bind(db.session, Binding(tenant_id=of.tenant_id))
        stray_id = footage.stray(of, area=area, age=timedelta(days=400))
        platform.fault(of.tenant_id, Job.COPY_HOLD, subject=f"hold_id={uuid4()}")
        platform.fault(of.tenant_id, Job.ANCHOR_CHAIN)
        ledger.anchored(of, day=clock.today() - timedelta(days=2), bureau=Bureau())
        if of is bureau:
            platform.store_check(of.tenant_id, lifecycle=False, object_lock=False)
    proposal = {"reason": "舊系統測試檔"}
    handler = town.web.test_client()
    assert isinstance(handler, WebClient)
    address = f"/schools/{town.cast.k1.tenant_id}/quarantine/{stray_id}/proposal"
    assert handler.sign_in("k1-handler").post(address, data=proposal).status_code == 303


def _open_some_by_a_roster(town: Town) -> None:
    """A roster that ended with a line undone, and K1's head as one who was invited."""
    bureau_id, operator_id = people.bureau(), people.person("roster-operator")
    bind(db.session, Binding(tenant_id=bureau_id))
    emergencies.roster(bureau_id, by=operator_id)
    db.session.commit()
    bind(db.session, Binding(tenant_id=town.cast.k1.tenant_id))
    emergencies.invitation(town.cast.k1.tenant_id, user_id=town.cast.ids["k1-head"])
    db.session.commit()

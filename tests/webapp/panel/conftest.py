"""A preschool's desk with an application that waits for its panel, and what the mails would have said."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import links, queries
from tenants.disclosures.insider.panel.models import PanelMeeting, PanelMember
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.windows import windows_of
from tenants.roc_dates import format_time, short_date
from tests.factories import insiders
from tests.factories.cast import cast
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk, Shelf

WORKER = system("test")


@dataclass(frozen=True)
class PanelDesk:
    """K1's people around one panel. `tenant` binds and forgets what was read before."""

    desk: Desk
    disclosure_id: UUID

    @property
    def tenant_id(self) -> UUID:
        return self.desk.cast.k1.tenant_id

    @property
    def public(self) -> str:
        return f"/panel/{self.tenant_id}"

    def at_school(self) -> None:
        db.session.rollback()
        bind(db.session, Binding(tenant_id=self.tenant_id))

    def convening(self, **changes: str) -> dict[str, str]:
        when = (clock.now() + timedelta(minutes=40)).astimezone(clock.TAIPEI)
        typed = {
            "day": short_date(when.date()),
            "time": format_time(when.replace(second=0)),
            "place": "園長室",
            "voting_rule": "majority",
            "educator": str(self.desk.cast.ids["k1-staff"]),
            "parent_name": "陳美玲",
            "parent_email": "chen@example.org",
            "head": str(self.desk.cast.ids["k1-head"]),
            "neutral_name": "",
            "neutral_email": "",
        }
        return typed | changes

    def convene(self, **changes: str) -> TestResponse:
        address = f"{self.desk.school}/cases/{self.disclosure_id}/panels"
        return self.desk.browser("k1-handler").post(address, data=self.convening(**changes))

    def case(self) -> InsiderRequest:
        self.at_school()
        return queries.case(tenant_id=self.tenant_id, disclosure_id=self.disclosure_id)

    def meeting(self) -> PanelMeeting:
        self.at_school()
        return queries.meetings(tenant_id=self.tenant_id, disclosure_id=self.disclosure_id)[0]

    def seats(self) -> dict[str, PanelMember]:
        """Who sits, by capacity."""
        found = queries.seated(tenant_id=self.tenant_id, meeting_id=self.meeting().id)
        return {each.capacity: each for each in found}

    def link(self) -> str:
        """The link of the parents' representative, as the mail has it."""
        token = links.issue(actor=WORKER, tenant_id=self.tenant_id, member_id=self.seats()["parent_rep"].id)
        db.session.commit()
        return f"{self.public}/{token}"

    def code(self) -> str:
        """The code that was asked for, as the mail has it."""
        code = links.make_code(actor=WORKER, tenant_id=self.tenant_id, member_id=self.seats()["parent_rep"].id)
        db.session.commit()
        assert code is not None
        return code

    def arrive(self, browser: WebClient) -> str:
        """The parents' representative opens the link, in a browser that keeps the page's token."""
        link = self.link()
        page = browser.get(link)
        assert page.status_code == 200
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)
        assert token is not None
        browser.token = token[1]
        return link

    def enter(self, browser: WebClient) -> TestResponse:
        """The parents' representative comes in with link and code."""
        link = self.arrive(browser)
        assert browser.post(f"{link}/code").status_code == 200
        return browser.post(f"{link}/session", data={"code": self.code()})

    def declare_in_house(self) -> None:
        """The teacher and the head declare and sign on their own pages."""
        for login, capacity in (("k1-staff", "educator_rep"), ("k1-head", "head")):
            address = f"{self.desk.school}/panel-seats/{self.seats()[capacity].id}/declaration"
            answer = self.desk.browser(login).post(address, data={"conflict": "no", "secrecy": "y"})
            assert answer.status_code == 303, answer.text

    def its_time(self) -> None:
        """The time of the meeting has come."""
        met = self.meeting()
        met.meets_at = min(met.meets_at, clock.now())
        db.session.commit()

    def attended(self, *, to: str = "attendance", **said: str) -> TestResponse:
        typed = {}
        for number, (capacity, seat) in enumerate(self.seats().items()):
            typed[f"members-{number}-member_id"] = str(seat.id)
            typed[f"members-{number}-said"] = said.get(capacity, "present")
        return self.desk.browser("k1-handler").post(f"{self.meeting_page}/{to}", data=typed)

    def sat(self, member: WebClient, **said: str) -> TestResponse:
        """Convened, declared in house and by the link, and attended."""
        self.convene()
        self.declare_in_house()
        self.enter(member)
        member.post(f"{self.public}/seat/declaration", data={"conflict": "no", "secrecy": "y"})
        self.its_time()
        return self.attended(**said)

    @property
    def meeting_page(self) -> str:
        return f"{self.desk.school}/panels/{self.meeting().id}"

    def resolved(self, **changes: str) -> TestResponse:
        """All agree to the whole window."""
        typed = {"decision": "agree", "minutes": "全體同意", "reasons": "", "beyond_reason": ""}
        for number, seat in enumerate(self.seats().values()):
            typed |= {f"votes-{number}-member_id": str(seat.id), f"votes-{number}-vote": "agree"}
        for number, key in enumerate(windows_of(self.case())):
            typed |= {f"grants-{number}-window_id": str(key), f"grants-{number}-verdict": "all"}
        return self.desk.browser("k1-handler").post(f"{self.meeting_page}/resolution", data=typed | changes)


@pytest.fixture
def desk(web_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """K1, E1 and two agencies; jobs go nowhere, since no queue is up."""
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    web_app.extensions["store"], web_app.extensions["lookup_secret"] = (shelf := Shelf()), insiders.LOOKUP
    return Desk(web_app, cast(), shelf)


def waiting_case(desk: Desk) -> PanelDesk:
    """An application for the gate's last hour of which it was checked who asks."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    made = PanelDesk(desk, insiders.request(desk.cast.k1))
    case = made.case()
    case.eligibility, case.reason_specific = "eligible", True
    began = clock.now().replace(second=0, microsecond=0) - timedelta(hours=1)
    camera = desk.cast.k1.cameras["C-GATE"]
    over = began + timedelta(minutes=15)
    asked = {"camera_id": camera, "camera_name": "C-GATE", "started_at": began, "ended_at": over}
    db.session.add(DisclosureWindow(tenant_id=case.tenant_id, disclosure_id=case.id, **asked))
    case.incident_from, case.incident_until = began, over
    db.session.commit()
    return made


@pytest.fixture
def panel(desk: Desk) -> PanelDesk:
    """A case that waits for its panel."""
    return waiting_case(desk)

"""Somebody without an account before an institution's pages: fills in what a page asks, and reads the mail."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from werkzeug.test import TestResponse

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.disclosures.applying import visits
from tenants.disclosures.applying.models import Visit
from tenants.disclosures.insider.models import InsiderRequest
from tenants.roc_dates import format_time, short_date
from tests.factories.cast import Cast
from tests.factories.insiders import REASON
from tests.made_identity_numbers import made
from tests.webapp.conftest import WebClient

PARENT = "parent@example.org"
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_CODE = re.compile(r"驗證碼：(\d{6})")
# Over by now; just after midnight it lies on the day before.
START = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=90)
END = START + timedelta(minutes=20)

WHO = {
    "applicant_class": "guardian",
    "name": "林小惠",
    "phone": "0912-345-678",
    "relation": "母",
    "child_name": "林可可",
    "child_class": "兔兔班",
}
# The second step's answers at E1, where one ground needs no choice.
BICYCLE = {"reason": REASON, "right": "財物遺失或毀損"}


def moment(day: datetime, *, prefix: str = "") -> dict[str, str]:
    """A moment as it is typed into two boxes."""
    return {f"{prefix}_day": short_date(clock.civil_day(day)), f"{prefix}_time": format_time(day)}


def what(start: datetime = START, end: datetime = END, **changes: str) -> dict[str, str]:
    """The second step's answers at K1."""
    return {
        "ground": "accident",
        "reason": REASON,
        **moment(start, prefix="from"),
        **moment(end, prefix="until"),
    } | changes


def where(camera: UUID | str, start: datetime = START, end: datetime = END, **changes: str) -> dict[str, str]:
    """The third step's answers."""
    window = {**moment(start, prefix="windows-0-from"), **moment(end, prefix="windows-0-until")}
    return {"windows-0-cameras": str(camera)} | window | changes


@dataclass
class Visitor:
    """One browser at one institution's door."""

    browser: WebClient
    cast: Cast
    code: str = "K1"
    letters: list[str] = field(default_factory=list)

    @property
    def door(self) -> str:
        """The address of the institution's pages for applicants."""
        return f"/apply/{self.code}"

    @property
    def tenant_id(self) -> UUID:
        """The institution."""
        return (self.cast.k1 if self.code == "K1" else self.cast.e1).tenant_id

    def get(self, path: str) -> TestResponse:
        """A page, and its token for the next form."""
        answer = self.browser.get(self.door + path)
        found = _TOKEN.search(answer.text)
        self.browser.token = found[1] if found else self.browser.token
        return answer

    def post(self, path: str, data: dict[str, str]) -> TestResponse:
        """Send a form of the page at this address."""
        if not self.browser.token:
            self.get("/code")
        return self.browser.post(self.door + path, data=data)

    def ask(self, email: str = PARENT) -> TestResponse:
        """Have a code sent."""
        return self.post("/code", {"email": email})

    def read_mail(self) -> str:
        """Let the worker make the codes that wait; the newest."""
        bind(db.session, Binding(tenant_id=self.tenant_id))
        db.session.rollback()
        for visit in db.session.scalars(db.select(Visit).where(Visit.code_sent_at.is_(None))).all():
            mail = visits.make_code(actor=system("test"), tenant_id=self.tenant_id, visit_id=visit.id)
            assert mail is not None
            self.letters.append(mail.text)
        db.session.commit()
        found = _CODE.search(self.letters[-1])
        assert found is not None
        return found[1]

    def prove(self, email: str = PARENT) -> TestResponse:
        """Ask for a code, read it, type it."""
        self.ask(email)
        return self.post("/proof", {"code": self.read_mail()})

    def fill_in(self, **changes: dict[str, str]) -> TestResponse:
        """Prove the address and fill in every step but the last; what the fourth answers."""
        camera = next(iter((self.cast.k1 if self.code == "K1" else self.cast.e1).cameras.values()))
        self.prove()
        for step, answers in (("who", WHO), ("what", what()), ("where", where(camera))):
            answer = self.post(f"/form/{step}", answers | changes.get(step, {}))
            assert answer.status_code == 303, answer.text
        return self.post("/form/check", {"acknowledged": "y", "confirmed": "y"})

    def send(self, **changes: str) -> TestResponse:
        """The last step."""
        return self.post("/form/identity", {"kind": "card", "number": made()} | changes)

    def filed(self) -> InsiderRequest:
        """An application that was accepted, with all its steps."""
        assert self.fill_in().status_code == 303
        answer = self.send()
        assert answer.status_code == 303, answer.text
        return self.cases()[-1]

    def cases(self) -> list[InsiderRequest]:
        """The institution's applications, as the database has them now."""
        bind(db.session, Binding(tenant_id=self.tenant_id))
        db.session.rollback()
        return list(db.session.scalars(db.select(InsiderRequest).order_by(InsiderRequest.filed_at)))

    def visits(self) -> list[Visit]:
        """The institution's visits, as the database has them now."""
        bind(db.session, Binding(tenant_id=self.tenant_id))
        db.session.rollback()
        return list(db.session.scalars(db.select(Visit).order_by(Visit.asked_at)))

"""One application at E1's desk: a father asks about a bicycle, and steps are taken in it as people click."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import filing
from tenants.disclosures.insider.models import InsiderRequest
from tests.factories.insiders import LOOKUP, PARENT, application
from tests.webapp.desk import START, Desk

# What the handler found of him.
FATHER: dict[str, object] = {
    "standing": "guardian",
    "seen": ["child_roster", "household"],
    "eligibility": "eligible",
    "specific": "yes",
}


@dataclass(frozen=True)
class Case:
    """One application at E1, and where its page is."""

    desk: Desk
    tenant_id: UUID
    id: UUID

    @property
    def address(self) -> str:
        return f"/schools/{self.tenant_id}/applications/{self.id}/"

    def row(self) -> InsiderRequest:
        bind(db.session, Binding(tenant_id=self.tenant_id))
        db.session.rollback()
        return db.session.get_one(InsiderRequest, self.id)

    def step(self, login: str, name: str, expected: int = 303, **typed: object) -> str:
        answer = self.desk.browser(login).post(f"{self.address}{name}", data=typed)
        assert answer.status_code == expected, answer.text
        return answer.text

    def check(self, expected: int = 303, **typed: object) -> str:
        return self.step("e1-handler", "check", expected, **(FATHER | typed))

    def up_to_the_head(self) -> None:
        self.check()
        self.step("e1-handler", "signature", box="cctv_handler")
        self.step("e1-handler", "signature", box="office_head")  # nobody heads the office: 兼任


def father(desk: Desk) -> Case:
    """Filed; nobody has looked at it yet."""
    e1 = desk.cast.e1
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    window = AskedWindow(camera_id=e1.cameras["E-GATE"], started_at=START, ended_at=START + timedelta(minutes=10))
    made = application(
        window, ground="personal_rights", incident=None, reason="<b>腳踏車</b>於校門口遭人損壞，需了解經過"
    )
    filed = filing.file_application(actor=PARENT, tenant_id=e1.tenant_id, application=made, lookup=LOOKUP)
    db.session.commit()
    return Case(desk, e1.tenant_id, filed.id)

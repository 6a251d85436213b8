"""The officer's and the school's desks: browsers that are signed in, a shelf for scans, and a letter to type in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import IO, Any
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import Package
from tenants.roc_dates import format_time, short_date
from tests.factories.cast import Cast
from tests.factories.disclosures import ready
from tests.factories.requests import NUMBER, scan
from tests.factories.shelf import Shelf
from tests.webapp.conftest import WebClient

# So that a window of half an hour is over; just after midnight it lies on the day before.
START = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=90)


def pdf_file(name: str = "來文.pdf") -> tuple[IO[bytes], str]:
    """A scan as a browser sends it."""
    file = scan().stream
    file.seek(0)
    return file, name


def letter(camera: UUID, **changes: object) -> dict[str, object]:
    """A complete request as typed; a value of None leaves the field out."""
    end = START + timedelta(minutes=30)
    typed: dict[str, object] = {
        "document_number": NUMBER,
        "document_date": short_date(clock.today()),
        "subject": "調閱貴園監錄資料",
        "officer_name": "陳志明",
        "officer_title": "偵查佐",
        "officer_phone": "07-7995678#123",
        "urgency": "",
        "classification": "",
        "duty": "偵辦機車竊盜案",
        "legal_basis": "刑事訴訟法第230條",
        "purpose": "查明行竊經過",
        "scope": "前門鏡頭",
        "intended_use": "移送檢察官偵辦",
        "wants_copy": "y",
        "scan": pdf_file(),
        "windows-0-cameras": str(camera),
        "windows-0-from_day": short_date(clock.civil_day(START)),
        "windows-0-from_time": format_time(START),
        "windows-0-until_day": short_date(clock.civil_day(end)),
        "windows-0-until_time": format_time(end),
        "send": "y",  # from the page that shows all of it
    }
    return {name: value for name, value in (typed | changes).items() if value is not None}


@dataclass
class Desk:
    """An app with its people. `browser` signs in as whom it is asked for."""

    app: Flask
    cast: Cast
    shelf: Shelf

    def browser(self, login: str) -> WebClient:
        """A new browser in which this person is signed in."""
        client = self.app.test_client()
        assert isinstance(client, WebClient)
        return client.sign_in(login)

    @property
    def school(self) -> str:
        """The address of K1's pages."""
        return f"/schools/{self.cast.k1.tenant_id}"

    def requests(self, tenant_id: UUID | None = None) -> str:
        """The address of the requests to an institution, K1 unless told."""
        return f"/agency/institutions/{tenant_id or self.cast.k1.tenant_id}/requests"

    def file(self, login: str = "officer", **changes: object) -> TestResponse:
        """Send a request to K1 as typed."""
        typed = letter(self.cast.k1.cameras["C-GATE"], **changes)
        return self.browser(login).post(f"{self.requests()}/new", data=typed)

    def filed(self, **changes: object) -> UUID:
        """A request to K1 that was accepted."""
        answer = self.file(**changes)
        assert answer.status_code == 303, answer.text
        return UUID(answer.location.rsplit("/", 1)[-1])

    def cases(self) -> list[OfficialRequest]:
        """K1's cases, as the database has them now."""
        bind(db.session, Binding(tenant_id=self.cast.k1.tenant_id))
        db.session.rollback()
        return list(db.session.scalars(db.select(OfficialRequest).order_by(OfficialRequest.filed_at)))

    def case(self, disclosure_id: UUID) -> OfficialRequest:
        """One of K1's cases."""
        return next(case for case in self.cases() if case.id == disclosure_id)

    def windows(self, disclosure_id: UUID) -> list[DisclosureWindow]:
        """What a case asks for."""
        self.cases()
        query = db.select(DisclosureWindow).where(DisclosureWindow.disclosure_id == disclosure_id)
        return list(db.session.scalars(query.order_by(DisclosureWindow.started_at)))

    def decide(self, disclosure_id: UUID, verdict: str = "all", login: str = "k1-head", **changes: str) -> TestResponse:
        """Send the head's decision about the case's only window."""
        window = self.windows(disclosure_id)[0]
        typed = {
            "grants-0-window_id": str(window.id),
            "grants-0-verdict": verdict,
            "reasons": "",
            "copy": "y",
            "escort": str(self.cast.ids["k1-handler"]),
        }
        return self.browser(login).post(f"{self.school}/cases/{disclosure_id}/decision", data=typed | changes)

    def built(self, disclosure_id: UUID, **said: Any) -> Package:  # noqa: ANN401 - as the factory's
        """The copy of an approved case of K1's, as if the worker had made it."""
        self.cases()
        return ready(disclosure_id, **said)

    def offered(self, **said: Any) -> UUID:  # noqa: ANN401 - as the factory's
        """A case of K1's whose copy waits for its officer."""
        disclosure_id = self.filed()
        assert self.decide(disclosure_id).status_code == 303
        self.built(disclosure_id, **said)
        return disclosure_id

"""Requests by official document in different states, each walked through the same steps as a real one."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pikepdf
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import system
from tenants.disclosures.asking import AskedWindow, Grant
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.official import actions as disclosures
from tenants.disclosures.official.documents import Element, OfficialDocument, Urgency
from tenants.disclosures.official.filing import Filing
from tenants.disclosures.official.handover import Receipt
from tenants.disclosures.official.leaving import prepare
from tenants.disclosures.official.letters import Scan
from tenants.disclosures.official.rules import Decision
from tenants.disclosures.packages import building as packaging
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.retained import making
from tenants.retention import copying
from tenants.roc_dates import roc_year
from workers.sample_city.cast import POLICE, PROSECUTORS, AgencyPlan
from workers.sample_city.days import Stores
from workers.sample_city.founding import City, enter
from workers.sample_city.past import as_of, day, moment

_PHONE = "02-0000-0000"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a letter asks for: minutes of one camera of one site, and why."""

    site: str
    camera: str
    days_ago: int
    begins: str
    ends: str
    agency: AgencyPlan
    duty: str
    legal_basis: str | None = "刑事訴訟法第230條第2項"
    urgency: Urgency = Urgency.FAST


@dataclass
class Letters:
    """The city's letters. `on(days_ago)` does what happened on a day."""

    city: City
    stores: Stores
    cases: dict[str, UUID] = field(default_factory=dict)

    def on(self, days_ago: int) -> None:
        """Take the steps of a day."""
        match days_ago:
            case 12:
                self._file("closed", _CLOSED, moment(12, "09:30"))
            case 11:
                self._approve("closed", _CLOSED, moment(11, "10:00"))
            case 10:
                self._hand_over("closed", _CLOSED, moment(10, "14:00"))
                self._retain("closed", _CLOSED, moment(10, "14:02"))
            case 9:
                self._close("closed", _CLOSED, moment(9, "11:00"))
            case 4:
                self._file("refused", _REFUSED, moment(4, "10:20"))
            case 3:
                self._refuse("refused", _REFUSED, moment(3, "16:00"))
            case 2:
                self._file("returned", _RETURNED, moment(2, "11:00"))
                self._file("ready", _READY, moment(2, "15:00"))
            case 1:
                self._return("returned", _RETURNED, moment(1, "09:00"))
                self._approve("ready", _READY, moment(1, "10:30"))
                self._file("open", _OPEN, moment(1, "16:30"))

    def _file(self, name: str, asked: Asked, at: datetime) -> None:
        place = self.city.places[asked.site]
        officer = asked.agency.officer
        window = AskedWindow(
            camera_id=place.cameras[asked.camera],
            started_at=moment(asked.days_ago, asked.begins),
            ended_at=moment(asked.days_ago, asked.ends),
        )
        with self._acting(asked, at):
            filing = Filing(
                officer_name=officer.name,
                officer_title=officer.title,
                officer_phone=_PHONE,
                document=_document(asked, dated=clock.civil_day(at), number=len(self.cases) + 1),
                windows=(window,),
                scan=Scan(file_name="letter.pdf", stream=io.BytesIO(_scan())),
            )
            actor = self.city.actor(officer.login)
            filed = disclosures.file_request(
                actor=actor, tenant_id=place.tenant_id, filing=filing, store=self.stores.uploads
            )
            self.cases[name] = filed.disclosure.id
            self._copy(place.tenant_id, filed.disclosure.held_as)

    def _copy(self, tenant_id: UUID, hold_id: UUID) -> None:
        keeper = system("copy_hold")
        while copying.copy_hold(
            actor=keeper,
            tenant_id=tenant_id,
            hold_id=hold_id,
            store=self.stores.worker,
            kms=self.stores.kms,
            kind=self.stores.kind,
        ).left:
            pass

    def _approve(self, name: str, asked: Asked, at: datetime) -> None:
        place = self.city.places[asked.site]
        head = self.city.head_of(place)
        with self._acting(asked, at):
            query = select(DisclosureWindow).where(DisclosureWindow.disclosure_id == self.cases[name])
            decision = Decision(
                grants=tuple(
                    Grant(window_id=one.id, started_at=one.started_at, ended_at=one.ended_at)
                    for one in db.session.scalars(query)
                ),
                reasons="",
                copy=True,
                escort_id=self.city.users[head.replace("-head", "-staff")],
            )
            self._step(disclosures.decide, name, asked, head, decision=decision)
            self._build(place.tenant_id, self.cases[name])

    def _build(self, tenant_id: UUID, disclosure_id: UUID) -> None:
        package_id = db.session.scalars(select(Package.id).where(Package.disclosure_id == disclosure_id)).one()
        state = packaging.build_package(
            actor=system("build_package"),
            tenant_id=tenant_id,
            package_id=package_id,
            store=self.stores.worker,
            kms=self.stores.kms,
            scratch=self.stores.scratch,
            kind=self.stores.kind,
        )
        if state is not PackageState.READY:
            raise RuntimeError(f"the sample city's own package is {state}")

    def _hand_over(self, name: str, asked: Asked, at: datetime) -> None:
        officer = asked.agency.officer
        with self._acting(asked, at):
            link = self._step(disclosures.issue_link, name, asked, officer.login)
            receipt = Receipt(name=officer.name, title=officer.title, acknowledged=True)
            package = db.session.get_one(Package, link.package_id)
            disclosures.collect(
                actor=self.city.actor(officer.login),
                tenant_id=self.city.places[asked.site].tenant_id,
                package_id=link.package_id,
                token=link.token,
                receipt=receipt,
                leaving=prepare(package=package, kms=self.stores.kms),
            )

    def _retain(self, name: str, asked: Asked, at: datetime) -> None:
        """What the worker does once somebody has fetched a copy: one more, for reference."""
        tenant_id = self.city.places[asked.site].tenant_id
        with self._acting(asked, at):
            retained = making.make_copy(
                actor=system("make_retained_copy"),
                tenant_id=tenant_id,
                disclosure_id=self.cases[name],
                store=self.stores.worker,
                kms=self.stores.kms,
                scratch=self.stores.scratch,
                kind=self.stores.kind,
            )
            if retained is None:
                raise RuntimeError("the sample city's own copy for reference was not made")

    def _close(self, name: str, asked: Asked, at: datetime) -> None:
        handler = self.city.head_of(self.city.places[asked.site]).replace("-head", "-handler")
        with self._acting(asked, at):
            number = f"{asked.site}總字第{roc_year(day(0))}0000{len(self.cases)}號"
            reply = {"reply_number": number, "reply_date": day(asked.days_ago - 4)}
            self._step(disclosures.record_reply, name, asked, handler, **reply)
            self._step(disclosures.close, name, asked, handler)

    def _refuse(self, name: str, asked: Asked, at: datetime) -> None:
        head = self.city.head_of(self.city.places[asked.site])
        with self._acting(asked, at):
            reasons = "來文所載用途與設置目的不符，且未敘明何以非調閱影像不可。如仍有需要，請補充必要性後再函請調閱。"
            self._step(disclosures.refuse, name, asked, head, reasons=reasons)

    def _return(self, name: str, asked: Asked, at: datetime) -> None:
        handler = self.city.head_of(self.city.places[asked.site]).replace("-head", "-handler")
        with self._acting(asked, at):
            missing = frozenset({Element.LEGAL_BASIS})
            note = "請補正法令依據後再行送件。"
            self._step(disclosures.return_for_completion, name, asked, handler, missing=missing, note=note)

    def _step(self, action: Callable[..., Any], name: str, asked: Asked, login: str, **given: object) -> Any:  # noqa: ANN401 - what the action returns
        tenant_id = self.city.places[asked.site].tenant_id
        return action(actor=self.city.actor(login), tenant_id=tenant_id, disclosure_id=self.cases[name], **given)

    @contextmanager
    def _acting(self, asked: Asked, at: datetime) -> Iterator[None]:
        """Bound to the institution and the agency at once, as a filing is (infra/decisions/0002)."""
        place = self.city.places[asked.site]
        enter(place.tenant_id, agency_id=self.city.agencies[asked.agency.officer.login])
        with as_of(at):
            yield
            db.session.flush()


_CLOSED = Asked(
    site="K1",
    camera="C-GATE",
    days_ago=13,
    begins="10:00",
    ends="10:10",
    agency=POLICE,
    duty="偵辦幼兒園前自行車失竊案",
)
_REFUSED = Asked(
    site="E1K",
    camera="K-ROOM1",
    days_ago=5,
    begins="10:00",
    ends="10:10",
    agency=PROSECUTORS,
    duty="了解教學活動情形",
    urgency=Urgency.ORDINARY,
)
_RETURNED = Asked(
    site="E1",
    camera="E-GATE",
    days_ago=3,
    begins="10:00",
    ends="10:10",
    agency=PROSECUTORS,
    duty="偵辦校門口交通事故過失傷害案",
    legal_basis=None,
)
_READY = Asked(
    site="E1",
    camera="E-GATE",
    days_ago=2,
    begins="10:00",
    ends="10:10",
    agency=POLICE,
    duty="偵辦校門口車輛擦撞逃逸案",
    urgency=Urgency.FASTEST,
)
_OPEN = Asked(
    site="K1",
    camera="C-GATE",
    days_ago=1,
    begins="10:00",
    ends="10:20",
    agency=POLICE,
    duty="偵辦幼兒園前財物遭竊案",
)


def _document(asked: Asked, *, dated: date, number: int) -> OfficialDocument:
    year = roc_year(day(0))
    word = "守市警向分偵字" if asked.agency is POLICE else "守檢偵字"
    return OfficialDocument(
        number=f"{word}第{year}7{number:07}號",
        dated=dated,
        subject="函請提供監錄影像，請查照。",
        duty=asked.duty,
        legal_basis=asked.legal_basis,
        purpose="查明事發經過及相關人車",
        scope=f"{asked.camera} {asked.begins} 至 {asked.ends}",
        intended_use="作為偵查證據",
        urgency=asked.urgency,
        wants_copy=True,
        copy_necessity="移送檢察官偵辦，需附影像光碟作為證物",
    )


def _scan() -> bytes:
    """A page that says it is a sample, as a PDF."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Contents = pdf.make_stream(b"BT /F1 20 Tf 60 760 Td (Sample letter of a fictional agency) Tj ET")
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        buffer = io.BytesIO()
        pdf.save(buffer)
        return buffer.getvalue()

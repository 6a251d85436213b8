"""A year at least: forms from the end of their case, the register from its last line; nothing goes by itself."""

from datetime import date, datetime, timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.audit import queries as chain
from tenants.disclosures import keeping
from tenants.disclosures.insider import filing
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.register.models import RegisterEntry
from tenants.errors import HeldByLaw, NotAllowed
from tenants.roc_dates import roc_year
from tests.tenants.disclosures.insider.conftest import PARENT, Desk
from tests.tenants.disclosures.register.test_writing import enter

CLOSED = datetime(2025, 11, 20, 10, 0, tzinfo=clock.TAIPEI)


def closed(desk: Desk, at: datetime) -> InsiderRequest:
    """A case that was refused and closed then."""
    case = desk.file()
    case.state, case.closed_at, case.closed_by = "closed", at, desk.scene.head.id
    case.replied_at, case.replied_by = at, desk.scene.head.id
    db.session.commit()
    return case


def ask(desk: Desk, case: InsiderRequest) -> None:
    keeping.ask_deletion(actor=PARENT, tenant_id=desk.tenant_id, disclosure_id=case.id)
    db.session.commit()


@pytest.mark.req("KH-7-4", "TY-5-5")
@pytest.mark.parametrize(
    ("ended", "through"),
    [
        (date(2026, 11, 20), date(2027, 11, 20)),
        (date(2027, 2, 28), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_a_form_is_protected_through_the_whole_of_the_day_a_year_later(
    preschool: Desk, ended: date, through: date
) -> None:
    case = closed(preschool, clock.day_start(ended) + timedelta(hours=3))

    with pytest.raises(HeldByLaw):
        keeping.check_over(case, today=through)
    keeping.check_over(case, today=through + timedelta(days=1))


@pytest.mark.req("KH-7-4")
def test_an_applicant_who_wants_it_removed_within_the_year_is_told_why_not_and_until_when(preschool: Desk) -> None:
    with pytest.raises(HeldByLaw, match="案件尚未結束"):
        ask(preschool, preschool.file())
    with pytest.raises(HeldByLaw, match=r"至少應保存一年（要點第七點.*以前不能刪除"):
        ask(preschool, closed(preschool, clock.now()))


@pytest.mark.req("KH-7-4")
def test_a_case_that_was_withdrawn_counts_from_that_day(preschool: Desk) -> None:
    case = preschool.file()
    filing.withdraw_application(actor=PARENT, tenant_id=preschool.tenant_id, disclosure_id=case.id)
    db.session.commit()

    assert keeping.ended_on(case) == clock.today()
    with pytest.raises(HeldByLaw, match="以前不能刪除"):
        keeping.check_over(case, today=clock.today() + timedelta(days=31))


@pytest.mark.req("KH-7-4")
def test_after_the_year_the_wish_is_noted_and_nothing_is_removed(preschool: Desk) -> None:
    case = closed(preschool, CLOSED)
    ask(preschool, case)

    (kept,) = keeping.forms(tenant_id=preschool.tenant_id, today=clock.today())
    assert (kept.name, kept.asked, kept.over(clock.today())) == (case.serial, True, True)
    assert keeping.proposals([kept], today=clock.today()) == [kept]
    assert "application:deletion_asked" in [each.event for each in chain.latest(tenant_id=preschool.tenant_id)]
    with pytest.raises(NotAllowed):
        keeping.ask_deletion(actor=preschool.scene.head, tenant_id=preschool.tenant_id, disclosure_id=case.id)


@pytest.mark.req("KH-7-5", "TY-5-5")
def test_a_volume_counts_from_its_last_line_and_the_open_one_not_at_all(preschool: Desk) -> None:
    case = preschool.file()
    entry = enter(preschool.scene, case)
    old = {column.key: getattr(entry, column.key) for column in RegisterEntry.__table__.columns if column.key != "id"}
    for number, month in ((1, 3), (2, 11)):
        at = datetime(2024, month, 20, 10, 0, tzinfo=clock.TAIPEI)
        past = {"roc_year": 113, "number": number, "entered_at": at, "accessed_from": at, "accessed_until": at}
        db.session.add(RegisterEntry(**old | past | {"paper_number": f"紙113-{number}"}))
    db.session.commit()

    closed_one, open_one = keeping.volumes(tenant_id=preschool.tenant_id)
    assert (closed_one.since, closed_one.through) == (date(2024, 11, 20), date(2025, 11, 20))
    assert closed_one.over(date(2025, 11, 21))
    assert not closed_one.over(date(2025, 11, 20))
    assert (open_one.name, open_one.since) == (f"登記簿 {roc_year(clock.today())}年", None)
    assert not open_one.over(clock.today())

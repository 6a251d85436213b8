"""When the copy of approved footage goes: not with its case alone, not before its review, not after its year."""

from datetime import date, datetime, timedelta
from unittest.mock import patch
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages import ending as package_ending
from tenants.disclosures.packages.models import Package
from tenants.errors import InvalidTransition
from tenants.retention.models import Hold
from tests.factories import disclosures, people
from tests.factories.registry import Institution

KEEPER = system("destroy_package")


def at(day: date) -> datetime:
    return clock.day_start(day) + timedelta(hours=3)


@pytest.mark.req("KH-6-4a", "KH-6-4b", "TY-5-3a", "KH-5-4a", "TY-4-4a")
@pytest.mark.parametrize(
    ("closed", "oldest", "goes"),
    [
        (date(2026, 11, 20), date(2026, 11, 10), date(2027, 5, 20)),
        (date(2026, 8, 31), date(2026, 8, 20), date(2027, 2, 28)),
        (date(2027, 9, 1), date(2026, 11, 10), date(2027, 11, 10)),  # its year ends before its review would come
    ],
)
def test_a_copy_for_reference_goes_after_six_months_or_in_its_year(closed: date, oldest: date, goes: date) -> None:
    found = package_ending.kept_for_reference(closed_at=at(closed), oldest=at(oldest))
    assert clock.civil_day(found) == goes


def ended(of: Institution, state: str, agency_id: UUID) -> UUID:
    """A case that ended today, as its hold did."""
    bind(db.session, Binding(tenant_id=of.tenant_id, agency_id=agency_id))
    who = people.person()
    made = disclosures.case(of, agency_id=agency_id, filed_by=who, state="withdrawn")
    case, package = (
        db.session.get_one(OfficialRequest, made.disclosure_id),
        db.session.get_one(Package, made.package_id),
    )
    hold = db.session.get_one(Hold, case.hold_id)
    if state == "closed":
        case.decided_at, case.decided_by, case.decision_reasons = clock.now(), who, "必要"
        case.replied_at, case.replied_by = clock.now(), who
        case.reply_number, case.reply_date = "守幼字第1150000001號", clock.today()
        case.state, case.closed_at, case.closed_by = state, clock.now(), who
    package.state, package.wrapped_secret = "ready", b"sealed"
    hold.released_at, hold.release_reason = clock.now(), "已終結"
    db.session.commit()
    bind(db.session, Binding(tenant_id=of.tenant_id))
    return made.package_id


@pytest.mark.req("KH-6-4a", "TY-5-3a", "DR-01")
def test_what_was_handed_over_stays_when_its_hold_ends_and_what_nobody_saw_goes(k1: Institution) -> None:
    agency_id = people.agency()
    withdrawn, carried_out = ended(k1, "withdrawn", agency_id), ended(k1, "closed", agency_id)
    of = k1.tenant_id
    assert package_ending.ending_packages(tenant_id=of) == [withdrawn]
    with pytest.raises(InvalidTransition, match="備查期間尚未屆滿"):
        package_ending.destroy_package(actor=KEEPER, tenant_id=of, package_id=carried_out, store=None)  # type: ignore[arg-type]
    later = clock.now() + timedelta(days=185)
    with patch.object(clock, "now", return_value=later):
        assert set(package_ending.ending_packages(tenant_id=of)) == {withdrawn, carried_out}
        package_ending.destroy_package(actor=KEEPER, tenant_id=of, package_id=carried_out, store=None)  # type: ignore[arg-type]
    assert db.session.get_one(Package, carried_out).wrapped_secret is None

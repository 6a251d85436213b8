"""When the package of approved footage goes: with its hold, not before its copy for reference, not after its year."""

from datetime import timedelta
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
from tests.factories import disclosures, people, retained
from tests.factories.registry import Institution

KEEPER = system("destroy_package")


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


def going(of: UUID) -> set[UUID]:
    return set(package_ending.ending_packages(tenant_id=of))


@pytest.mark.req("KH-6-4a", "TY-5-3a", "DR-01")
def test_what_was_handed_over_waits_for_its_copy_and_what_nobody_saw_goes_with_its_hold(k1: Institution) -> None:
    agency_id, of = people.agency(), k1.tenant_id
    withdrawn, carried_out = ended(k1, "withdrawn", agency_id), ended(k1, "closed", agency_id)
    assert going(of) == {withdrawn}
    with pytest.raises(InvalidTransition, match="備查複製本尚未製作完成"):
        package_ending.destroy_package(actor=KEEPER, tenant_id=of, package_id=carried_out, store=None)  # type: ignore[arg-type]
    retained.copy(k1, package_id=carried_out)
    assert going(of) == {withdrawn, carried_out}
    package_ending.destroy_package(actor=KEEPER, tenant_id=of, package_id=carried_out, store=None)  # type: ignore[arg-type]
    assert db.session.get_one(Package, carried_out).wrapped_secret is None


@pytest.mark.req("KH-5-4a", "TY-4-4a")
def test_a_package_of_which_no_copy_could_be_made_goes_in_its_year_all_the_same(k1: Institution) -> None:
    package_id, of = ended(k1, "closed", people.agency()), k1.tenant_id
    for days, expected in ((364, set()), (365, {package_id})):
        with patch.object(clock, "now", return_value=clock.now() + timedelta(days=days)):
            assert going(of) == expected

"""Intervals of a school and the bureau's cap, each from its day on."""

import pytest

from infra import clock
from infra.db import db
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import Role
from tenants.upkeep.inspections import deciding, queries
from tenants.upkeep.inspections.standing import due_of_sites
from tests.factories import people
from tests.factories.registry import Institution

pytestmark = pytest.mark.req("KH-8-1a")


def test_the_head_sets_the_interval_within_the_bureaus_cap(k1: Institution) -> None:
    officer, head = people.bureau_officer(), people.acting(people.person(), Role.HEAD)
    deciding.set_cap(actor=people.acting(officer, Role.BUREAU_OFFICER), months="3")
    db.session.commit()

    assert queries.cap() == 3
    for months in ("0", "24", "4"):
        with pytest.raises(Invalid):
            deciding.set_interval(actor=head, tenant_id=k1.tenant_id, site_id=k1.site_id, months=months)
    deciding.set_interval(actor=head, tenant_id=k1.tenant_id, site_id=k1.site_id, months="3")
    db.session.commit()
    assert due_of_sites(tenant_id=k1.tenant_id, day=clock.today())[k1.site_id].months == 3


def test_a_handler_sets_no_interval_and_a_head_no_cap(k1: Institution) -> None:
    with pytest.raises(NotAllowed):
        deciding.set_interval(
            actor=people.acting(people.person(), Role.HANDLER), tenant_id=k1.tenant_id, site_id=k1.site_id, months="2"
        )
    with pytest.raises(NotAllowed):
        deciding.set_cap(actor=people.acting(people.person(), Role.HEAD), months="2")


@pytest.mark.parametrize("months", ["0", "13", "24"])
def test_the_bureau_sets_no_cap_beyond_a_year(k1: Institution, months: str) -> None:
    assert k1
    officer = people.acting(people.bureau_officer(), Role.BUREAU_OFFICER)
    with pytest.raises(Invalid):
        deciding.set_cap(actor=officer, months=months)

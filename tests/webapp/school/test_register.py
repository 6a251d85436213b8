"""調閱登記簿: what an inspector reads of a hand-over on line, where nobody operated a player."""

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.register.models import RegisterEntry
from tests.factories import disclosures
from tests.webapp.desk import Desk

HINT = "線上交付：核准或重新開放者，現場無人操作"


@pytest.mark.req("KH-A2-07", "KH-A2-08")
@pytest.mark.parametrize("copied", [True, False])
def test_only_an_on_line_hand_over_says_that_its_operator_operated_no_player(desk: Desk, *, copied: bool) -> None:
    k1 = desk.cast.k1
    bind(db.session, Binding(tenant_id=k1.tenant_id, agency_id=desk.cast.agency_id))
    made = disclosures.case(k1, agency_id=desk.cast.agency_id, filed_by=desk.cast.ids["officer"])
    entry = db.session.get_one(RegisterEntry, made.register_entry_id)
    if not copied:  # the register takes no change; a line of a viewing is one of its own
        viewing = {column.key: getattr(entry, column.key) for column in RegisterEntry.__table__.columns}
        viewing.pop("id")
        db.session.add(RegisterEntry(**viewing | {"copied": False, "viewed": True, "number": 1, "roc_year": 114}))
        db.session.commit()
    year, address = (115, "複製（線上交付") if copied else (114, "調閱（由林怡君操作）")
    handler = desk.browser("k1-handler")

    register = handler.get(f"{desk.school}/register?year={year}").text

    assert "林怡君" in register
    assert (HINT in register) is copied
    assert address in handler.get(f"{desk.school}/cases/{made.disclosure_id}").text

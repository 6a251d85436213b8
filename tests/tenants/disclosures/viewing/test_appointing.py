"""When somebody comes to look: who asked is told that it was agreed, and reads it until they came."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.disclosures.notices import messages
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing import appointing, ending
from tenants.disclosures.viewing.models import ViewingAppointment
from tests.factories import people
from tests.tenants.disclosures.viewing.conftest import Booth
from tests.tenants.disclosures.viewing.test_ending import BOTH


def appoint(booth: Booth) -> ViewingAppointment:
    made = appointing.appoint(
        actor=booth.operator,
        tenant_id=booth.tenant_id,
        disclosure_id=booth.case.id,
        starts_at=clock.now() + timedelta(days=1),
        place="園長室",
    )
    db.session.commit()
    return made


def agreed(booth: Booth) -> ViewingAppointment | None:
    return appointing.appointment(tenant_id=booth.tenant_id, disclosure_id=booth.case.id)


@pytest.mark.req("KH-6-2j", "TY-5-1f")
def test_who_asked_is_told_that_a_time_was_agreed_but_not_which_nor_where(booth: Booth) -> None:
    made = appoint(booth)

    assert Step.APPOINT in booth.case.untold
    (mail,) = messages(
        tenant_id=booth.tenant_id, disclosure_id=booth.case.id, step=Step.APPOINT, base_url="https://shouyuan.test"
    )
    assert mail.to == booth.case.email
    assert booth.case.serial in mail.subject
    assert made.place not in mail.text
    assert booth.events() == ["viewing:appointed"]


@pytest.mark.req("KH-6-2j", "TY-5-1f")
def test_an_appointment_counts_until_the_case_was_looked_at(booth: Booth) -> None:
    made = appoint(booth)
    assert agreed(booth) == made
    booth.begin()
    booth.open()
    booth.jump(timedelta(seconds=3))
    ending.sign_off(actor=booth.operator, farewell=BOTH, pin=people.PIN, **booth.ids)
    db.session.commit()

    assert agreed(booth) is None
    again = appoint(booth)
    assert agreed(booth) == again

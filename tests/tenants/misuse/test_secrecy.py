"""Whom a case suspects reads nothing of it in the chain or among the holds, and everybody else reads it all."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit import queries as audit
from tenants.disclosures.viewing import tracing
from tenants.disclosures.viewing.tracing import Asked
from tenants.errors import NotFound
from tenants.misuse import actions, secrecy
from tenants.misuse.models import MeasureKind
from tenants.retention import queries as retention
from tenants.retention.models import HoldBasis
from tenants.retention.rules import CameraWindow
from tests.factories import footage
from tests.factories import retention as holds
from tests.factories.registry import Institution
from tests.tenants.misuse.conftest import Seen, reported

pytestmark = pytest.mark.req("KH-5-1c", "TY-4-1b")
ASKED = Asked(code="V7K3M2", reason="翻拍照片外流")


@pytest.fixture
def minute(k1: Institution) -> CameraWindow:
    found = footage.segment(k1, device_id=footage.device(k1))
    return CameraWindow(camera_id=found.camera_id, started_at=found.started_at, ended_at=found.ended_at)


def read(k1: Institution, actor: Actor) -> list[str]:
    events = audit.latest(tenant_id=k1.tenant_id, limit=100)
    return [each.event for each in secrecy.told(events, tenant_id=k1.tenant_id, actor=actor)]


def test_a_suspect_reads_neither_case_nor_hold_nor_search_in_the_chain(
    k1: Institution, head: Actor, handler: Actor, minute: CameraWindow
) -> None:
    before = read(k1, handler)
    made = reported(k1, head, suspects=(handler.id,), window=minute)
    actions.note_measure(
        actor=head, tenant_id=k1.tenant_id, misuse_id=made.id, kind=MeasureKind.INQUIRY, words="調閱稽核軌跡"
    )
    tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=ASKED, about=made.id)
    assert read(k1, handler) == before
    told = read(k1, head)
    assert told[: len(told) - len(before)] == [
        "viewing:traced",
        "misuse:measure_noted",
        "misuse:reported",
        "hold:placed",
    ]
    assert audit.verify(tenant_id=k1.tenant_id) is None


def test_a_suspect_finds_no_hold_of_the_case_and_others_do(
    k1: Institution, head: Actor, handler: Actor, minute: CameraWindow
) -> None:
    made = reported(k1, head, suspects=(handler.id,), window=minute)
    assert made.hold_id is not None
    one = {"tenant_id": k1.tenant_id, "hold_id": made.hold_id}
    with pytest.raises(NotFound):
        secrecy.check_hold(actor=handler, **one)
    secrecy.check_hold(actor=head, **one)
    assert secrecy.withheld(tenant_id=k1.tenant_id, actor=handler) == {made.id, made.hold_id}
    assert secrecy.withheld(tenant_id=k1.tenant_id, actor=head) == frozenset()


def test_who_was_in_the_room_is_not_told_that_somebody_looked_for_the_session(
    k1: Institution, head: Actor, handler: Actor, seen: Seen
) -> None:
    tracing.trace(actor=head, tenant_id=k1.tenant_id, asked=ASKED)
    assert "viewing:traced" in read(k1, head)
    assert "viewing:traced" not in read(k1, handler)
    assert "viewing:traced" not in read(k1, seen.companion)
    tracing.trace(actor=handler, tenant_id=k1.tenant_id, asked=ASKED)
    assert read(k1, handler).count("viewing:traced") == 1, "what one did oneself is no secret"


@pytest.mark.req("KH-5-4c")
def test_the_hold_is_for_an_investigation_and_goes_by_no_number_of_the_case(
    k1: Institution, head: Actor, minute: CameraWindow
) -> None:
    made = reported(k1, head, window=minute)
    assert made.hold_id is not None
    hold = retention.hold(tenant_id=k1.tenant_id, hold_id=made.hold_id)
    assert (hold.basis, hold.document) == (HoldBasis.OTHER_UNLAWFUL_ACT, made.serial)
    assert "洩密" not in hold.reference + hold.necessity


@pytest.mark.req("DR-02", "KH-5-4c")
def test_an_urgent_hold_goes_on_as_the_cases_and_lapses_no_more(k1: Institution, head: Actor, handler: Actor) -> None:
    hold_id = holds.urgent(k1)
    (kept,) = retention.windows(tenant_id=k1.tenant_id, hold_id=hold_id)
    within = CameraWindow(
        camera_id=kept.camera_id, started_at=kept.started_at + timedelta(minutes=1), ended_at=kept.ended_at
    )
    made = reported(k1, head, window=within, suspects=(handler.id,))
    hold = retention.hold(tenant_id=k1.tenant_id, hold_id=hold_id)
    assert made.hold_id == hold_id
    assert (hold.basis, hold.ends_on, hold.document) == (HoldBasis.OTHER_UNLAWFUL_ACT, None, made.serial)
    assert hold.review_on > clock.today()
    assert not [each for each in read(k1, handler) if each.startswith("hold:")]
    db.session.commit()

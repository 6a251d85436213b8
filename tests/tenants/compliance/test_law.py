"""How an institution stands with the law is told once: the number on the board has the article's list behind it."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.compliance import actions, law
from tenants.compliance.models import ComplianceRetention
from tenants.compliance.rules import LawFacts, UrgentFacts
from tenants.retention.models import Hold
from tests.factories import retention
from tests.factories.registry import institution

pytestmark = pytest.mark.req("KH-5-4a", "DR-30")


def test_what_is_written_down_is_read_back_as_it_was() -> None:
    at = datetime(2026, 11, 20, 1, 2, tzinfo=UTC)
    urgent = [
        UrgentFacts(number="緊急-K1-1", placed_at=at, ends_on=date(2026, 12, 4), over_cap=True),
        UrgentFacts(number="緊急-K1-2", placed_at=at, ends_on=None, over_cap=False),
    ]
    facts = LawFacts(computed_at=at, floor_missing=1, late_minutes=2, days_overdue=3, urgent_holds=tuple(urgent))
    assert law.read(law.columns(facts)) == facts


def test_since_when_the_law_waits_is_kept_until_it_waits_for_nothing(domain: Flask) -> None:
    assert domain
    k1 = institution("K1")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    hold = db.session.get_one(Hold, retention.hold(k1))
    after = clock.day_start(hold.review_on + timedelta(days=1))
    told = []
    for now, reviewed in (
        (after - timedelta(minutes=1), False),
        (after, False),
        (after + timedelta(days=2), False),
        (after + timedelta(days=3), True),
    ):
        if reviewed:
            hold.review_on += timedelta(days=30)
        actions.take_now(tenant_id=k1.tenant_id, now=now, actor=system("test"))
        told.append(db.session.get_one(ComplianceRetention, k1.tenant_id, populate_existing=True).wrong_since)
    assert told == [None, after, after, None]


def test_a_hold_that_ended_is_in_the_number_and_in_the_list(domain: Flask) -> None:
    assert domain
    k1 = institution("K1")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    hold = db.session.get_one(Hold, retention.hold(k1))
    hold.released_at, hold.release_reason = clock.now(), "案件結束"
    db.session.commit()
    later = hold.released_at + timedelta(days=2)
    told = law.law_standing(tenant_id=k1.tenant_id, now=later)
    assert [(each.label, each.id) for each in told.late_copies] == [("保全的影像", hold.id)]
    assert (told.facts.days_overdue, told.facts.late_minutes) == (1, 2 * 24 * 60)
    actions.take_now(tenant_id=k1.tenant_id, now=later, actor=system("test"))
    row = db.session.get_one(ComplianceRetention, k1.tenant_id)
    assert law.read({each.name: getattr(row, each.name) for each in fields(LawFacts)}) == told.facts

"""Where nothing waits, one statement says so for every room; as soon as something does, its room is asked."""

from collections.abc import Iterator

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.compliance.law import law_standing
from tenants.compliance.rule_notices import queries as rule_notices
from tenants.disclosures import queries as disclosures
from tenants.disclosures.insider.panel import queries as panels
from tenants.disclosures.official import copies_out
from tenants.disclosures.official import queries as official
from tenants.disclosures.papers import scans
from tenants.disclosures.viewing import queries as viewing
from tenants.emergency import queries as emergency
from tenants.footage import quarantine
from tenants.footage.models import SweptArea
from tenants.improvements import queries as improvements
from tenants.misuse import queries as misuse
from tenants.misuse import secrecy
from tenants.retention import clocks, stops
from tenants.retention import queries as retention
from tenants.retention.urgent import queries as urgent
from tenants.rights import queries as rights
from tests.factories.registry import Institution, institution
from tests.statements import statements_sent

HANG_ON_A_CASE = ("disclosures", "packages", "retained_copies", "panel_members")
MOSTLY_NONE = ("holds", "destructions", "destruction_stops", "swept_areas")


@pytest.fixture
def of(domain: Flask) -> Institution:
    assert domain
    made = institution()
    bind(db.session, Binding(tenant_id=made.tenant_id))
    return made


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Every statement, from now on."""
    with statements_sent() as found:
        yield found


def of_tables(asked: list[str], tables: tuple[str, ...]) -> list[str]:
    return [each for each in asked if any(f"FROM {table} " in each or f"FROM {table}\n" in each for table in tables)]


def test_without_a_case_one_statement_answers_for_all_that_hangs_on_one(of: Institution, asked: list[str]) -> None:
    tenant_id, now = of.tenant_id, clock.now()
    facts = law_standing(tenant_id=tenant_id, now=now).facts
    assert (facts.lost_requests, facts.late_reviews, facts.incomplete_holds) == (0, 0, 0)
    assert disclosures.open_count(tenant_id=tenant_id) == 0
    assert official.late_count(tenant_id=tenant_id, today=clock.today()) == 0
    assert official.inbox(tenant_id=tenant_id) == official.untold_passphrases(tenant_id=tenant_id) == []
    assert copies_out.copies_out(tenant_id=tenant_id) == []
    assert panels.seats_of(tenant_id=tenant_id, user_id=of.tenant_id) == []
    assert len(of_tables(asked, HANG_ON_A_CASE)) == 1


def test_without_a_hold_one_statement_answers_for_holds_stops_and_losses(of: Institution, asked: list[str]) -> None:
    tenant_id, now = of.tenant_id, clock.now()
    assert law_standing(tenant_id=tenant_id, now=now).facts.open_holds == 0
    assert retention.holds(tenant_id=tenant_id) == retention.holds(tenant_id=tenant_id, open_only=True) == []
    assert urgent.still_urgent(tenant_id=tenant_id) == urgent.lapsed_lately(tenant_id=tenant_id, now=now) == []
    assert stops.open_stop(tenant_id=tenant_id) is None
    assert retention.begun_destructions(tenant_id=tenant_id) == []
    assert len(of_tables(asked, MOSTLY_NONE)) == 1


def test_where_nothing_waits_one_statement_answers_for_every_room(of: Institution, asked: list[str]) -> None:
    tenant_id, now, today = of.tenant_id, clock.now(), clock.today()
    nobody = Actor(kind=ActorKind.PERSON, id=tenant_id, name="林怡君", roles=frozenset())
    assert retention.holds(tenant_id=tenant_id) == official.inbox(tenant_id=tenant_id) == []
    assert misuse.cases(tenant_id=tenant_id, actor=nobody) == rights.requests(tenant_id=tenant_id) == []
    assert secrecy.withheld(tenant_id=tenant_id, actor=nobody) == frozenset()
    assert emergency.listed(tenant_id=tenant_id) == improvements.items(tenant_id=tenant_id) == []
    assert rule_notices.coming(tenant_id=tenant_id, today=today) == []
    assert scans.applications_waiting(tenant_id=tenant_id, actor=nobody) == copies_out.copies_out(tenant_id=tenant_id)
    assert scans.lines_waiting(tenant_id=tenant_id) == len(quarantine.counts(tenant_id=tenant_id)) == 0
    assert viewing.unsigned(tenant_id=tenant_id, actor=nobody, now=now) == []
    assert len([each for each in asked if "set_config" not in each]) == 1  # which says for whom it asks


def test_what_comes_about_in_the_same_transaction_is_seen(of: Institution) -> None:
    tenant_id, today = of.tenant_id, clock.today()
    assert clocks.floor_missing(tenant_id=tenant_id, today=today) == 0
    area = f"seg/d30/{tenant_id}/{today.isoformat()}/"
    swept = {"objects": 3, "size": 30, "strays": 0, "missing": 2, "differing": 0}
    db.session.add(SweptArea(tenant_id=tenant_id, area=area, swept_at=clock.now(), **swept))
    assert clocks.floor_missing(tenant_id=tenant_id, today=today) == 2

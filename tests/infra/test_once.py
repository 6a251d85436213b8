"""Reads that are asked once in a transaction, and what makes them be asked anew."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from infra.db import db
from infra.once import NOTHING_READ, kept_for_all, read_for_all, read_once
from infra.tenancy import Binding, bind
from tenants.registry.hours.models import CalendarSpan, SpanKind
from tenants.registry.models import Site
from tests.factories import hours
from tests.factories.registry import Institution, institution
from tests.statements import statements_sent


@read_once
def names(*, tenant_id: UUID) -> list[str]:
    """The names of an institution's sites."""
    return list(db.session.scalars(select(Site.name).where(Site.tenant_id == tenant_id)))


@pytest.fixture
def of(domain: Flask) -> Institution:
    assert domain
    made = institution()
    bind(db.session, Binding(tenant_id=made.tenant_id))
    db.session.commit()
    return made


@pytest.fixture
def asked(of: Institution) -> Iterator[list[str]]:
    """Every look at sites, from now on."""
    assert of
    with statements_sent(about="SELECT sites.name") as found:
        yield found


def test_the_same_is_asked_once(of: Institution, asked: list[str]) -> None:
    assert names(tenant_id=of.tenant_id) == names(tenant_id=of.tenant_id)
    assert len(asked) == 1


def test_a_caller_cannot_change_what_the_next_one_reads(of: Institution, asked: list[str]) -> None:
    names(tenant_id=of.tenant_id).clear()
    assert names(tenant_id=of.tenant_id)
    assert len(asked) == 1


def test_it_is_asked_anew_after_a_write_of_an_object(of: Institution) -> None:
    names(tenant_id=of.tenant_id)
    db.session.get_one(Site, of.site_id).name = "新址"
    assert names(tenant_id=of.tenant_id) == ["新址"], "while the change waits"
    db.session.flush()
    assert names(tenant_id=of.tenant_id) == ["新址"], "and once it is written"


def test_it_is_asked_anew_after_a_written_statement(of: Institution) -> None:
    names(tenant_id=of.tenant_id)
    db.session.execute(update(Site).where(Site.id == of.site_id).values(name="新址"))
    assert names(tenant_id=of.tenant_id) == ["新址"]


@pytest.mark.parametrize("statement", [select(Site.id).with_for_update(), text("select 1")], ids=["lock", "text"])
def test_it_is_asked_anew_after_a_lock_and_after_what_nobody_can_judge(
    of: Institution, asked: list[str], statement: object
) -> None:
    names(tenant_id=of.tenant_id)
    db.session.execute(statement)  # type: ignore[call-overload]
    names(tenant_id=of.tenant_id)
    assert len(asked) == 2


def test_it_is_asked_anew_in_the_next_transaction(of: Institution, asked: list[str]) -> None:
    names(tenant_id=of.tenant_id)
    db.session.commit()
    names(tenant_id=of.tenant_id)
    db.session.rollback()
    names(tenant_id=of.tenant_id)
    assert len(asked) == 3


@pytest.mark.req("DR-08")
def test_nobody_reads_what_another_institution_was_shown(of: Institution) -> None:
    assert names(tenant_id=of.tenant_id)
    bind(db.session, Binding(tenant_id=UUID(int=1)))
    assert names(tenant_id=of.tenant_id) == []


def test_a_write_of_what_nothing_is_made_of_keeps_it(of: Institution, asked: list[str]) -> None:
    names(tenant_id=of.tenant_id)
    db.session.execute(text("select 1").execution_options(**NOTHING_READ))
    names(tenant_id=of.tenant_id)
    assert len(asked) == 1


@read_for_all
def holidays() -> list[CalendarSpan]:
    """The bureau's calendar."""
    return list(db.session.scalars(select(CalendarSpan)))


def test_what_is_the_same_for_everybody_is_read_once_for_some_institutions_and_outlives_their_transactions(
    of: Institution,
) -> None:
    assert of
    hours.span(SpanKind.HOLIDAY, first=date(2026, 12, 25))
    db.session.commit()
    with statements_sent(about="FROM calendar_spans") as asked:
        with kept_for_all():
            told = [[each.name for each in holidays()] for _ in (db.session.commit() for _ in range(3))]
        assert told[0] == told[1] == told[2] != []
        assert len(asked) == 1
        holidays()
        db.session.commit()
        holidays()
        assert len(asked) == 3, "outside, each transaction asks"

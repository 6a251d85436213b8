"""Rosters as tables, an operator who uploads them, and somebody outside who sees every row."""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, text

from infra import spreadsheets
from infra.db import Base, db
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind, bound
from tenants.actor import Actor, system
from tenants.onboarding import actions, carrying, comparing, queries
from tenants.onboarding import columns as c
from tenants.onboarding.comparing import Looked
from tenants.onboarding.models import Roster
from tenants.people import queries as people
from tenants.permissions import Role
from tests.factories import people as make
from tests.factories.registry import Institution, institution

OLD = {
    c.CODE: "K1",
    c.NAME: "晨光幼兒園",
    c.KIND: "教保服務機構",
    c.OWNERSHIP: "私立",
    c.AUTHORITY: "直轄市",
    c.DISTRICT: "左營區",
    c.SITE_CODE: "K1",
    c.SITE_RULE: "KH_PRESCHOOL",
}
SERVICE = system("carry_out_roster")
NEW = {**c.SAMPLE, c.DISTRICT: "左營區"}


class Of(TypedDict):
    """Which roster, as every call names it."""

    tenant_id: UUID
    roster_id: UUID


def fresh(number: int, **changes: str) -> dict[str, str]:
    own = {c.CODE: f"N{number}", c.SITE_CODE: f"N{number}", c.LOGIN: f"n{number}-head", c.EMAIL: f"n{number}@x.example"}
    return {**NEW, **own, **changes}


def file(*rows: dict[str, str]) -> bytes:
    return spreadsheets.as_csv([c.HEADINGS, *(tuple(row.get(each, "") for each in c.HEADINGS) for row in rows)])


@pytest.fixture
def k1(domain: Flask, monkeypatch: pytest.MonkeyPatch) -> Institution:
    """An institution that is there, without a head; the session is the bureau's."""
    assert domain
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    made = institution("K1")
    bind(db.session, Binding(tenant_id=make.bureau()))
    return made


@pytest.fixture
def operator(k1: Institution) -> Actor:
    assert k1
    return make.acting(make.operator(), Role.OPERATOR)


def look(actor: Actor, *rows: dict[str, str], new: tuple[str, ...] = ()) -> Looked:
    return comparing.look_through(actor=actor, content=file(*rows), new_districts=new)


def keep(actor: Actor, *rows: dict[str, str], new: tuple[str, ...] = ()) -> Roster:
    looked = look(actor, *rows, new=new)
    assert not looked.faults, looked.faults
    made = actions.keep(actor=actor, tenant_id=make.bureau(), content=file(*rows), new_districts=new, looked=looked)
    db.session.commit()
    return made


def confirmed(actor: Actor, *rows: dict[str, str], new: tuple[str, ...] = ()) -> Roster:
    made = keep(actor, *rows, new=new)
    actions.confirm(actor=actor, tenant_id=made.tenant_id, roster_id=made.id, sha256=made.sha256)
    db.session.commit()
    return made


def begun(actor: Actor, *rows: dict[str, str]) -> Of:
    """A confirmed roster laid out in lines."""
    made = confirmed(actor, *rows)
    of: Of = {"tenant_id": made.tenant_id, "roster_id": made.id}
    carrying.begin(actor=SERVICE, **of)
    db.session.commit()
    return of


def go_on(of: Of) -> Roster:
    """What the job does until nothing waits."""
    while (line := queries.next_line(**of)) is not None:
        carrying.carry_out_line(actor=SERVICE, **of, line=line)
        db.session.commit()
    carrying.finish(actor=SERVICE, **of)
    db.session.commit()
    return queries.roster(**of)


def carried_out(actor: Actor, *rows: dict[str, str], new: tuple[str, ...] = ()) -> Roster:
    made = confirmed(actor, *rows, new=new)
    of: Of = {"tenant_id": made.tenant_id, "roster_id": made.id}
    carrying.begin(actor=SERVICE, **of)
    db.session.commit()
    return go_on(of)


def came(of: Of) -> list[tuple[int, str, str]]:
    """Each line with its state and why it was stopped."""
    return [(each.line, each.state, each.reason) for each in queries.lines(**of)]


@dataclass(frozen=True)
class Outside:
    """Somebody who owns the database server and sees every row."""

    url: str

    def everything(self) -> dict[str, str]:
        """A digest of each table."""
        query = "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} t"
        with create_engine(self.url, poolclass=NullPool).connect() as connection:
            return {name: str(connection.scalar(text(query.format(name)))) for name in Base.metadata.tables}


@pytest.fixture
def outside(database: DatabaseUrls) -> Outside:
    return Outside(database.superuser)


def faults(looked: Looked) -> set[tuple[int, str]]:
    return {(each.line, each.column) for each in looked.faults}


def verdicts(found: Roster | Looked) -> list[str]:
    return [each["verdict"] for each in (found.outcomes if isinstance(found, Roster) else found.stored())]


def staff(tenant_id: UUID) -> list[tuple[str, str]]:
    with bound(db.session, Binding(tenant_id=tenant_id)):
        return [(user.login, held.role) for held, user in people.staff(tenant_id=tenant_id)]

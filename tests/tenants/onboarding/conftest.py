"""Rosters as tables, an operator who uploads them, and somebody outside who sees every row."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, text

from infra import spreadsheets
from infra.db import Base, db
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind, bound
from tenants.actor import Actor, system
from tenants.onboarding import actions, comparing
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
NEW = {**c.SAMPLE, c.DISTRICT: "左營區"}


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


def carried_out(actor: Actor, *rows: dict[str, str], new: tuple[str, ...] = ()) -> Roster:
    made = keep(actor, *rows, new=new)
    actions.confirm(actor=actor, tenant_id=made.tenant_id, roster_id=made.id, sha256=made.sha256)
    db.session.commit()
    done = actions.carry_out(actor=system("carry_out_roster"), tenant_id=made.tenant_id, roster_id=made.id)
    db.session.commit()
    return done


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

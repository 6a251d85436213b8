"""A statement is spelled once, and each call asks with its own values."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Select, select

from infra.db import db
from infra.statements import made_once
from infra.tenancy import Binding, bind
from tenants.registry.models import Site
from tests.factories.registry import Institution, institution

FUTURE = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
def of(domain: Flask) -> Institution:
    assert domain
    made = institution()
    bind(db.session, Binding(tenant_id=made.tenant_id))
    return made


def test_a_statement_is_spelled_on_its_first_call_alone_and_asks_with_each_calls_values(of: Institution) -> None:
    spelled = []

    @made_once
    def sites(*, tenant_id: UUID, until: datetime) -> Select[UUID]:
        spelled.append(tenant_id)
        return select(Site.id).where(Site.tenant_id == tenant_id, Site.created_at < until)

    assert list(db.session.scalars(*sites(tenant_id=of.tenant_id, until=FUTURE))) == [of.site_id]
    assert list(db.session.scalars(*sites(tenant_id=uuid4(), until=FUTURE))) == []
    assert list(db.session.scalars(*sites(tenant_id=of.tenant_id, until=FUTURE.replace(year=1999)))) == []
    assert len(spelled) == 1


def test_a_collection_is_asked_for_its_members_also_when_there_are_none(of: Institution) -> None:
    @made_once
    def sites(*, ids: Collection[UUID]) -> Select[UUID]:
        return select(Site.id).where(Site.id.in_(ids))

    assert list(db.session.scalars(*sites(ids={of.site_id, uuid4()}))) == [of.site_id]
    assert list(db.session.scalars(*sites(ids=[]))) == []


@pytest.mark.usefixtures("of")
def test_what_reckons_with_a_place_as_if_it_were_a_value_fails_on_the_first_call() -> None:
    @made_once
    def sites(*, name: str) -> Select[UUID]:
        return select(Site.id).where(Site.name == (name or "本園"))

    with pytest.raises(TypeError, match="not defined"):
        sites(name="")

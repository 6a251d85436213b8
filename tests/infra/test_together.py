"""Small questions that are asked together: one statement for all of them, and anew once something was written."""

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, exists

from infra import together
from infra.db import db
from infra.tenancy import Binding, bind
from infra.together import Place, asked_together
from tenants.registry.models import Site
from tests.factories.registry import institution
from tests.statements import statements_sent


def test_questions_are_asked_in_one_statement_and_anew_after_a_write(
    domain: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert domain
    monkeypatch.setattr(together, "_asked", [])
    together._statement.cache_clear()  # noqa: SLF001 - that of the rooms' own questions is made again when one is asked

    @asked_together
    def any_site(tenant_id: Place) -> ColumnElement[bool]:
        return exists().where(Site.tenant_id == tenant_id)

    @asked_together
    def called_otherwise(tenant_id: Place) -> ColumnElement[bool]:
        return exists().where(Site.tenant_id == tenant_id, Site.name == "另一園")

    of = institution("K1", cameras=())
    bind(db.session, Binding(tenant_id=of.tenant_id))
    db.session.connection()
    try:
        with statements_sent() as asked:
            assert any_site(tenant_id=of.tenant_id)
            assert not called_otherwise(tenant_id=of.tenant_id)
            assert len(asked) == 1
            db.session.get_one(Site, of.site_id).name = "另一園"
            db.session.flush()
            assert called_otherwise(tenant_id=of.tenant_id)
    finally:
        together._statement.cache_clear()  # noqa: SLF001 - as above

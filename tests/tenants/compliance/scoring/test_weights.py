"""A version is entered by the bureau's officer, for ever, and the chain says what it was (DR-30)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.compliance.scoring import rules, weights
from tenants.compliance.scoring.models import ArticleWeighting
from tenants.compliance.scoring.rules import DEFAULT, WEIGHED, Aim, Weighting
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import Role
from tests.factories import people

pytestmark = pytest.mark.req("DR-30")
TODAY = clock.today()


def ahead(days: int = 1, weight: int = 2) -> Weighting:
    aims = {article.key: Aim(weight=weight, target=950) for article in WEIGHED}
    return Weighting(effective_from=TODAY + timedelta(days=days), target=900, aims=aims)


@pytest.fixture
def officer(domain: Flask) -> Actor:
    assert domain
    officer_id = people.bureau_officer()
    bind(db.session, Binding(tenant_id=people.bureau()))
    return Actor(kind=ActorKind.PERSON, id=officer_id, name="趙承恩", roles=frozenset({Role.BUREAU_OFFICER}))


def test_a_version_counts_from_its_day_and_those_before_keep_theirs(officer: Actor) -> None:
    weights.set_weights(actor=officer, weighting=ahead(1), reason="會議決議")
    weights.set_weights(actor=officer, weighting=ahead(5, weight=7), reason="修正")
    assert weights.in_force(day=TODAY) == DEFAULT
    assert weights.in_force(day=TODAY + timedelta(days=4)) == ahead(1)
    assert weights.in_force(day=TODAY + timedelta(days=5)) == ahead(5, weight=7)


def test_the_chain_says_who_set_what_and_why(officer: Actor) -> None:
    made = weights.set_weights(actor=officer, weighting=ahead(), reason=" 會議決議 ")
    (event, *_) = audit.latest(tenant_id=people.bureau(), limit=1)
    assert (event.event, event.subject_id, event.actor_id) == ("compliance:weighed", made.id, officer.id)
    assert event.fields["reason"] == "會議決議"
    assert "continuity:2/950" in event.fields["weights"]


def test_what_is_at_fault_is_refused_with_all_of_it_and_nothing_is_entered(officer: Actor) -> None:
    wrong = Weighting(effective_from=TODAY, target=2000, aims=ahead().aims)
    with pytest.raises(Invalid) as refused:
        weights.set_weights(actor=officer, weighting=wrong, reason="")
    assert {refused.value.field, *(each.field for each in refused.value.besides)} == {
        "target",
        "effective_from",
        "reason",
    }
    assert weights.versions() == []


def test_a_version_is_never_rewritten(officer: Actor) -> None:
    weights.set_weights(actor=officer, weighting=ahead(), reason="會議決議")
    db.session.commit()
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(update(ArticleWeighting).values(target=1))


def test_nobody_else_sets_them(officer: Actor) -> None:
    auditor = Actor(kind=ActorKind.PERSON, id=officer.id, name="吳佳蓉", roles=frozenset({Role.AUDITOR}))
    with pytest.raises(NotAllowed):
        weights.set_weights(actor=auditor, weighting=ahead(), reason="會議決議")
    assert rules.in_force(weights.weightings(), TODAY) is DEFAULT

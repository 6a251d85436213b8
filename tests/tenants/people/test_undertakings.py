"""保密切結 at the designation and again at leaving, by PIN or on paper (KH-5-2, TY-4-2)."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.audit import queries as audit
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.people.models import Membership
from tenants.people.pins import WrongPin
from tenants.people.undertakings import actions, queries, texts
from tenants.people.undertakings.models import Occasion
from tenants.people.undertakings.standing import standing
from tenants.permissions import Role
from tests.factories import leavers, people
from tests.factories.registry import Institution

pytestmark = pytest.mark.req("KH-5-2", "TY-4-2")
TODAY = clock.today()


class School:
    """K1 with a head and a handler who set a PIN; the session is bound to it."""

    def __init__(self, k1: Institution) -> None:
        people.bureau()
        self.id = k1.tenant_id
        self.head = people.acting(people.head(self.id), Role.HEAD)
        self.lin = people.acting(people.handler(self.id), Role.HANDLER)
        people.pin(self.of(self.lin))
        bind(db.session, Binding(tenant_id=self.id))

    def of(self, actor: Actor) -> UUID:
        assert actor.id is not None
        return actor.id

    def sign(self, actor: Actor, *, pin: str = people.PIN, **said: object) -> None:
        wanted = {"user_id": self.of(self.lin), "occasion": Occasion.DESIGNATED, "version": texts.NEWEST}
        actions.sign(actor=actor, tenant_id=self.id, pin=pin, **(wanted | said))  # type: ignore[arg-type]

    def unsigned(self, days: int = 0) -> list[UUID]:
        db.session.flush()
        found = standing(tenant_id=self.id, day=TODAY + timedelta(days=days))
        return [each.user_id for each in found.unsigned]


@pytest.fixture
def school(k1: Institution) -> School:
    return School(k1)


def test_who_has_duties_owes_a_signature_until_it_is_given(school: School) -> None:
    assert school.unsigned() == [school.lin.id]
    school.sign(school.lin)
    assert school.unsigned() == []


def test_the_chain_keeps_the_version_and_the_hash_of_its_words(school: School) -> None:
    school.sign(school.lin)
    event = audit.latest(tenant_id=school.id, limit=1)[0]
    assert event.event == "undertaking:signed"
    assert (event.fields["version"], event.fields["sha256"]) == (texts.NEWEST, texts.digest(texts.NEWEST))


def test_it_is_signed_at_the_heads_screen_by_the_persons_own_pin(school: School) -> None:
    school.sign(school.head, occasion=Occasion.LEAVING)
    (signed,) = queries.undertakings(tenant_id=school.id)
    assert (signed.user_id, signed.noted_by) == (school.lin.id, school.head.id)


def test_a_wrong_pin_and_an_older_text_sign_nothing(school: School) -> None:
    with pytest.raises(WrongPin):
        school.sign(school.lin, pin="111222")
    with pytest.raises(Invalid, match="重新閱讀"):
        school.sign(school.lin, version="0")
    assert queries.undertakings(tenant_id=school.id) == []


def test_nobody_signs_for_a_colleague_and_a_stranger_is_not_found(school: School) -> None:
    colleague = people.acting(people.staff(school.id), Role.STAFF)
    with pytest.raises(NotAllowed):
        school.sign(colleague)
    with pytest.raises(NotFound):
        school.sign(school.head, user_id=people.person())


def test_paper_has_a_number_and_a_day_that_is_past(school: School) -> None:
    said = {"tenant_id": school.id, "user_id": school.lin.id, "occasion": Occasion.LEAVING, "actor": school.head}
    for paper, day, field in (
        ("", TODAY, "paper"),
        ("切結-1", None, "signed_on"),
        ("切結-1", TODAY + timedelta(days=1), "signed_on"),
    ):
        with pytest.raises(Invalid) as refused:
            actions.note_paper(paper=paper, signed_on=day, **said)  # type: ignore[arg-type]
        assert refused.value.field == field
    actions.note_paper(paper="切結-1", signed_on=TODAY, **said)  # type: ignore[arg-type]
    assert queries.undertakings(tenant_id=school.id)[0].paper == "切結-1"


def test_nobody_enters_a_paper_of_their_own(school: School) -> None:
    people.membership(school.of(school.head), Role.HANDLER, tenant_id=school.id)
    bind(db.session, Binding(tenant_id=school.id))
    with pytest.raises(Invalid, match="以 PIN 簽署"):
        actions.note_paper(
            actor=school.head,
            tenant_id=school.id,
            user_id=school.of(school.head),
            occasion=Occasion.DESIGNATED,
            paper="切結-2",
            signed_on=TODAY,
        )


def test_who_left_without_signing_again_is_told_and_a_past_day_tells_the_same(school: School) -> None:
    leavers.undertaking(school.id, user_id=school.of(school.lin), on=TODAY)
    held = db.session.scalars(db.select(Membership).where(Membership.user_id == school.lin.id)).one()
    held.ends_on = TODAY + timedelta(days=5)
    db.session.commit()

    def left(days: int) -> list[tuple[UUID, int]]:
        found = standing(tenant_id=school.id, day=TODAY + timedelta(days=days)).left_unsigned
        return [(each.user_id, (each.since - TODAY).days) for each in found]

    assert left(4) == []
    assert left(5) == [(school.lin.id, 5)]
    leavers.undertaking(
        school.id, user_id=school.of(school.lin), occasion=Occasion.LEAVING, on=TODAY + timedelta(days=8)
    )
    assert left(7) == [(school.lin.id, 5)]
    assert left(8) == []

"""Masks are confirmed by somebody else, once the film was opened as it is hidden now: by whom, which takes (DR-28)."""

from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.masking import WHOLE, Box
from tenants.audit import openings
from tenants.errors import Invalid
from tenants.people.pins import WrongPin
from tenants.permissions import Role
from tenants.rights import film, masking, queries
from tests.factories import holds, rights
from tests.factories.evidence import Archive
from tests.factories.requests import footage_of
from tests.webapp.media.rights_desk import SECOND, Desk, granted, person, watched

pytestmark = pytest.mark.req("DR-28")
ALL = Box(left=0, top=0, width=WHOLE, height=WHOLE)


@pytest.fixture
def desk(archive: Archive, media_app: Flask) -> Desk:
    return granted(archive, media_app)


def test_the_masks_are_confirmed_by_somebody_else_with_their_own_pin(desk: Desk) -> None:
    desk.at_school()
    with pytest.raises(Invalid, match="先儲存"):
        desk.confirmed()
    masking.set_masks(actor=desk.handler, **desk.ids, plan=desk.plan(ALL))
    rights.opened(desk.handler, rights_id=desk.rights_id)
    for wrong in (desk.handler, replace(desk.colleague, id=uuid4())):
        with pytest.raises(Invalid, match="另一位"):
            desk.confirmed(who=wrong)
    with pytest.raises(WrongPin):
        desk.confirmed(pin="000000")
    assert desk.confirmed().masks_confirmed_by == desk.colleague.id


def test_masks_are_confirmed_once_whoever_operates_opened_the_film_as_it_is_hidden_now(desk: Desk) -> None:
    browser = desk.browser()
    watched(browser, desk.film)
    desk.at_school()
    masking.set_masks(actor=desk.handler, **desk.ids, plan=desk.plan(ALL))
    db.session.commit()
    with pytest.raises(Invalid, match="影像在儲存遮蔽範圍後還沒有開啟過") as refused:
        desk.confirmed(pin="000000")
    assert refused.value.code == "not_opened", "and no try of the PIN is counted"
    desk.at_school()
    watched(browser, desk.film)
    desk.at_school()
    assert desk.confirmed().masks_confirmed_by == desk.colleague.id


def test_the_same_masks_saved_again_are_to_be_opened_again(desk: Desk) -> None:
    desk.masked(ALL)
    masking.set_masks(actor=desk.handler, **desk.ids, plan=desk.plan(ALL))
    with pytest.raises(Invalid, match="還沒有開啟過"):
        desk.confirmed()


def test_what_a_colleague_opened_elsewhere_or_somebody_long_ago_counts_for_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.at_school()
    masking.set_masks(actor=desk.handler, **desk.ids, plan=desk.plan(ALL))
    rights.opened(desk.colleague, rights_id=desk.rights_id)
    with pytest.raises(Invalid, match="還沒有開啟過"):
        desk.confirmed()
    rights.opened(desk.handler, rights_id=desk.rights_id)
    later = clock.now() + openings.OPEN_FOR
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Invalid, match="還沒有開啟過"):
        desk.confirmed()


@pytest.mark.req("DR-17")
def test_footage_that_came_in_after_the_confirmation_lets_no_copy_leave_unseen(desk: Desk) -> None:
    desk.masked(ALL)
    copy_id = desk.prepared()
    archive, hold_id = desk.archive, queries.request(**desk.ids).hold_id
    footage_of(archive, desk.start + 4 * SECOND, segments=1)
    holds.copied(archive, hold_id)
    answer = desk.browser().post(desk.file(copy_id))
    assert (answer.status_code, "影像在登記媒體之後變更過" in answer.text) == (422, True)
    desk.at_school()
    rights.opened(desk.handler, rights_id=desk.rights_id)
    with pytest.raises(Invalid, match="第2軌在儲存遮蔽範圍後還沒有開啟過"):
        desk.confirmed()
    rights.opened(desk.handler, rights_id=desk.rights_id, take=2)
    assert film.is_confirmed(desk.confirmed())


@pytest.mark.req("DR-27")
def test_whoever_bears_the_name_of_the_person_neither_opens_nor_confirms(desk: Desk) -> None:
    desk.at_school()
    with pytest.raises(Invalid, match="請求人或當事人"):
        masking.set_masks(actor=replace(desk.handler, name="林小惠"), **desk.ids, plan=desk.plan())
    namesake = person("k1-mother", Role.STAFF, desk.archive.of.tenant_id, name="林小惠")
    desk.at_school()
    found = queries.request(**desk.ids)
    assert namesake.id not in {each.id for each in queries.colleagues(found, desk.handler)}

"""What a camera before a washroom recorded plays behind no door until a second person saw where it looks (KH-3-4)."""

import pytest
from sqlalchemy import select

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tests.factories import assessments, people, retained
from tests.webapp.media.conftest import Booth, Stage
from tests.webapp.media.test_retained import address, open_it

pytestmark = pytest.mark.req("KH-3-4", "DR-12", "DR-19")


def before_washroom(stage: Stage) -> None:
    bind(db.session, Binding(tenant_id=stage.request.tenant_id))
    assessments.before_washroom(stage.request.archive.of)


def seen(stage: Stage) -> None:
    bind(db.session, Binding(tenant_id=stage.request.tenant_id))
    assessments.reviewed(stage.request.archive.of, by=people.person())


def opened(kind: str) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(AuditEvent).where(AuditEvent.event == kind)).all())


def test_a_session_opens_no_window_of_it_and_one_that_moves_meanwhile_shows_no_further_piece(booth: Booth) -> None:
    before_washroom(booth.stage)
    refused = booth.browser.get(booth.film())
    assert (refused.status_code, "尚未由第二人查看" in refused.text) == (403, True)
    assert opened("viewing:opened") == 0
    seen(booth.stage)
    booth.open()
    assert booth.status() == 200
    assessments.moved(booth.stage.request.archive.of)
    assert (booth.status(), booth.enter()) == (403, 403)


def test_the_heads_leave_opens_it(booth: Booth) -> None:
    before_washroom(booth.stage)
    assessments.leave(booth.stage.request.archive.of, by=people.person())
    assert booth.browser.get(booth.film()).status_code == 200


def test_a_package_is_not_reviewed_with_pictures_of_it(stage: Stage) -> None:
    before_washroom(stage)
    browser = stage.browser(stage.request.handler)
    assert browser.get(f"{stage.part()}/index.m3u8").status_code == 403
    assert opened("package:watched") == 0
    seen(stage)
    assert browser.get(f"{stage.part()}/index.m3u8").status_code == 200


def test_a_copy_for_reference_is_verified_and_not_shown(stage: Stage) -> None:
    retained.carried_out(stage.request)
    assert retained.made(stage.request, stage.scratch) is not None
    open_it(stage)
    browser = stage.browser(stage.request.handler)
    before_washroom(stage)
    assert browser.get(f"{address(stage)}/1/index.m3u8").status_code == 403
    assert browser.get(f"{address(stage)}/1/1.m4s").status_code == 403
    assert browser.post(f"{address(stage)}/check").status_code == 303
    seen(stage)
    assert browser.get(f"{address(stage)}/1/index.m3u8").status_code == 200

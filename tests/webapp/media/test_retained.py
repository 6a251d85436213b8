"""A copy for reference is opened with a reason, verified and played in the institution's page, and never downloaded."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from infra import object_keys
from infra.db import db
from tenants.audit.models import AuditEvent
from tenants.disclosures.retained import opening
from tenants.disclosures.retained.models import RetainedCopy
from tenants.permissions import Role
from tests.factories import retained
from tests.factories.registry import institution
from tests.made_segments import pictures
from tests.webapp.media.conftest import Stage
from tests.webapp.media.test_playback import somebody


@pytest.fixture
def kept(stage: Stage) -> Stage:
    """The copy of the stage's case, which its officer fetched."""
    retained.carried_out(stage.request)
    assert retained.made(stage.request, stage.scratch) is not None
    return stage


def address(stage: Stage) -> str:
    return f"/media/schools/{stage.request.tenant_id}/retained/{stage.request.package_id}"


def open_it(stage: Stage) -> None:
    request = stage.request
    ids = {"tenant_id": request.tenant_id, "copy_id": request.package_id}
    opening.open_copy(actor=request.handler, **ids, reason="救濟程序核對")
    db.session.commit()


def recorded(event: str) -> list[dict[str, object]]:
    db.session.rollback()
    query = select(AuditEvent).where(AuditEvent.event == event).order_by(AuditEvent.seq)
    return [found.fields for found in db.session.scalars(query)]


@pytest.mark.req("KH-6-4a", "DR-06", "DR-12")
def test_it_plays_for_who_opened_it_and_each_look_is_in_the_chain(kept: Stage) -> None:
    browser, part = kept.browser(kept.request.handler), f"{address(kept)}/1"
    assert browser.get(f"{part}/index.m3u8").status_code == 403, "nobody said why"
    assert browser.get(f"{part}/1.m4s").status_code == 403
    assert recorded("retained:watched") == []
    open_it(kept)
    playlist = browser.get(f"{part}/index.m3u8")
    names = re.findall(r"^\d+\.m4s$", playlist.text, re.MULTILINE)
    answers = [browser.get(f"{part}/{name}") for name in ["init.mp4", *names]]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["Cache-Control"] for answer in [playlist, *answers]} == {"no-store"}
    assert len(pictures(b"".join(answer.data for answer in answers))) == 80, "what was approved, and no frame more"
    assert [fields["part"] for fields in recorded("retained:watched")] == [1]


@pytest.mark.req("KH-6-2j", "DR-12")
def test_there_is_no_download_and_nothing_beside_the_pieces(kept: Stage) -> None:
    browser = kept.browser(kept.request.handler)
    open_it(kept)
    tried = ["copy.zip", "copy.zip.age", "form.json", "1/copy.zip", "1/package.zip", "1/99.m4s", "2/index.m3u8"]
    found = {name: browser.get(f"{address(kept)}/{name}").status_code for name in tried}
    assert found == dict.fromkeys(tried, 404)


@pytest.mark.req("KH-6-4a", "DR-07")
def test_a_check_reads_it_whole_and_says_what_it_found(kept: Stage) -> None:
    browser, request = kept.browser(kept.request.handler), kept.request
    assert browser.post(f"{address(kept)}/check").status_code == 403, "nobody said why"
    open_it(kept)
    answer = browser.post(f"{address(kept)}/check")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/schools/{request.tenant_id}/retention/retained/{request.package_id}",
    )
    ids = {"tenant_id": request.tenant_id, "copy_id": request.package_id}
    form = object_keys.retained_form(**ids)
    whole = request.archive.store.get(form)
    request.archive.store.put(form, whole[:-1] + bytes([whole[-1] ^ 1]))
    assert browser.post(f"{address(kept)}/check").status_code == 303
    assert [fields["found"] for fields in recorded("retained:checked")] == ["same", "unreadable"]
    assert db.session.get_one(RetainedCopy, request.package_id).found == "unreadable"


@pytest.mark.req("DR-08", "DR-09", "KH-4-2")
def test_nobody_else_opens_it(kept: Stage) -> None:
    open_it(kept)
    k2, bureau = institution("K2", name="青草幼兒園"), institution("BUREAU", kind="bureau", name="守園市政府教育局")
    at_k1 = {"tenant_id": kept.request.tenant_id}
    expected = [
        (kept.browser(), 303),
        (kept.browser(kept.request.officer), 404),
        (somebody(kept, Role.HANDLER, tenant_id=k2.tenant_id), 404),
        (somebody(kept, Role.HEAD, **at_k1), 403),
        (somebody(kept, Role.GUARD, **at_k1), 403),
        (somebody(kept, Role.HANDLER, **at_k1), 403),  # another handler, who said nothing
        (somebody(kept, Role.BUREAU_OFFICER, tenant_id=bureau.tenant_id), 403),
    ]
    for name in ("1/index.m3u8", "1/init.mp4", "1/1.m4s"):
        found = [browser.get(f"{address(kept)}/{name}").status_code for browser, _ in expected]
        assert found == [status for _, status in expected], name
    assert recorded("retained:watched") == []


def test_without_the_audit_not_one_byte_of_it_is_shown(kept: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    open_it(kept)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("audit")

    browser = kept.browser(kept.request.handler)
    monkeypatch.setattr("tenants.audit.actions.record", broken)
    kept.app.testing = False
    assert browser.get(f"{address(kept)}/1/index.m3u8").status_code == 500
    assert browser.post(f"{address(kept)}/check").status_code == 500


def test_scratch_keeps_nothing_of_it(kept: Stage) -> None:
    open_it(kept)
    kept.browser(kept.request.handler).post(f"{address(kept)}/check")
    assert list(Path(kept.scratch).iterdir()) == []

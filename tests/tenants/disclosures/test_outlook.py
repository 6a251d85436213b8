"""What a request meets when it is filed: windows that are destroyed, past their period, or were never recorded."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.disclosures.asking import HOLD_MARGIN
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.actions import NeedsConfirmation
from tenants.footage.models import DayKey
from tenants.retention.models import HoldWindow
from tenants.roc_dates import format_date
from tests.factories import footage, registry, retention
from tests.tenants.disclosures.conftest import Scene
from tests.tenants.disclosures.test_filing import refused


@pytest.mark.req("KH-6-3b", "KH-6-1f")
def test_a_window_that_is_wholly_destroyed_is_refused_with_its_certificate(scene: Scene) -> None:
    window = scene.window(ago=timedelta(days=20), minutes=10)
    _destroy(scene, window.started_at)

    error = refused(scene, windows=(window,), confirmed=True)

    assert error.code == "destroyed"
    assert "已依規定銷毀" in str(error)
    assert "銷毀-" in str(error)


@pytest.mark.req("KH-6-3b")
def test_of_several_windows_a_destroyed_one_is_named_and_the_others_are_kept(scene: Scene) -> None:
    gone, there = scene.window(ago=timedelta(days=20), minutes=10), scene.window()
    _destroy(scene, gone.started_at)

    error = refused(scene, windows=(gone, there))
    disclosure = scene.file(scene.filing(gone, there, confirmed=True))

    assert isinstance(error, NeedsConfirmation)
    assert [caution.code for caution in error.cautions] == ["destroyed"]
    held = db.session.scalars(select(HoldWindow).where(HoldWindow.hold_id == disclosure.hold_id)).all()
    assert [window.started_at for window in held] == [there.started_at - HOLD_MARGIN]


@pytest.mark.req("KH-6-3b")
def test_only_a_window_whose_period_is_over_is_said_to_be_gone_by_the_rule(scene: Scene) -> None:
    start = clock.now() - timedelta(hours=1)
    kept = f"最早可查{format_date(clock.civil_day(start))}"
    scene.at_school()
    footage.day_key(scene.school, day=start)
    footage.segment(scene.school, device_id=footage.device(scene.school), started_at=start)

    past = refused(scene, windows=(scene.window(ago=timedelta(days=20)), scene.window()))
    scene.at_school()
    registry.period(scene.school.tenant_id, scene.school.site_id, 60)
    db.session.commit()
    never = scene.file(scene.filing(scene.window(ago=timedelta(days=16))))

    assert isinstance(past, NeedsConfirmation)
    assert [caution.code for caution in past.cautions] == ["past_period"]
    assert f"影像如曾錄存，已依規定銷毀（依據：要點第五點第四款；{kept}）" in str(past)
    scene.at_school()
    (view,) = official.case(tenant_id=scene.school.tenant_id, disclosure_id=never.id).windows
    assert view.nothing == f"這個時段查無影像（{kept}）"


def _destroy(scene: Scene, when: object) -> None:
    scene.at_school()
    key = footage.day_key(scene.school, day=when)  # type: ignore[arg-type]
    key.wrapped_secret, key.destroyed_at = None, clock.now()
    db.session.commit()
    retention.destruction(scene.school, day=key.civil_day)
    assert db.session.scalars(select(DayKey).where(DayKey.destroyed_at.is_not(None))).all()

"""Operators' commands, as the worker and in its environment."""

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import Result
from flask import Flask

from infra import clock
from infra.db import db
from infra.lifecycle import BucketRules, ExpiryRule, Exposure
from infra.settings import StoreSettings
from infra.tenancy import bind, binding_of
from tests.factories.evidence import Archive
from tests.factories.holds import placed, span
from workers import storage_jobs
from workers.app import create_app
from workers.commands import storage


@pytest.fixture
def flask(archive: Archive) -> "Commands":  # noqa: ARG001 - something to command
    return Commands(create_app())


class Commands:
    """`flask --app workers.app …`, in this process."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __call__(self, *arguments: str) -> Result:
        db.session.commit()
        held = binding_of(db.session)  # a command runs in the test's own context, and ends bound to nobody
        done = self._app.test_cli_runner().invoke(args=arguments)
        bind(db.session, held)
        return done


def test_the_plan_of_a_night_says_what_would_go_and_changes_nothing(flask: Commands, archive: Archive) -> None:
    day = clock.today() - timedelta(days=20)
    due = archive.record(clock.day_start(day))
    held = archive.record(clock.day_start(day + timedelta(days=1)))
    placed(archive, span(held))
    first, second = flask("retention", "plan").stdout.splitlines()
    assert f"1 個片段、{due.cipher_bytes} 位元組" in first
    assert "等候保全複製：調閱-115-0001" in second
    assert flask("retention", "plan", "--on", day.isoformat()).stdout == ""
    assert flask("retention", "plan").stdout.splitlines() == [first, second]


@pytest.mark.req("DR-03")
def test_a_store_without_rules_is_said_loudly(flask: Commands) -> None:
    for command in ("check", "apply"):
        done = flask("storage", command)
        assert (done.exit_code, "沒有到期規則" in done.stdout) == (0, True)


@pytest.mark.req("DR-03")
@pytest.mark.needs("ceph")
def test_rules_are_installed_and_a_change_by_hand_is_found(
    flask: Commands, archive: Archive, ceph_settings: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = BucketRules(ceph_settings)
    for module in (storage_jobs, storage):
        monkeypatch.setattr(module, "bucket_rules", lambda: live)
    archive.key(clock.today(), retention_days=30)
    missing = flask("storage", "check")
    assert (missing.exit_code, "seg/d14/ 沒有到期規則" in missing.stderr) == (1, True)
    assert "seg/d30/ 於上傳 38 日後到期" in flask("storage", "apply").stdout
    assert flask("storage", "check").exit_code == 0

    foreign = ExpiryRule(id="tidy", prefix="other/", days=3)
    live.write([*live.read(), foreign])
    assert flask("storage", "apply").exit_code == 0
    assert foreign in live.read()

    live.write([replace(rule, days=200) if rule.id == "shouyuan-d14" else rule for rule in live.read()])
    edited = flask("storage", "check")
    assert (
        edited.exit_code,
        "規則 shouyuan-d14 已被改動，與依規定算出的不同（Days=200，應為 22）" in edited.stderr,
    ) == (1, True)
    assert flask("storage", "apply").exit_code == 0
    assert flask("storage", "check").exit_code == 0

    with monkeypatch.context() as opened:
        opened.setattr(live, "exposures", lambda **_: frozenset({Exposure.READ}))
        public = flask("storage", "check")
        assert (public.exit_code, "任何人不必帳號即可下載" in public.stderr) == (1, True)

    before = [*live.read(), ExpiryRule(id="by-hand", prefix="evidence/", days=90)]
    live.write(before)
    for command in ("check", "apply"):
        done = flask("storage", command)
        assert (done.exit_code, "會刪除保全與備查的影像" in done.stderr) == (1, True)
    assert sorted(rule.id for rule in live.read()) == sorted(rule.id for rule in before)

"""How a worker finds the services around it: what answers, what does not, and what there is none of (DR-30)."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskCliRunner

from infra.db import db
from infra.stack.processes import free_port
from infra.tenancy import Binding, bind
from tenants.platform.models import Service, ServiceCheck
from tests.factories.evidence import Archive
from tests.factories.people import bureau
from tests.mailbox import Mailbox
from workers import context, service_jobs
from workers.commands.platform import backed_up

pytestmark = pytest.mark.req("DR-30")


def seen(bureau_id: UUID) -> dict[str, ServiceCheck]:
    bind(db.session, Binding(tenant_id=bureau_id))
    return {each.service: each for each in db.session.scalars(db.select(ServiceCheck))}


def told(monkeypatch: pytest.MonkeyPatch, **others: str) -> None:
    for name, value in others.items():
        monkeypatch.setenv(f"SHOUYUAN_{name}", value)
    context.settings.cache_clear()


def test_each_service_is_kept_as_it_was_found(archive: Archive, monkeypatch: pytest.MonkeyPatch, smtp: Mailbox) -> None:
    assert archive
    bureau_id = bureau()
    told(monkeypatch, MAIL_URL=smtp.url, TSA_URL=f"http://127.0.0.1:{free_port()}")
    service_jobs.check_services(tenant_id=str(bureau_id))
    found = seen(bureau_id)
    assert {name: each.answers for name, each in found.items()} == {
        "store": True,
        "mail": True,
        "timestamps": False,
        "disk": True,
    }
    assert 0 < (found["disk"].free or 0) <= (found["disk"].total or 0)
    assert smtp.messages == [], "nothing is sent to see whether somebody is there"


def test_a_service_that_was_not_named_is_unknown_and_since_when_stays_until_it_changes(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert archive
    bureau_id = bureau()
    service_jobs.check_services(tenant_id=str(bureau_id))
    found = seen(bureau_id)
    assert (found["timestamps"].answers, found["mail"].answers) == (None, None)
    first = found["store"].since
    found["store"].since = earlier = first - timedelta(hours=5)
    db.session.commit()
    service_jobs.check_services(tenant_id=str(bureau_id))
    assert seen(bureau_id)["store"].since == earlier
    told(monkeypatch, TSA_URL=f"http://127.0.0.1:{free_port()}")
    service_jobs.check_services(tenant_id=str(bureau_id))
    assert seen(bureau_id)["timestamps"].since > first


def test_a_script_says_that_the_backup_was_made_or_failed(archive: Archive) -> None:
    assert archive
    bureau_id = bureau()
    runner = FlaskCliRunner(context.worker_app())
    for arguments, answers in (([], True), (["--failed"], False)):
        done = runner.invoke(backed_up, arguments)
        assert done.exit_code == 0, done.output
        db.session.expire_all()
        assert seen(bureau_id)[Service.BACKUP].answers is answers

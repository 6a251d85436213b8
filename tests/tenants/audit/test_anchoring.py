"""The daily anchor of a chain's tree under `ledger/`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event

from infra import object_keys
from infra.db import db
from infra.objects import S3Objects, StoreRefused
from infra.s3_client import s3_client
from infra.settings import StoreSettings
from infra.signing import check
from infra.tenancy import Binding, bind
from tenants.audit import anchoring, chain, checking, queries
from tenants.audit.heads import Anchor, Statement
from tenants.audit.merkle import Frontier
from tenants.audit.models import AuditEvent, AuditHead
from tenants.errors import Tampered
from tests.factories.ledger import Bureau, Drawer, anchored
from tests.factories.registry import Institution
from tests.tenants.audit.conftest import Tamper, go_on

DAY = date(2026, 11, 20)
NEXT = DAY + timedelta(days=1)

pytestmark = pytest.mark.req("DR-06")

UNFOLLOWING = [
    "update audit_events set actor_name = 'x' where seq = 6",
    "delete from audit_events where seq = 6",
    "delete from audit_events where seq = 7",
    "update audit_events set previous = repeat('0', 64) where seq = 6",
    "update audit_heads set hash = repeat('0', 64)",
    "update audit_heads set seq = 6",
    "update audit_heads set seq = 8",
]


def tree(of: Institution, size: int) -> Frontier:
    """The tree over the first events, from nothing."""
    return Frontier().extended(chain.hashes(tenant_id=of.tenant_id, after=0, until=size))


def key(of: Institution, day: date = DAY) -> str:
    return object_keys.ledger_head(tenant_id=of.tenant_id, day=day)


def test_the_head_lies_under_ledger_and_the_chain_says_so(k1: Institution, store: S3Objects) -> None:
    bureau = Bureau()
    made = anchored(k1, day=DAY, store=store, bureau=bureau)

    lying = json.loads(store.get(key(k1)))
    assert json.loads(lying["statement"]) == {
        "kind": "shouyuan-tree-head/1",
        "tenant_id": str(k1.tenant_id),
        "day": "2026-11-20",
        "size": 4,
        "root": tree(k1, 4).root().hex(),
        "chain_hash": queries.latest(tenant_id=k1.tenant_id)[1].hash,
        "anchored_us": round(made.anchored_at.timestamp() * 1_000_000),
    }
    check(bureau.key_id, lying["statement"].encode(), lying["signature"])
    said = queries.latest(tenant_id=k1.tenant_id)[0]
    assert (said.seq, said.event) == (5, "chain:anchored")
    assert said.fields == {
        "day": "2026-11-20",
        "seq": 4,
        "hash": made.chain_hash,
        "root": made.root,
        "key_id": bureau.key_id,
    }
    assert checking.verify(tenant_id=k1.tenant_id, store=store).broken is None


def test_the_next_head_reads_the_new_events_only(k1: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    drawer = Drawer()
    anchored(k1, day=DAY, store=drawer)
    go_on(k1, 7)
    read: list[int] = []
    real = chain.links

    def counted(**span: object) -> Iterator[chain.Stored]:
        for link, stored in real(**span):  # type: ignore[arg-type]
            read.append(link.seq)
            yield link, stored

    monkeypatch.setattr(chain, "links", counted)
    made = anchored(k1, day=NEXT, store=drawer)

    assert read == list(range(5, 13))
    assert (made.size, made.root) == (12, tree(k1, 12).root().hex())
    assert made.frontier == tree(k1, 12).packed()


def test_a_day_is_anchored_once_and_no_earlier_day_after_it(k1: Institution) -> None:
    drawer = Drawer()
    first = anchored(k1, day=DAY, store=drawer)
    assert anchored(k1, day=DAY, store=drawer) is first
    assert anchored(k1, day=DAY - timedelta(days=1), store=drawer) is first
    assert (list(drawer.objects), queries.length(tenant_id=k1.tenant_id)) == ([key(k1)], 5)
    assert anchoring.is_anchored(tenant_id=k1.tenant_id, day=DAY)
    assert not anchoring.is_anchored(tenant_id=k1.tenant_id, day=NEXT)
    assert anchored(k1, day=NEXT, store=drawer).size == 5


def test_without_the_bureaus_key_it_is_anchored_and_unsigned(k1: Institution) -> None:
    drawer = Drawer()
    made = anchored(k1, day=DAY, store=drawer)
    assert (made.key_id, made.signature) == (None, None)
    assert checking.verify(tenant_id=k1.tenant_id, store=drawer).unsigned == 1  # type: ignore[arg-type]


class Killed(Exception):
    """The process ended here."""


@contextmanager
def killed_at(step: int, drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], bool]]:
    """Die at the step-th statement, commit, or after the put; the yielded function says whether it came to that."""
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            raise Killed

    def put(name: str, data: bytes) -> None:
        drawer.objects[name] = data
        count()

    with monkeypatch.context() as patch:
        patch.setattr(drawer, "put", put)
        for name in ("before_cursor_execute", "commit"):
            event.listen(db.engine, name, count)
        try:
            yield lambda: steps >= step
        finally:
            for name in ("before_cursor_execute", "commit"):
                event.remove(db.engine, name, count)


def test_a_run_may_die_at_any_step_and_the_next_one_completes_it(
    k1: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawer, bureau = Drawer(), Bureau()
    step, died, adopted = 0, True, 0
    while died:
        step += 1
        day = DAY + timedelta(days=step)
        with killed_at(step, drawer, monkeypatch) as reached:
            with suppress(Killed):
                anchored(k1, day=day, store=drawer, bureau=bureau)
            died = reached()
        db.session.remove()
        db.engine.dispose()
        bind(db.session, Binding(tenant_id=k1.tenant_id))
        left = drawer.objects.get(key(k1, day))
        assert checking.verify(tenant_id=k1.tenant_id, store=drawer).broken is None  # type: ignore[arg-type]
        go_on(k1)  # the chain goes on before anybody tries again
        made = anchored(k1, day=day, store=drawer, bureau=bureau)
        assert left in {None, anchoring.anchor_of(made).text()}, "what was put can perhaps not be changed"
        adopted += left is not None
    assert step > 5
    assert adopted > 1
    report = checking.verify(tenant_id=k1.tenant_id, store=drawer)  # type: ignore[arg-type]
    assert (report.broken, report.heads) == (None, step)


def test_what_a_dead_run_cannot_have_put_is_not_taken_as_the_days_head(k1: Institution) -> None:
    drawer, bureau = Drawer(), Bureau()
    anchored(k1, day=DAY, store=drawer, bureau=bureau)
    go_on(k1, 2)
    true = Statement(
        tenant_id=k1.tenant_id,
        day=NEXT,
        size=6,
        root=tree(k1, 6).root().hex(),
        chain_hash=queries.latest(tenant_id=k1.tenant_id)[1].hash,
        anchored_at=datetime.now(UTC),
    )
    wrong = [
        replace(true, size=4),
        replace(true, size=5),
        replace(true, size=9),
        replace(true, root="0" * 64),
        replace(true, chain_hash="0" * 64),
        replace(true, day=DAY),
        replace(true, tenant_id=uuid4()),
    ]
    for statement in wrong:
        signature = bureau.sign(statement.text().encode())
        drawer.objects[key(k1, NEXT)] = Anchor(statement=statement, key_id=bureau.key_id, signature=signature).text()
        with pytest.raises(Tampered):
            anchored(k1, day=NEXT, store=drawer, bureau=bureau)
        db.session.rollback()
    drawer.objects[key(k1, NEXT)] = b"{}"
    with pytest.raises(Tampered, match="無法讀取"):
        anchored(k1, day=NEXT, store=drawer, bureau=bureau)
    db.session.rollback()
    assert queries.length(tenant_id=k1.tenant_id) == 7
    drawer.objects[key(k1, NEXT)] = Anchor(statement=true, key_id=None, signature=None).text()
    assert anchored(k1, day=NEXT, store=drawer, bureau=bureau).size == 6


def test_a_chain_that_does_not_follow_is_not_anchored(k1: Institution, tamper: Tamper) -> None:
    drawer = Drawer()
    anchored(k1, day=DAY, store=drawer)
    go_on(k1, 2)
    for statement in UNFOLLOWING:
        with tamper.undone(statement), pytest.raises(Tampered, match="未錨定"):
            anchored(k1, day=NEXT, store=drawer)
    assert list(drawer.objects) == [key(k1)]
    assert not anchoring.is_anchored(tenant_id=k1.tenant_id, day=NEXT)
    assert anchored(k1, day=NEXT, store=drawer).size == 7, "and all is undone again"


def test_writers_of_the_chain_do_not_wait_for_the_store(k1: Institution) -> None:
    class Slow(Drawer):
        def put(self, name: str, data: bytes) -> None:
            with db.engine.begin() as other:
                other.exec_driver_sql("set local lock_timeout = '1s'")
                other.exec_driver_sql("select set_config('shouyuan.tenant_id', %s, true)", (str(k1.tenant_id),))
                other.execute(db.select(AuditHead.seq).with_for_update())
            super().put(name, data)

    slow = Slow()
    anchored(k1, day=DAY, store=slow)
    assert list(slow.objects) == [key(k1)]


def test_the_service_can_change_or_remove_no_head(k1: Institution) -> None:
    made = anchored(k1, day=DAY)
    made.signature, made.key_id = "x", "x"
    with pytest.raises(Exception, match="permission denied for table audit_tree_heads"):
        db.session.commit()
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(AuditEvent)) == 5


@pytest.mark.needs("ceph")
def test_a_locked_anchor_cannot_be_removed_by_its_owner(k1: Institution, ceph_settings: StoreSettings) -> None:
    settings = replace(ceph_settings, bucket=f"t-{uuid4().hex}")
    store = S3Objects(settings)
    store.ensure_bucket(object_lock=True)
    assert store.abilities().object_lock
    anchored(k1, day=DAY, store=store, lock_until=datetime.now(UTC) + timedelta(days=1))
    client = s3_client(settings, settings.endpoint)
    kept = client.get_object_retention(Bucket=settings.bucket, Key=key(k1))["Retention"]
    assert kept["Mode"] == "COMPLIANCE"
    with pytest.raises(StoreRefused):
        store.destroy([key(k1)])
    assert checking.verify(tenant_id=k1.tenant_id, store=store).broken is None

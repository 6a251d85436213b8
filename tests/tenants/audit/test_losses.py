"""A chain that a restored backup cut: what was anchored of it is written down, referred to, and said at each check."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

import pytest

from infra import object_keys
from infra.db import db
from infra.objects import ObjectStore
from infra.signing import check
from tenants.actor import system
from tenants.audit import anchoring, chain, checking, losses
from tenants.audit.checking import Report
from tenants.audit.heads import Anchor
from tenants.audit.losses import Recorded
from tenants.audit.models import AuditTreeHead
from tenants.errors import Tampered
from tenants.footage import inventory
from tests.factories.ledger import Bureau, Drawer, anchored, stamped
from tests.factories.registry import Institution
from tests.tenants.audit.conftest import Tamper, go_on
from tests.time_authority import TimeAuthority

DAY = date(2026, 11, 20)

pytestmark = pytest.mark.req("DR-06")


@dataclass
class Stage:
    """Heads over 4, 8 and 12 events; the dump is from after event 10, so one head and some events are lost."""

    of: Institution
    tamper: Tamper
    drawer: Drawer = field(default_factory=Drawer)
    bureau: Bureau = field(default_factory=Bureau)

    @property
    def store(self) -> ObjectStore:
        return cast("ObjectStore", self.drawer)

    def anchor(self, number: int) -> AuditTreeHead:
        return anchored(self.of, day=self.day(number), store=self.drawer, bureau=self.bureau)

    def day(self, number: int) -> date:
        return DAY + timedelta(days=number)

    def restore(self, size: int) -> None:
        """As a dump from that moment leaves the database."""
        seq, chain_hash = next((link.seq, stored) for link, stored in self.links() if link.seq == size)
        self.tamper("delete from audit_events where seq > :size", size=size)
        self.tamper("delete from audit_tree_heads where size >= :size", size=size)
        self.tamper("update audit_heads set seq = :seq, hash = :hash", seq=seq, hash=chain_hash)

    def links(self) -> list[chain.Stored]:
        return list(chain.links(tenant_id=self.of.tenant_id, after=0, until=99))

    def note(self) -> Recorded | None:
        made = losses.record_loss(actor=system("keys after-restore"), tenant_id=self.of.tenant_id, store=self.store)
        db.session.commit()
        return made

    def check(self) -> Report:
        return checking.verify(tenant_id=self.of.tenant_id, store=self.store)

    def key(self, number: int) -> str:
        return object_keys.ledger_head(tenant_id=self.of.tenant_id, day=self.day(number))


@pytest.fixture
def stage(k1: Institution, tamper: Tamper) -> Stage:
    made = Stage(k1, tamper)
    for number in range(3):
        made.anchor(number)
        go_on(k1, 3)
    return made


def test_until_it_is_written_down_nothing_is_anchored_and_the_check_fails(stage: Stage) -> None:
    stage.restore(10)
    assert stage.check().broken is not None
    with pytest.raises(Tampered, match="after-restore"):
        stage.anchor(3)
    db.session.rollback()
    go_on(stage.of, 9)  # a chain that grew past the lost head's size is not its chain either
    with pytest.raises(Tampered, match="與軌跡不符"):
        stage.anchor(3)


def test_what_was_lost_is_an_event_and_the_next_head_refers_to_it_under_the_bureaus_signature(stage: Stage) -> None:
    root = Anchor.parse(stage.drawer.objects[stage.key(2)]).statement.root
    stage.restore(10)
    made = stage.note()
    assert made is not None
    assert (made.seq, made.kept, made.confirmed) == (11, 10, 8)
    assert made.loss.plain() == {"day": "2026-11-22", "size": 12, "root": root}
    assert stage.note() is None, "once is enough"

    head = stage.anchor(3)
    assert (head.size, head.lost) == (11, made.loss.plain())
    said = anchoring.anchor_of(head)
    assert root in said.statement.text()
    assert (said.key_id, said.signature) != (None, None)
    check(str(said.key_id), said.statement.text().encode(), str(said.signature))
    go_on(stage.of)
    assert stage.anchor(4).lost is None, "the one after it begins with its tree"
    report = stage.check()
    assert (report.broken, report.heads, report.lost) == (None, 4, (made,))


def test_a_day_that_has_a_head_from_before_gets_no_second_one(stage: Stage) -> None:
    stage.restore(10)
    stage.note()
    of, days = stage.of.tenant_id, (stage.day(2), stage.day(3))
    assert [anchoring.is_anchored(tenant_id=of, day=day) for day in days] == [True, False]
    kept = stage.drawer.objects[stage.key(2)]
    assert stage.anchor(2).day == stage.day(1)
    assert stage.drawer.objects[stage.key(2)] == kept
    assert inventory.anchors(tenant_id=of)[-1].key == stage.key(2), "and no sweep calls it unknown"


def test_a_dump_from_before_the_first_head_has_none_until_the_next_day(stage: Stage) -> None:
    stage.restore(3)
    made = stage.note()
    assert made is not None
    assert (made.confirmed, len(made.anchors)) == (0, 3)
    none = anchoring.anchor_chain(
        actor=system("anchor_chain"),
        tenant_id=stage.of.tenant_id,
        day=stage.day(2),
        store=stage.store,
        lock_until=None,
        cosigner=None,
    )
    assert none is None
    assert stage.anchor(3).lost == made.loss.plain()
    assert stage.check().broken is None


def test_a_head_that_only_a_dead_run_left_behind_is_no_loss_and_is_entered_later(stage: Stage) -> None:
    stage.tamper("delete from audit_events where event = 'chain:anchored' and seq = 13")
    stage.restore(12)
    assert stage.note() is None
    stage.anchor(4)
    assert stage.check().heads == 4
    assert stage.check().broken is None


@pytest.mark.parametrize("fault", ["gone", "another", "unsigned"])
def test_what_is_called_lost_must_lie_in_the_store_as_it_was_written_down(stage: Stage, fault: str) -> None:
    stage.restore(10)
    stage.note()
    stage.anchor(3)
    key = stage.key(2)
    text = stage.drawer.objects.pop(key)
    if fault == "another":
        stage.drawer.objects[key] = text.replace(b"2026", b"2025")
    if fault == "unsigned":
        stage.drawer.objects[key] = Bureau().sign(text).encode()
    broken = stage.check().broken
    assert broken is not None
    assert (broken.seq, "還原時遺失的2026-11-22錨定物件" in broken.reason) == (11, True)


def test_a_loss_that_somebody_takes_back_is_found(stage: Stage) -> None:
    """Whoever owns the database cannot call what they removed a restore, and forget it later."""
    stage.restore(10)
    stage.note()
    stage.anchor(3)
    for statement in (
        "update audit_tree_heads set lost = null where size = 11",
        "update audit_tree_heads set lost = jsonb_set(lost, '{size}', '11') where size = 11",
        "update audit_events set fields = jsonb_set(fields, '{kept}', '9') where seq = 11",
    ):
        with stage.tamper.undone(statement):
            broken = stage.check().broken
            assert broken is not None
            assert broken.seq == 11
    assert stage.check().broken is None


def test_the_token_of_a_lost_head_is_written_down_with_it_and_must_stay(stage: Stage, authority: TimeAuthority) -> None:
    stamped(stage.of, authority.url, store=stage.drawer)
    key = object_keys.ledger_stamp(tenant_id=stage.of.tenant_id, day=stage.day(2))
    stage.tamper("delete from audit_tree_stamps")
    stage.restore(10)

    made = stage.note()

    assert made is not None
    assert [day for day, _ in made.stamps] == [stage.day(2)]
    assert key in {each.key for each in inventory.anchors(tenant_id=stage.of.tenant_id)}, "no sweep calls it unknown"
    stage.anchor(3)
    assert stage.check().broken is None
    stage.drawer.objects.pop(key)
    broken = stage.check().broken
    assert broken is not None
    assert (broken.seq, "還原時遺失的2026-11-22時戳物件" in broken.reason) == (11, True)


def test_a_loss_from_before_heads_had_tokens_is_still_read(stage: Stage) -> None:
    stage.restore(10)
    stage.note()
    stage.tamper("update audit_events set fields = fields - 'stamps' where event = 'chain:restored'")
    (found,) = losses.recorded(tenant_id=stage.of.tenant_id)
    assert found.stamps == ()

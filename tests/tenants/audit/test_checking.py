"""Everything that somebody could change about a chain, its heads and its anchors, and that each is found and named."""

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, cast

import pytest

from infra import object_keys
from infra.db import db
from infra.objects import ObjectStore
from infra.tenancy import Binding, bind
from tenants.audit import anchoring, chain, checking, queries
from tenants.audit.checking import Report
from tenants.audit.heads import Anchor, Statement
from tenants.audit.merkle import Frontier
from tenants.audit.models import AuditTreeHead
from tenants.audit.rules import GENESIS
from tests.factories.ledger import Bureau, Drawer, anchored
from tests.factories.registry import Institution, institution
from tests.tenants.audit.conftest import Tamper, go_on

DAY = date(2026, 11, 20)

pytestmark = pytest.mark.req("DR-06")

# What somebody changes, the number of the link that is named, and part of the reason.
CHANGES = [
    # the chain
    ("update audit_events set actor_name = 'x' where seq = 6", 6, "第 6 筆的內容與其雜湊不符"),
    ("delete from audit_events where seq = 7", 7, "第 7 筆不見了"),
    ("delete from audit_events where seq > 13", 14, "鏈尾與記載不符"),
    ("update audit_heads set seq = 14", 16, "鏈尾與記載不符"),
    ("update audit_heads set hash = repeat('0', 64)", 16, "鏈尾與記載不符"),
    # the heads
    ("update audit_tree_heads set root = repeat('0', 64) where size = 8", 8, "樹根與重新計算的不符"),
    ("update audit_tree_heads set chain_hash = repeat('0', 64) where size = 8", 8, "錨定的雜湊不符"),
    ("update audit_tree_heads set frontier = frontier || frontier where size = 8", 8, "右緣"),
    ("update audit_tree_heads set size = 7 where size = 8", 7, "第 7 筆與2026-11-21錨定的雜湊不符"),
    ("update audit_tree_heads set size = 99 where size = 12", 13, "樹頭紀錄不見了或與其不符"),
    ("update audit_tree_heads set day = day + 9 where size = 12", 12, "會簽與內容不符"),
    ("update audit_tree_heads set anchored_at = now() where size = 4", 4, "會簽與內容不符"),
    ("update audit_tree_heads set signature = 'x' where size = 12", 12, "會簽與內容不符"),
    ("update audit_tree_heads set signature = null, key_id = null where size = 12", 12, "物件與紀錄不符"),
    ("delete from audit_tree_heads where size = 4", 5, "樹頭紀錄不見了"),
    ("delete from audit_tree_heads where size = 12", 13, "樹頭紀錄不見了"),
]


@dataclass
class Stage:
    """Three days' heads over 4, 8 and 12 events (each head adds one), and two events since: fifteen events in all."""

    of: Institution
    tamper: Tamper
    drawer: Drawer = field(default_factory=Drawer)
    bureau: Bureau = field(default_factory=Bureau)

    def check(self, *trusted: str) -> Report:
        return checking.verify(
            tenant_id=self.of.tenant_id, store=cast("ObjectStore", self.drawer), trusted=frozenset(trusted)
        )

    def broken(self) -> tuple[int, str]:
        found = self.check().broken
        assert found is not None
        return found.seq, found.reason

    def key(self, number: int) -> str:
        return object_keys.ledger_head(tenant_id=self.of.tenant_id, day=DAY + timedelta(days=number))

    def head(self, number: int) -> AuditTreeHead:
        return db.session.get_one(AuditTreeHead, (self.of.tenant_id, DAY + timedelta(days=number)))

    def anchor(self, number: int) -> Anchor:
        return Anchor.parse(self.drawer.objects[self.key(number)])


@pytest.fixture
def stage(k1: Institution, tamper: Tamper) -> Stage:
    made = Stage(k1, tamper)
    for number in range(3):
        anchored(k1, day=DAY + timedelta(days=number), store=made.drawer, bureau=made.bureau)
        go_on(k1, 3 if number < 2 else 2)
    return made


def test_a_whole_chain_has_every_head_signed_and_lying_in_the_store(stage: Stage) -> None:
    assert [stage.head(number).size for number in range(3)] == [4, 8, 12]
    expected = Report(broken=None, heads=3, unsigned=0, key_ids=frozenset({stage.bureau.key_id}))
    assert stage.check() == expected
    assert stage.check(stage.bureau.key_id) == expected


def test_anchors_that_are_as_the_store_lists_them_are_not_read(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(stage.drawer, "get", read.append)
    assert stage.check().broken is None
    assert read == []


def test_what_the_owner_of_the_database_changes_is_named(stage: Stage) -> None:
    for statement, seq, reason in CHANGES:
        with stage.tamper.undone(statement):
            found = stage.broken()
        assert (found[0], reason in found[1]) == (seq, True), (statement, found)
    assert stage.check().broken is None, "and all is undone again"


def signed_by(bureau: Bureau, anchor: Anchor, **changes: Any) -> Anchor:  # noqa: ANN401 - of a statement
    statement = replace(anchor.statement, **changes)
    return Anchor(statement=statement, key_id=bureau.key_id, signature=bureau.sign(statement.text().encode()))


def test_what_the_owner_of_the_store_changes_is_named(stage: Stage) -> None:
    key, text = stage.key(1), stage.drawer.objects[stage.key(1)]
    again = signed_by(stage.bureau, stage.anchor(1), root="0" * 64).text()
    for other in (b"", stage.drawer.objects[stage.key(0)], again, text + b"\n"):
        stage.drawer.objects[key] = other
        assert stage.broken() == (8, "2026-11-21的錨定物件與紀錄不符")
    del stage.drawer.objects[key]
    assert stage.broken() == (8, "2026-11-21的錨定物件不見了")
    assert queries.verify(tenant_id=stage.of.tenant_id) is None, "the database alone does not show it"


def test_an_object_that_belongs_to_no_head_is_named(stage: Stage) -> None:
    prefix = object_keys.ledger_prefix(tenant_id=stage.of.tenant_id)
    for name in ("2020-01-01.json", "2026-12-31.json", "notes.txt"):
        stage.drawer.objects[prefix + name] = b"{}"
        assert name in stage.broken()[1]
        del stage.drawer.objects[prefix + name]


def test_the_object_of_a_run_that_died_is_no_fault_as_long_as_it_is_true(stage: Stage) -> None:
    true = Statement(
        tenant_id=stage.of.tenant_id,
        day=DAY + timedelta(days=3),
        size=14,
        root=_root(stage, 14),
        chain_hash=queries.latest(tenant_id=stage.of.tenant_id)[1].hash,
        anchored_at=stage.head(2).anchored_at,
    )
    anchor = Anchor(statement=true, key_id=None, signature=None)
    found = {}
    for words, said in {
        "true": anchor,
        "another root": signed_by(stage.bureau, anchor, root="0" * 64),
        "another hash": signed_by(stage.bureau, anchor, chain_hash="0" * 64),
        "more than there is": signed_by(stage.bureau, anchor, size=99),
        "another signer": signed_by(Bureau(), anchor),
    }.items():
        stage.drawer.objects[stage.key(3)] = said.text()
        broken = stage.check().broken
        found[words] = broken and broken.seq
    assert found == {
        "true": None,
        "another root": 14,
        "another hash": 14,
        "more than there is": 99,
        "another signer": 14,
    }


def _root(stage: Stage, size: int) -> str:
    leaves = chain.hashes(tenant_id=stage.of.tenant_id, after=0, until=size)
    return Frontier().extended(leaves).root().hex()


def test_only_the_bureaus_key_counts(stage: Stage) -> None:
    other = Bureau()
    refused = stage.check(other.key_id).broken
    assert refused is not None
    assert (refused.seq, "另一把金鑰" in refused.reason) == (4, True)

    anchored(stage.of, day=DAY + timedelta(days=3), store=stage.drawer, bureau=other)
    assert stage.broken()[0] == 15, "without a key given, the first signer is the one who counts"
    both = stage.check(stage.bureau.key_id, other.key_id)
    assert (both.broken, both.heads) == (None, 4)


def test_an_unsigned_head_is_counted_and_a_later_signed_one_stands_over_it(k1: Institution, tamper: Tamper) -> None:
    stage = Stage(k1, tamper)
    anchored(k1, day=DAY, store=stage.drawer)
    assert stage.check() == Report(broken=None, heads=1, unsigned=1, key_ids=frozenset())
    anchored(k1, day=DAY + timedelta(days=1), store=stage.drawer, bureau=stage.bureau)
    expected = Report(broken=None, heads=2, unsigned=1, key_ids=frozenset({stage.bureau.key_id}))
    assert stage.check() == expected


def test_a_history_written_anew_in_database_and_store_lacks_the_bureaus_signature(stage: Stage) -> None:
    """Somebody who owns both, and makes every hash, edge and root right again, cannot sign."""
    rewrite(stage)
    stage.drawer.objects.clear()
    forger = Bureau()
    for row in _rows(stage):
        said = anchoring.anchor_of(row)
        again = signed_by(forger, said)
        stage.tamper(
            "update audit_tree_heads set signature = :signature, key_id = :key where size = :size",
            signature=again.signature,
            key=again.key_id,
            size=row.size,
        )
        stage.drawer.objects[object_keys.ledger_head(tenant_id=row.tenant_id, day=row.day)] = again.text()
    found = stage.check(stage.bureau.key_id).broken
    assert found is not None
    assert (found.seq, "另一把金鑰" in found.reason) == (4, True)


def test_a_history_written_anew_in_the_database_differs_from_the_store(stage: Stage) -> None:
    rewrite(stage)
    assert stage.broken() == (4, "2026-11-20樹頭的會簽與內容不符")
    stage.tamper("update audit_tree_heads set signature = null, key_id = null")
    rewrite(stage, signed=False)
    assert queries.verify(tenant_id=stage.of.tenant_id) is None, "the database alone says that all is well"
    assert stage.broken() == (4, "2026-11-20的錨定物件與紀錄不符")


def _rows(stage: Stage) -> list[AuditTreeHead]:
    db.session.expire_all()
    query = db.select(AuditTreeHead).where(AuditTreeHead.tenant_id == stage.of.tenant_id).order_by(AuditTreeHead.size)
    return list(db.session.scalars(query))


def rewrite(stage: Stage, *, signed: bool = True) -> None:
    """Change who acted, and make every hash, edge and root right again, in events and heads alike."""
    frontier, previous = Frontier(), GENESIS
    heads, said = {row.size: row for row in _rows(stage)}, {}
    for link, _ in list(chain.links(tenant_id=stage.of.tenant_id, after=0, until=99)):
        fields = said.pop(link.seq, link.fields)
        changed = replace(link, actor_name="somebody else", previous=previous, fields=fields)
        previous = changed.hash()
        frontier = frontier.extended([bytes.fromhex(previous)])
        stage.tamper(
            "update audit_events set actor_name = 'somebody else', previous = :previous, hash = :hash, "
            "fields = cast(:fields as jsonb) where seq = :seq",
            previous=changed.previous,
            hash=previous,
            fields=json.dumps(fields),
            seq=link.seq,
        )
        if link.seq in heads:
            root = frontier.root().hex()
            stage.tamper(
                "update audit_tree_heads set root = :root, chain_hash = :hash, frontier = :frontier where size = :size",
                root=root,
                hash=previous,
                frontier=frontier.packed(),
                size=link.seq,
            )
            row = heads[link.seq]
            said[link.seq + 1] = {
                "day": row.day.isoformat(),
                "seq": row.size,
                "hash": previous,
                "root": root,
                "key_id": row.key_id if signed else None,
            }
    stage.tamper("update audit_heads set hash = :hash", hash=previous)


def test_a_head_anchored_while_the_chain_is_walked_is_no_fault(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    real = chain.whole

    def meanwhile(**of: Any) -> Any:  # noqa: ANN401 - as the real one
        anchored(stage.of, day=DAY + timedelta(days=3), store=stage.drawer, bureau=stage.bureau)
        return real(**of)

    monkeypatch.setattr(chain, "whole", meanwhile)
    assert stage.check().broken is None


def test_one_institutions_heads_say_nothing_of_anothers(stage: Stage) -> None:
    k2 = institution("K2", name="第二幼兒園")
    bind(db.session, Binding(tenant_id=k2.tenant_id))
    assert checking.verify(tenant_id=k2.tenant_id, store=cast("ObjectStore", stage.drawer)).heads == 0

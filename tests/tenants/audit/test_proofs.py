"""Proofs for who stands outside: made for a day's head, checked with Python alone as ADR 0012 says."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.db import db
from tenants.actor import system
from tenants.audit import actions, chain, proofs
from tenants.audit.events import Event
from tenants.audit.heads import Statement
from tenants.audit.merkle import NotProven, verify_consistency, verify_inclusion
from tenants.errors import NotFound, Tampered
from tests.factories.ledger import Bureau, Drawer, anchored
from tests.factories.registry import Institution
from tests.factories.stand_alone import Check, stand_alone
from tests.tenants.audit.conftest import Tamper, go_on

DAY = date(2026, 11, 20)

pytestmark = pytest.mark.req("DR-06")
CHANGES = [
    "update audit_events set hash = repeat('0', 64) where seq = 6",
    "update audit_events set hash = 'none' where seq = 6",
    "delete from audit_events where seq = 6",
    "update audit_events set actor_name = 'x' where seq = 7",
    "update audit_tree_heads set root = repeat('0', 64) where size = 8",
    "update audit_tree_heads set frontier = '' where size = 4",
    "update audit_tree_heads set frontier = decode(repeat('00', 32), 'hex') where size = 4",
]


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


@pytest.fixture
def days(k1: Institution, bureau: Bureau) -> Institution:
    """Heads over 4, 8 and 12 events, and two events since, with the heads' own fourteen."""
    drawer = Drawer()
    for number in range(3):
        anchored(k1, day=DAY + timedelta(days=number), store=drawer, bureau=bureau)
        go_on(k1, 3 if number < 2 else 1)
    return k1


@pytest.fixture
def check(tmp_path: Path) -> Check:
    return stand_alone(tmp_path)


def proof(of: Institution, seq: int) -> proofs.Proof:
    made = proofs.proof(tenant_id=of.tenant_id, seq=seq)
    assert made is not None
    return made


def test_every_event_is_proven_against_the_first_head_over_it(days: Institution) -> None:
    for seq in range(1, 13):
        made = proof(days, seq)
        assert (made.index, made.size) == (seq - 1, 4 if seq <= 4 else 8 if seq <= 8 else 12)
        said = Statement.parse(made.statement)
        assert (said.root, said.size, said.day) == (made.root, made.size, made.day)
        path = [bytes.fromhex(node) for node in made.path]
        leaf, root = bytes.fromhex(made.leaf), bytes.fromhex(made.root)
        verify_inclusion(leaf, index=made.index, size=made.size, path=path, root=root)
        assert json.loads(made.event)["seq"] == seq


def test_an_event_that_no_head_covers_has_no_proof_yet(days: Institution) -> None:
    assert proofs.proof(tenant_id=days.tenant_id, seq=13) is None
    anchored(days, day=DAY + timedelta(days=3))
    assert proof(days, 13).size == 14


def test_an_event_that_is_not_there_has_no_proof(days: Institution) -> None:
    for seq in (-1, 0, 15, 2**40):
        with pytest.raises(NotFound):
            proofs.proof(tenant_id=days.tenant_id, seq=seq)
    with pytest.raises(NotFound):
        proofs.proof(tenant_id=uuid4(), seq=1)


def test_a_proof_reads_one_days_leaves_only(days: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    real = chain.hashes

    def counted(**span: Any) -> Iterator[bytes]:  # noqa: ANN401 - as the real one
        nonlocal read
        for leaf in real(**span):
            read += 1
            yield leaf

    monkeypatch.setattr(chain, "hashes", counted)
    assert proof(days, 10).size == 12
    assert read == 4


@pytest.mark.req("KH-5-4a")
def test_a_third_party_checks_it_with_python_alone(days: Institution, bureau: Bureau, check: Check) -> None:
    for seq in (1, 6, 12):
        document = proof(days, seq).document()
        assert check(document, bureau.key_id).startswith(f"event {seq} of {days.tenant_id} was in the chain")
    assert "was in the chain" in check(proof(days, 6).document(with_event=False), bureau.key_id)


def test_a_third_party_is_shown_nothing_else(days: Institution, bureau: Bureau, check: Check) -> None:
    true, other = proof(days, 6).document(), proof(days, 7).document()
    statement = json.loads(true["statement"]) | {"day": "2026-01-01"}
    wrong: dict[str, dict[str, Any]] = {
        "the event is another one": true | {"event": true["event"].replace("test", "x")},
        "the event stood elsewhere": true | {"event": other["event"], "leaf": other["leaf"], "path": other["path"]},
        "the event was not in the tree": true | {"path": other["path"]},
        "path too short": true | {"path": true["path"][:-1]},
        "path too long": true | {"path": [*true["path"], true["root"]]},
        "the signature does not hold": true
        | {"statement": json.dumps(statement, sort_keys=True, separators=(",", ":"))},
    }
    assert {words: check(document, bureau.key_id) for words, document in wrong.items()} == {
        words: f"AssertionError: {words}" for words in wrong
    }
    assert check(true, Bureau().key_id) == "AssertionError: not signed by this key"
    forger = Bureau()
    assert check(true | {"key_id": forger.key_id}, forger.key_id) == "AssertionError: the signature does not hold"


def test_nothing_is_proven_of_a_chain_that_was_changed(days: Institution, tamper: Tamper) -> None:
    for statement in CHANGES:
        with tamper.undone(statement), pytest.raises(Tampered):
            proofs.proof(tenant_id=days.tenant_id, seq=7)
    assert proof(days, 7).size == 8, "and all is undone again"


def test_a_later_tree_is_shown_to_begin_with_an_earlier_one(days: Institution) -> None:
    for first, second in ((0, 1), (0, 2), (1, 2), (1, 1)):
        earlier, later = DAY + timedelta(days=first), DAY + timedelta(days=second)
        made = proofs.growth(tenant_id=days.tenant_id, earlier=earlier, later=later)
        before, after = Statement.parse(made.earlier), Statement.parse(made.later)
        assert (before.day, after.day) == (earlier, later)
        told: dict[str, Any] = {
            "size": before.size,
            "later_size": after.size,
            "later_root": bytes.fromhex(after.root),
            "path": [bytes.fromhex(node) for node in made.path],
        }
        verify_consistency(root=bytes.fromhex(before.root), **told)
        with pytest.raises(NotProven):
            verify_consistency(root=b"\0" * 32, **told)
    for first, second in ((1, 0), (0, 9), (9, 9)):
        with pytest.raises(NotFound):
            proofs.growth(
                tenant_id=days.tenant_id, earlier=DAY + timedelta(days=first), later=DAY + timedelta(days=second)
            )


def test_a_subjects_newest_event_of_a_kind_is_found(k1: Institution) -> None:
    subject = uuid4()
    for sent in ("first", "second"):
        actions.record(
            Event.LETTER_READ,
            tenant_id=k1.tenant_id,
            actor=system("test"),
            subject_id=subject,
            letter_id=sent,
            disclosure_id=str(subject),
        )
    db.session.commit()
    asked: dict[str, Any] = {"tenant_id": k1.tenant_id, "event": Event.LETTER_READ, "subject_id": subject}

    found = proofs.anchored(**asked)
    assert found is not None
    assert (found.seq, found.head) == (6, None)
    assert proofs.proof_of_subject(**asked) is None
    head = anchored(k1, day=DAY)
    found = proofs.anchored(**asked)
    assert found is not None
    assert found.head is head
    made = proofs.proof_of_subject(**asked)
    assert made is not None
    assert (made.seq, json.loads(made.event)["fields"]["letter_id"]) == (6, "second")
    assert proofs.anchored(**(asked | {"subject_id": uuid4()})) is None
    assert proofs.anchored(**(asked | {"event": Event.LETTER_RECEIVED})) is None

"""Tokens of heads, checked: whatever somebody changes of them is named, and a proof carries them outside."""

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest

from infra.timestamps import TimestampAuthority
from tenants.audit import anchoring, proofs
from tests.factories.ledger import anchored
from tests.factories.stand_alone import stand_alone
from tests.tenants.audit.conftest import Tamper
from tests.tenants.audit.days import DAY, NAME, Days

pytestmark = pytest.mark.req("DR-06", "DR-07")

# What somebody changes, and part of what is said of it. The heads of the first two days have a token.
CHANGES = [
    ("update audit_tree_stamps set token = (select token from audit_tree_stamps where day = '2026-11-20')", "不屬於"),
    ("update audit_tree_stamps set token = '' where day = '2026-11-21'", "2026-11-21樹頭的時戳不屬於這個樹頭"),
    ("update audit_tree_stamps set stamped_at = stamped_at - interval '1 day'", "所記的時間或簽發者不符"),
    ("update audit_tree_stamps set authority = 'x' where day = '2026-11-20'", "所記的時間或簽發者不符"),
    ("delete from audit_tree_stamps where day = '2026-11-20'", "所記的時戳，紀錄不見了或與其不符"),
    ("update audit_tree_stamps set day = '2026-11-22' where day = '2026-11-21'", "所記的時戳，紀錄不見了或與其不符"),
]


def test_what_the_owner_of_the_database_changes_is_named(stage: Days, tamper: Tamper) -> None:
    for statement, words in CHANGES:
        with tamper.undone(statement):
            said = stage.fault()
        assert words in said, (statement, said)
    assert stage.check().broken is None, "and all is undone again"


def test_what_the_owner_of_the_store_changes_is_named(stage: Days) -> None:
    key, text_of = stage.token(1), stage.drawer.objects[stage.token(1)]
    stage.drawer.objects[key] = stage.drawer.objects[stage.token(0)]
    assert stage.fault() == "2026-11-21的時戳物件與紀錄不符"
    del stage.drawer.objects[key]
    assert stage.fault() == "2026-11-21的時戳物件不見了"
    stage.drawer.objects[key] = text_of
    stage.drawer.objects[stage.token(9)] = text_of
    assert stage.token(9) in stage.fault()


def test_a_token_that_nobody_announced_is_named(stage: Days, tamper: Tamper) -> None:
    made = TimestampAuthority(stage.authority.url).stamp(stage.drawer.objects[stage.head(2)])
    stage.drawer.objects[stage.token(2)] = made.answer
    assert stage.check().broken is None, "the object alone is what a dead run leaves"
    tamper(
        "insert into audit_tree_stamps values (:of, '2026-11-22', :at, :authority, :token)",
        of=stage.of.tenant_id,
        at=made.at,
        authority=made.authority,
        token=made.answer,
    )
    assert stage.fault() == "軌跡中沒有2026-11-22樹頭時戳的紀錄"


def test_a_proof_carries_the_token_and_openssl_accepts_what_the_stand_alone_program_takes_out(
    stage: Days, tmp_path: Path
) -> None:
    made = proofs.proof(tenant_id=stage.of.tenant_id, seq=1)
    assert made is not None
    document = made.document()
    check = stand_alone(tmp_path)

    said = check(document, stage.bureau.key_id)

    assert f"openssl ts -verify -data {DAY}.json -in {DAY}.json.tsr" in said
    assert stage.authority.accepts(tmp_path / f"{DAY}.json.tsr", tmp_path / f"{DAY}.json")
    assert (document["timestamp"]["authority"], json.loads(json.dumps(document))) == (NAME, document)
    other = base64.b64encode(stage.drawer.objects[stage.token(1)]).decode()
    changed = document | {"timestamp": document["timestamp"] | {"anchor": "{}", "token": other}}
    assert check(changed, stage.bureau.key_id) == "AssertionError: the timestamp is over something else"


def test_a_head_without_a_token_is_proven_and_says_that_it_has_none(stage: Days) -> None:
    last = anchoring.anchor_of(anchored(stage.of, day=DAY + timedelta(days=2), store=stage.drawer)).statement.size
    made = proofs.proof(tenant_id=stage.of.tenant_id, seq=last)
    assert made is not None
    assert made.document()["timestamp"] is None

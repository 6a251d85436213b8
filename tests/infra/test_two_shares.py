"""A vault opens with both shares at once, for as long as somebody says that they are there, and never again."""

import time
from pathlib import Path

import pytest

from infra import queues, two_shares
from infra.kms import CannotUnwrap, FileKms, create_master_key
from infra.queues import QueueDown
from infra.two_shares import NobodyPresent, NotInside, Vault, WrongShare

pytestmark = pytest.mark.req("DR-14", "KH-7-1")

KEY = "shouyuan.vault:room"
SECRETS = {"one": b"a key", "two": b"another"}


@pytest.fixture(autouse=True)
def server(valkey: str) -> None:
    """A server in which vaults lie."""
    queues.configure(valkey)


@pytest.fixture
def kms(tmp_path: Path) -> FileKms:
    create_master_key(tmp_path / "master.key")
    return FileKms(tmp_path / "master.key")


def filled(kms: FileKms, *, name: str = "room", seconds: float = 60) -> Vault:
    vault = Vault(name=name, share=two_shares.lay(name, seconds=seconds), kms=kms)
    vault.put(SECRETS)
    return vault


def test_both_shares_give_back_what_was_put_in_and_nothing_else(kms: FileKms) -> None:
    vault = filled(kms)
    assert {what: vault.get(what) for what in SECRETS} == SECRETS
    assert vault.lacking([*SECRETS, "three"]) == ["three"]
    with pytest.raises(NotInside):
        vault.get("three")


def test_another_browsers_share_opens_nothing(kms: FileKms) -> None:
    vault = filled(kms)
    other = filled(kms, name="another room")
    for share in (other.share, vault.share[:-1] + ("A" if vault.share[-1] != "A" else "B"), ""):
        foreign = Vault(name="room", share=share, kms=kms)
        with pytest.raises(WrongShare):
            foreign.get("one")
        with pytest.raises(WrongShare):
            foreign.put({"three": b"theirs"})


def test_a_share_whose_hash_was_exchanged_in_the_server_opens_nothing(kms: FileKms) -> None:
    filled(kms)
    own = two_shares.lay("own", seconds=60)
    server = queues.connection()
    server.hset(KEY, "browser", server.hget("shouyuan.vault:own", "browser"))
    with pytest.raises(WrongShare):
        Vault(name="room", share=own, kms=kms).get("one")


def test_what_was_put_in_does_not_open_under_another_name_or_in_another_vault(kms: FileKms) -> None:
    vault, server = filled(kms), queues.connection()
    server.hset(KEY, "of:two", server.hget(KEY, "of:one"))
    with pytest.raises(WrongShare):
        vault.get("two")
    server.rename(KEY, "shouyuan.vault:elsewhere")
    with pytest.raises(CannotUnwrap):
        Vault(name="elsewhere", share=vault.share, kms=kms).get("one")


def test_the_servers_memory_and_the_browsers_share_open_nothing_without_the_master_key(
    kms: FileKms, tmp_path: Path
) -> None:
    vault = filled(kms)
    create_master_key(tmp_path / "other.key")
    with pytest.raises(CannotUnwrap):
        Vault(name="room", share=vault.share, kms=FileKms(tmp_path / "other.key")).get("one")
    lies_there = b"".join(queues.connection().hgetall(KEY).values())
    assert vault.share.encode() not in lies_there
    assert not [secret for secret in SECRETS.values() if secret in lies_there]


def test_who_falls_silent_or_leaves_takes_all_of_it_along(kms: FileKms) -> None:
    silent = filled(kms, seconds=0.5)
    time.sleep(0.6)
    two_shares.prolong("room", seconds=60)
    with pytest.raises(NobodyPresent):
        silent.get("one")
    left = filled(kms)
    two_shares.empty("room")
    for act in (lambda: left.get("one"), lambda: left.put(SECRETS), lambda: left.lacking([])):
        with pytest.raises(NobodyPresent):
            act()
    assert not queues.connection().exists(KEY), "nothing was begun anew by asking"


def test_whoever_goes_on_saying_so_is_present(kms: FileKms) -> None:
    vault = filled(kms, seconds=0.5)
    two_shares.prolong("room", seconds=60)
    time.sleep(0.6)
    assert vault.get("one") == b"a key"
    two_shares.prolong("room", seconds=-3)
    time.sleep(0.05)
    with pytest.raises(NobodyPresent):
        vault.get("one")


def test_a_vault_that_is_laid_anew_is_empty_and_the_share_of_before_dead(kms: FileKms) -> None:
    before = filled(kms)
    now = Vault(name="room", share=two_shares.lay("room", seconds=60), kms=kms)
    assert now.lacking(SECRETS) == list(SECRETS)
    with pytest.raises(WrongShare):
        before.get("one")


def test_without_the_server_nothing_opens_and_nothing_else_fails(kms: FileKms) -> None:
    queues.configure("redis://127.0.0.1:1/0")
    vault = Vault(name="room", share=two_shares.lay("room", seconds=60), kms=kms)
    two_shares.prolong("room", seconds=60)
    two_shares.empty("room")
    with pytest.raises(QueueDown):
        vault.get("one")

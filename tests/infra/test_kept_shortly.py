"""What is kept for a page: by ticket and owner, for an hour, few of each, and never needed."""

from functools import partial

import pytest

from infra import kept_shortly, queues
from infra.age_keys import Kind

keep = partial(kept_shortly.keep, kind=Kind.CLASSIC)


@pytest.fixture(autouse=True)
def server(valkey: str) -> None:
    """A server that keeps."""
    queues.configure(valkey)


def test_its_owner_gets_it_back_as_often_as_needed() -> None:
    ticket = keep("me", b"a letter")

    assert [kept_shortly.kept("me", ticket), kept_shortly.kept("me", ticket)] == [b"a letter", b"a letter"]


@pytest.mark.parametrize("owner", ["you", "me/", "", "*"])
def test_nobody_else_gets_it_with_the_same_ticket(owner: str) -> None:
    ticket = keep("me", b"a letter")

    assert kept_shortly.kept(owner, ticket) is None


@pytest.mark.parametrize(
    "ticket", ["", ".", "x.y", "../../x", "0" * 5000, "00000000000000000000000000000000.AGE-SECRET"]
)
def test_a_ticket_that_was_made_up_opens_nothing(ticket: str) -> None:
    keep("me", b"a letter")

    assert kept_shortly.kept("me", ticket) is None


def test_the_key_of_another_opens_nothing() -> None:
    first, second = keep("me", b"one"), keep("me", b"two")
    mixed = f"{first.partition('.')[0]}.{second.partition('.')[2]}"

    assert kept_shortly.kept("me", mixed) is None


def test_what_lies_in_the_server_tells_nothing_and_goes_by_itself() -> None:
    ticket = keep("me", b"a letter about somebody")
    (name,) = queues.connection().keys("shouyuan.kept:*")

    assert b"somebody" not in (queues.connection().get(name) or b"")
    assert ticket.partition(".")[2].encode() not in (queues.connection().get(name) or b"")
    assert 0 < queues.connection().ttl(name) <= kept_shortly.LIVES_SECONDS


def test_it_is_forgotten_when_it_is_needed_no_longer() -> None:
    ticket = keep("me", b"a letter")

    kept_shortly.forget("me", ticket)

    assert kept_shortly.kept("me", ticket) is None
    assert queues.connection().keys("shouyuan.kept:*") == []


def test_of_one_owner_the_oldest_goes_and_nobody_elses() -> None:
    other = keep("you", b"yours")
    tickets = [keep("me", b"mine") for _ in range(kept_shortly.MOST_OF_ONE + 1)]

    assert [kept_shortly.kept("me", ticket) for ticket in tickets] == [None] + [b"mine"] * kept_shortly.MOST_OF_ONE
    assert kept_shortly.kept("you", other) == b"yours"


def test_where_too_many_lie_there_no_more_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_shortly, "MOST", 2)

    assert [bool(keep(f"officer {number}", b"x")) for number in range(3)] == [True, True, False]


def test_without_its_server_nothing_is_kept_and_nothing_breaks() -> None:
    queues.configure("redis://127.0.0.1:1/0")

    assert keep("me", b"a letter") == ""
    assert kept_shortly.kept("me", "x.y") is None
    kept_shortly.forget("me", "x.y")


@pytest.mark.req("KH-5-1a")
def test_it_is_kept_under_the_kind_of_key_that_the_platform_makes() -> None:
    ticket = kept_shortly.keep("me", b"a letter", kind=Kind.HYBRID)

    assert ".AGE-SECRET-KEY-PQ-1" in ticket
    assert kept_shortly.kept("me", ticket) == b"a letter"
    assert kept_shortly.kept("me", ticket[:-1]) is None
    assert kept_shortly.kept("me", f"{ticket.partition('.')[0]}.no key at all") is None

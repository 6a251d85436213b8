"""The address to which one mail comes back, and what is read of what arrives there."""

from uuid import UUID

import pytest

from infra.bounces import MOST_BYTES, BadReturnAddress, ReturnAddresses, is_final
from tests.bounced import report

OURS = ReturnAddresses("bounces@shouyuan.test", b"k" * 32)
# Ids of tests must be the same in every process.
TENANT, MAIL = UUID(int=1), UUID(int=2)
ADDRESS = OURS.of(tenant_id=TENANT, mail_id=MAIL)
pytestmark = pytest.mark.req("DR-31")


def test_an_address_says_its_mail_and_the_first_of_its_institution() -> None:
    assert OURS.read(ADDRESS) == (TENANT.bytes[:4], MAIL)
    for written in (f"<{ADDRESS}>", ADDRESS.upper(), f" {ADDRESS}\r\n"):
        assert OURS.read(written) == (TENANT.bytes[:4], MAIL)


def test_it_fits_into_what_a_server_takes_and_names_nobody() -> None:
    local = ADDRESS.partition("@")[0]
    assert len(local) <= 64
    assert str(MAIL) not in ADDRESS
    assert MAIL.hex not in ADDRESS


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "bounces@shouyuan.test",
        "bounces+@shouyuan.test",
        "bounces+" + "a" * 48 + "@shouyuan.test",
        "bounces+" + "é" * 48 + "@shouyuan.test",
        "bounces+" + "1" * 48 + "@shouyuan.test",
        "bounces+" + "a" * 100_000 + "@shouyuan.test",
        "bounces+\0@shouyuan.test",
        ReturnAddresses("bounces@shouyuan.test", b"o" * 32).of(tenant_id=TENANT, mail_id=MAIL),
    ],
)
def test_an_address_that_we_did_not_make_is_none(forged: str) -> None:
    assert OURS.read(forged) is None


def test_every_changed_letter_breaks_the_signature() -> None:
    token = ADDRESS.partition("+")[2].partition("@")[0]
    for at in range(len(token)):
        changed = "b" if token[at] != "b" else "c"
        assert OURS.read(f"bounces+{token[:at]}{changed}{token[at + 1 :]}@shouyuan.test") is None, at


@pytest.mark.parametrize("base", ["", "bounces", "@shouyuan.test", "bounces@", "a+b@x.test", f"{'b' * 16}@x.test"])
def test_an_address_that_cannot_be_a_mails_own_is_refused_at_the_start(base: str) -> None:
    with pytest.raises(BadReturnAddress):
        ReturnAddresses(base, b"k" * 32)


def test_a_key_is_never_shown() -> None:
    assert "kkk" not in repr(OURS)


def test_a_final_failure_is_told_from_everything_else() -> None:
    assert is_final(report())
    assert is_final(report(action="FAILED", status="5.4.1 (gone)"))
    for other in (
        report(action="delayed", status="4.4.1"),
        report(action="delivered", status="2.0.0"),
        report(action="failed", status="4.4.7"),
        report(action="", status=""),
        report(kind="multipart/mixed"),
        report(status_type="text/plain"),
        report().replace(b"Action", b"Aktion"),
    ):
        assert not is_final(other)


HOLIDAY = b"From: a@b.test\r\nSubject: out\r\nAuto-Submitted: auto-replied\r\n\r\nAction: failed\r\nStatus: 5.0.0\r\n"


def nested(depth: int) -> bytes:
    """Parts within parts, the innermost a report."""
    lines = [b"Content-Type: multipart/report; boundary=b0", b""]
    for each in range(depth):
        lines += [b"--b%d" % each, b"Content-Type: multipart/report; boundary=b%d" % (each + 1), b""]
    return b"\r\n".join([*lines, b"--b%d" % depth, b"Content-Type: message/delivery-status", b"", b"Action: failed"])


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"\0" * 5000,
        b"\xff\xfe" * 5000,
        HOLIDAY,
        nested(20),
        nested(4000),
        b"Content-Type: multipart/report; boundary=\r\n\r\n--\r\n",
        b"Content-Type: multipart/report; boundary*0*=utf-99''%ff%ff; boundary*9=x\r\n\r\n--x\r\n",
        b"Content-Type: multipart/report; boundary=x\r\nContent-Transfer-Encoding: base64\r\n\r\n--x\r\n\r\n!\r\n--x--",
        report().replace(b"Status: 5", b"Status: =?utf-99?q?5=FF?= \xff"),
        report().replace(b"failed", b"=?utf-8?b?ZmFpbGVk?="),
        b"A" * (MOST_BYTES * 4),
        (b"X: y\r\n" * 60_000) + b"\r\n",
        b"Content-Type: multipart/report; boundary=x\r\n\r\n" + b"--x\r\n\r\n" * 40_000,
    ],
)
def test_what_a_stranger_writes_raises_nothing_and_proves_nothing(hostile: bytes) -> None:
    assert is_final(hostile) is False


def test_a_report_that_quotes_a_long_mail_is_cut_and_still_read() -> None:
    assert is_final(report() + b"x" * (MOST_BYTES * 3))


def test_two_mails_never_share_an_address() -> None:
    assert OURS.of(tenant_id=TENANT, mail_id=UUID(int=1)) != OURS.of(tenant_id=TENANT, mail_id=UUID(int=2))

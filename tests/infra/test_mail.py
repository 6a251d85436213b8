"""Mail through a real server, and into a folder."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from infra.mail import BadMailUrl, FileMailer, Mail, MailNotSent, MailRefused, SmtpMailer, mailer
from infra.stack.processes import free_port
from tests.mailbox import Mailbox

MAIL = Mail(to="head@example.test", house="晨光幼兒園", subject="新的調閱申請 115-0001", text="請登入查看。\n")


def check(message: EmailMessage) -> None:
    body = message.get_body()
    assert body is not None
    assert (message["To"], message["Subject"]) == (MAIL.to, "晨光幼兒園：新的調閱申請 115-0001")
    assert body.get_content().replace("\r\n", "\n") == MAIL.text
    assert message["Auto-Submitted"] == "auto-generated"
    assert not list(message.iter_attachments())


def test_a_mail_arrives_at_a_real_server_from_the_named_sender(smtp: Mailbox) -> None:
    sending = mailer(f"{smtp.url}?from=no-reply@school.example")
    assert isinstance(sending, SmtpMailer)
    sending.send(MAIL)
    check(smtp.messages[-1])
    assert smtp.messages[-1]["From"].addresses[0].addr_spec == "no-reply@school.example"


def test_a_message_that_is_sent_again_is_the_same_message(smtp: Mailbox) -> None:
    sending, named = mailer(f"{smtp.url}?from=no-reply@school.example"), replace(MAIL, id=UUID(int=7))
    for mail in (named, named, MAIL, MAIL):
        sending.send(mail)
    ids = [each["Message-ID"] for each in smtp.messages]
    assert ids[:2] == ["<00000000-0000-0000-0000-000000000007@school.example>"] * 2
    assert len(set(ids)) == 3


def test_a_server_that_is_down_is_an_error_and_no_silence() -> None:
    with pytest.raises(MailNotSent):
        mailer(f"smtp://127.0.0.1:{free_port()}").send(MAIL)


@pytest.mark.parametrize(("code", "never"), [(550, True), (451, False)])
def test_an_address_that_is_never_taken_is_told_from_one_that_is_not_taken_now(
    smtp: Mailbox, code: int, *, never: bool
) -> None:
    smtp.codes[MAIL.to] = code
    with pytest.raises(MailNotSent) as raised:
        mailer(smtp.url).send(MAIL)
    assert isinstance(raised.value, MailRefused) is never
    assert smtp.messages == []


def test_mail_for_a_folder_is_written_whole(tmp_path: Path) -> None:
    sending = mailer(f"file:{tmp_path / 'mail'}")
    assert isinstance(sending, FileMailer)
    sending.send(MAIL)
    (written,) = (tmp_path / "mail").iterdir()
    message = message_from_bytes(written.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    check(message)


@pytest.mark.parametrize("url", ["http://mail.example", "smtp:", "mail"])
def test_a_url_that_names_no_way_to_send_is_refused(url: str) -> None:
    with pytest.raises(BadMailUrl):
        mailer(url)

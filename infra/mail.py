"""Outgoing mail: through an SMTP server, or into a folder on a developer's machine.

Which one is said by a URL: `smtp://host:25`, `smtp+starttls://user:password@host:587`, `smtps://host:465` or
`file:var/mail`; `?from=no-reply@school.example` names the sender.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from uuid import UUID, uuid4

import structlog

from infra import clock

log = structlog.get_logger(__name__)

_TIMEOUT_SECONDS = 20
_NEVER = 500  # RFC 5321: the same message to the same address will not be taken later
_SENDER = "no-reply@localhost"
_SENDER_NAME = "守園"


class BadMailUrl(ValueError):
    """The mail URL names no way to send mail that we know."""


class MailNotSent(Exception):
    """The server did not take the message. The job fails, and the sweep sends it again."""


class MailRefused(MailNotSent):
    """The server will never take a message to this address."""


@dataclass(frozen=True)
class Mail:
    """One plain message to one person. Never with an attachment: nothing of footage leaves by mail (KH-1-2).

    `house` is on whose behalf it is sent. It stands first in the subject, since somebody may have to do with two.
    `id` is the message's own: sent again after a worker died, it is the same message, of which a mailbox keeps one.
    `returns_to` is where a server reports that it could not deliver it; without one, to the sender.
    """

    to: str
    house: str
    subject: str
    text: str
    id: UUID | None = None
    returns_to: str = ""

    @property
    def heading(self) -> str:
        """The subject as it is sent."""
        return f"{self.house}：{self.subject}"


class Mailer(Protocol):
    """Sends mail."""

    def send(self, mail: Mail) -> None:
        """Hand the message over. Raises `MailNotSent`, and `MailRefused` when it will never be taken."""


class SmtpMailer:
    """Speaks SMTP, with TLS where the URL says so."""

    def __init__(self, url: SplitResult, *, sender: str) -> None:
        """Connects lazily; no connection is made here."""
        self._url = url
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """See `Mailer`."""
        try:
            with self._connection() as server:
                server.send_message(_message(mail, self._sender), from_addr=mail.returns_to or self._sender)
        except smtplib.SMTPRecipientsRefused as error:
            code = max((code for code, _ in error.recipients.values()), default=0)
            kind = MailRefused if code >= _NEVER else MailNotSent
            raise kind(f"{self._url.hostname} does not take mail for this address ({code})") from error
        except (OSError, smtplib.SMTPException) as error:
            raise MailNotSent(f"{self._url.hostname} did not take the message") from error

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        host, port = self._url.hostname or "", self._url.port or 0
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(host, port, timeout=_TIMEOUT_SECONDS)
        with server:
            if self._url.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
            yield server


class FileMailer:
    """Writes each message to a file, for development: nobody receives anything."""

    def __init__(self, folder: Path, *, sender: str) -> None:
        """Says so loudly, since a production that mails into a folder would go unnoticed."""
        self._folder = folder
        self._sender = sender
        log.warning("mail goes into a folder, nobody will receive it", folder=str(folder))

    def send(self, mail: Mail) -> None:
        """See `Mailer`. The file appears whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{clock.now():%Y%m%dT%H%M%S}-{uuid4().hex[:8]}.eml"
        draft = self._folder / f".{name}"
        draft.write_bytes(bytes(_message(mail, self._sender)))
        draft.replace(self._folder / name)


def mailer(url: str) -> Mailer:
    """The mailer that the URL names. Raises `BadMailUrl`."""
    parts = urlsplit(url)
    sender = parse_qs(parts.query).get("from", [_SENDER])[0]
    if parts.scheme == "file":
        return FileMailer(Path(parts.path), sender=sender)
    if parts.scheme in ("smtp", "smtps", "smtp+starttls") and parts.hostname:
        return SmtpMailer(parts, sender=sender)
    raise BadMailUrl("use smtp://, smtp+starttls://, smtps:// or file:")


def _message(mail: Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(_SENDER_NAME, addr_spec=sender)
    message["To"] = mail.to
    message["Subject"] = mail.heading
    message["Date"] = format_datetime(clock.now())
    domain = sender.rpartition("@")[2]
    message["Message-ID"] = make_msgid(domain=domain) if mail.id is None else f"<{mail.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday reply comes back
    message.set_content(mail.text)
    return message

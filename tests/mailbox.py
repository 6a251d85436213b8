"""The receiving end of a real mail server on loopback."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Every message that arrived, oldest first, and the URL under which the server takes more.

    `codes` are what it answers to an address instead of taking it. `returns` are where each message would come back to.
    """

    def __init__(self) -> None:
        self.url = ""
        self.messages: list[EmailMessage] = []
        self.codes: dict[str, int] = {}
        self.returns: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address, or not."""
        if address in self.codes:
            return f"{self.codes[address]} no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep what arrived."""
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.returns.append(envelope.mail_from or "")
        return "250 OK"

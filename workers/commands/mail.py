"""`mail bounced ADDRESS`: what the mail server hands over of a mail that came back. The message is read from stdin."""

import sys

import click
import structlog
from flask.cli import AppGroup

from infra import clock
from infra.bounces import MOST_BYTES, is_final
from infra.db import db
from tenants.actor import system
from tenants.notices import sending
from workers.commands.institutions import each_institution_id
from workers.context import return_addresses

mail = AppGroup("mail", help="What the mail server tells us.")
log = structlog.get_logger(__name__)


@mail.command("bounced")
@click.argument("address")
def bounced(address: str) -> None:
    """Note that a mail came back, so that its person counts as unreached.

    ADDRESS is that to which the report was sent, from the envelope. Whatever is no report about a mail of ours is
    dropped with a line in the log: an error would only send one more mail to a stranger. A database that is down is an
    error, so that the mail server tries again.
    """
    raw = sys.stdin.buffer.read(MOST_BYTES)
    addresses = return_addresses()
    found = addresses.read(address) if addresses is not None else None
    if found is None or not is_final(raw):
        log.info("a message to the address for what comes back is no report of ours", signed=found is not None)
        return
    hint, mail_id = found
    by = system("mail bounced")
    for tenant_id in each_institution_id():
        if tenant_id.bytes.startswith(hint):
            sending.note_bounced(actor=by, tenant_id=tenant_id, mail_id=mail_id, now=clock.now())
            db.session.commit()

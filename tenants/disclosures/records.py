"""To whom an institution's papers are encrypted: scans of letters, identity numbers."""

from uuid import UUID

from tenants.errors import Invalid
from tenants.footage.keys import records_key_recipient


def records_recipient(*, tenant_id: UUID, field: str) -> str:
    """The public half of the institution's records key. Raises `Invalid` until the worker has made it."""
    recipient = records_key_recipient(tenant_id=tenant_id)
    if recipient is None:
        raise Invalid("這個機構的文件金鑰尚未備妥，暫時無法收件。請稍後再送出，或洽平台維運人員。", field=field)
    return recipient

"""What boxes could not send, as the school sees it: how much, why, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from infra.refusals import in_words, to_do
from tenants.registry import device_queries
from tenants.registry.models import EdgeDevice


@dataclass(frozen=True, kw_only=True)
class NotSent:
    """What one box said last. `words` are empty while it could send everything."""

    device: EdgeDevice
    words: str
    to_do: str


def not_sent(device: EdgeDevice) -> NotSent:
    """What is known of a box."""
    segments, gaps = device.refused_segments, device.refused_gaps
    if not segments + gaps:
        return NotSent(device=device, words="", to_do="")
    return NotSent(device=device, words=in_words(segments, gaps), to_do=to_do(device.refused_code))


def to_look_after(*, tenant_id: UUID) -> Sequence[NotSent]:
    """The boxes in use that need somebody."""
    found = [not_sent(device) for device in device_queries.devices(tenant_id=tenant_id) if not device.revoked_at]
    return [one for one in found if one.words]

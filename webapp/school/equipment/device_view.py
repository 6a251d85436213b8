"""Edge boxes as their list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tenants.footage.rules import SILENT_AFTER
from tenants.people import queries as people
from tenants.profiles import Clause
from tenants.registry import device_queries
from tenants.registry import queries as registry
from tenants.registry.models import EdgeDevice
from webapp import boxes
from webapp.school import regulation
from webapp.school.equipment import clock_view, disk_view, refused_view
from webapp.school.equipment.clock_view import ClockLook
from webapp.school.equipment.disk_view import Disk
from webapp.school.equipment.refused_view import NotSent

# How long a twin that was seen is told of: over a weekend, so that somebody reads it.
DOUBLED_FOR = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One box: whether it is heard of, what it cannot send, its clock and disk, and whether keys wait for it."""

    device: EdgeDevice
    name: str
    site: str
    badge: str
    state: str
    advice: str
    clock: ClockLook
    clock_article: str
    disk: Disk
    not_sent: NotSent
    keeps_classic: bool


@dataclass(frozen=True, kw_only=True)
class TokenLine:
    """One enrolment code that still works: who issued it for where, and until when; never the code itself."""

    id: UUID
    site: str
    issued_by: str
    issued_at: datetime
    expires_at: datetime


def token_lines(*, tenant_id: UUID, now: datetime) -> Sequence[TokenLine]:
    """Every code with which a box could enrol now."""
    sites = {site.id: site.name for site in registry.sites(tenant_id=tenant_id)}
    return [
        TokenLine(
            id=token.id,
            site=sites[token.site_id],
            issued_by=issuer.name if (issuer := people.user(user_id=token.issued_by)) else "",
            issued_at=token.created_at,
            expires_at=token.expires_at,
        )
        for token in device_queries.open_tokens(tenant_id=tenant_id, now=now)
    ]


def lines(*, tenant_id: UUID, now: datetime) -> Sequence[Line]:
    """Every box, the newest first."""
    sites = {site.id: site for site in registry.sites(tenant_id=tenant_id)}
    rules = regulation.rules_by_site(tenant_id=tenant_id)
    devices = device_queries.devices(tenant_id=tenant_id)
    return [
        Line(
            device=device,
            name=boxes.called(device, sites[device.site_id]),
            site=sites[device.site_id].name,
            badge=_state(device, now)[0],
            state=_state(device, now)[1],
            advice=_advice(device, devices, now),
            clock=clock_view.of_box(device.clock_offset_ms),
            clock_article=rules[device.site_id].article(Clause.EQUIPMENT),
            disk=disk_view.disk(device, now=now),
            not_sent=refused_view.not_sent(device),
            keeps_classic=boxes.keeps_classic(device),
        )
        for device in devices
    ]


def _state(device: EdgeDevice, now: datetime) -> tuple[str, str]:
    if device.revoked_at is not None:
        return "info", "已撤銷"
    if _is_doubled(device, now):
        return "bad", "疑有兩台主機共用金鑰"
    if not _is_heard_of(device, now):
        return "unknown", "無資料（未回報）"
    return "good", "連線中"


def _is_heard_of(device: EdgeDevice, now: datetime) -> bool:
    return device.last_seen_at is not None and now - device.last_seen_at <= SILENT_AFTER


def _is_doubled(device: EdgeDevice, now: datetime) -> bool:
    return device.doubled_at is not None and now - device.doubled_at < DOUBLED_FOR


def _advice(device: EdgeDevice, devices: Sequence[EdgeDevice], now: datetime) -> str:
    """What to do about the state, where it is not plain."""
    if device.revoked_at is not None:
        return ""
    if _is_doubled(device, now):
        return "主機或磁碟可能被複製，兩台輪流以同一把金鑰連線。請撤銷這台，收回不該存在的那一台，再以新的註冊碼註冊。"
    return (
        "這個場所還有另一台較晚註冊的主機也在連線。若已更換主機，請撤銷這一台。"
        if _has_follower(device, devices, now)
        else ""
    )


def _has_follower(device: EdgeDevice, devices: Sequence[EdgeDevice], now: datetime) -> bool:
    """Whether this box and one of the same site that enrolled later are both in touch."""
    later = [one for one in devices if one.site_id == device.site_id and one.enrolled_at > device.enrolled_at]
    return _is_heard_of(device, now) and any(one.revoked_at is None and _is_heard_of(one, now) for one in later)

"""機構名單 and one institution as the operator sees it: names, dates, counts and documents; no case and no picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.closing import open_items, queries
from tenants.closing.lifecycle import KIND_NAMES
from tenants.closing.models import Closing, ClosingKind, ClosingState
from tenants.closing.open_items import OpenItem
from tenants.errors import NotFound
from tenants.people.invitations import queries as invitations
from tenants.people.invitations.models import AccountInvitation
from tenants.people.invitations.rules import STANDING_NAMES, Standing, standing, unreachable
from tenants.people.models import User
from tenants.registry import device_queries, names
from tenants.registry import queries as registry
from tenants.registry.models import InstitutionName, Tenant, TenantKind
from tenants.registry.rules import is_called
from tenants.registry.standing import is_closed
from tenants.roc_dates import format_date
from webapp import boxes


class Status(StrEnum):
    """Whether an institution is open, is going to close, or is closed."""

    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


STATUS_NAMES: Mapping[Status, str] = {
    Status.OPEN: "營運中",
    Status.CLOSING: "已排定停辦",
    Status.CLOSED: "已停辦",
}
_BADGES: Mapping[Status, str] = {Status.OPEN: "good", Status.CLOSING: "warn", Status.CLOSED: "info"}
_STANDING_BADGES: Mapping[Standing, str] = {
    Standing.WAITING: "info",
    Standing.SENT: "info",
    Standing.REFUSED: "bad",
    Standing.EXPIRED: "warn",
    Standing.REPLACED: "info",
    Standing.USED: "good",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One institution of the list."""

    tenant: Tenant
    status: Status
    badge: str
    words: str
    note: str


@dataclass(frozen=True, kw_only=True)
class NameLine:
    """One change of a name, with whether it can be taken back."""

    change: InstitutionName
    badge: str
    state: str
    withdrawable: bool


@dataclass(frozen=True, kw_only=True)
class FirstHead:
    """A head who was invited as the institution was opened, how their link stands, and whether it can be sent anew."""

    head: User
    invitation: AccountInvitation
    badge: str
    words: str
    renewable: bool
    refused: bool


@dataclass(frozen=True, kw_only=True)
class TenantPage:
    """One institution. `custodian` is empty where nobody keeps its papers, which needs a person.

    `classic_boxes` are those for which its day keys are not yet of the kind that the platform makes.
    """

    line: Line
    names: Sequence[NameLine]
    closing: Closing | None
    kind: str
    successor: str
    custodian: str
    lacks_custodian: bool
    withdrawable: bool
    arrivals: Sequence[str]
    first_heads: Sequence[FirstHead]
    classic_boxes: Sequence[str]


def lines(*, state: str = "", typed: str = "") -> list[Line]:
    """The institutions of a state, all when none was asked for, that bear what was typed in any name they had."""
    former, today = names.known_as(), clock.today()
    found = [line_of(tenant, today) for tenant in registry.directory()]
    return [line for line in found if state in ("", line.status) and is_called(_names(line.tenant, former), typed)]


def line_of(tenant: Tenant, today: date) -> Line:
    """One institution with its state in words."""
    if tenant.closed_from is None:
        status, note = Status.OPEN, ""
    else:
        status = Status.CLOSED if is_closed(tenant, today) else Status.CLOSING
        note = f"{format_date(tenant.closed_from)}起，資料由{tenant.keeper}保管"
    return Line(tenant=tenant, status=status, badge=_BADGES[status], words=STATUS_NAMES[status], note=note)


def tenant_page(*, tenant_id: UUID) -> TenantPage:
    """One institution. Raises `NotFound`, also for the bureau itself."""
    tenant, today = institution(tenant_id=tenant_id), clock.today()
    with bound(db.session, Binding(tenant_id=tenant_id)):
        closing, kept_by = queries.living(tenant_id=tenant_id), queries.custodian(tenant_id=tenant_id)
        arrivals = [each.name for each in queries.kept_here(tenant_id=tenant_id)]
        invited = [_first_head(*each) for each in invitations.of_heads(tenant_id=tenant_id)]
        classic = [] if is_closed(tenant, today) else _classic_boxes(tenant_id)
    is_over = closing is not None and closing.state == ClosingState.CARRIED_OUT
    usable = kept_by is not None and kept_by[1].deactivated_at is None
    successor = registry.tenant(tenant_id=tenant.successor_id).name if tenant.successor_id else ""
    return TenantPage(
        line=line_of(tenant, today),
        names=[_name_line(each) for each in names.changes(tenant_id=tenant_id)],
        closing=closing,
        kind=KIND_NAMES[ClosingKind(closing.kind)] if closing is not None else "",
        successor=successor,
        custodian=f"{kept_by[1].name}（{kept_by[1].login}）" if kept_by is not None else "",
        lacks_custodian=is_over and not usable,
        withdrawable=closing is not None and not is_over and closing.effective_from > today,
        arrivals=arrivals,
        first_heads=invited,
        classic_boxes=classic,
    )


def institution(*, tenant_id: UUID) -> Tenant:
    """A school or preschool. Raises `NotFound`."""
    tenant = registry.tenant(tenant_id=tenant_id)
    if tenant.kind == TenantKind.BUREAU:
        raise NotFound
    return tenant


def still_open(*, tenant_id: UUID) -> list[OpenItem]:
    """What a closing would leave open, counted."""
    with bound(db.session, Binding(tenant_id=tenant_id)):
        return open_items.open_items(tenant_id=tenant_id, today=clock.today(), now=clock.now())


def possible_successors(*, tenant_id: UUID) -> list[Tenant]:
    """Every other institution that is open and not about to close."""
    return [each for each in registry.directory() if each.id != tenant_id and each.closed_from is None]


def districts() -> list[str]:
    """The districts that institutions lie in."""
    return sorted({each.district for each in registry.directory() if each.district})


def _classic_boxes(tenant_id: UUID) -> list[str]:
    sites = {site.id: site for site in registry.sites(tenant_id=tenant_id)}
    devices = device_queries.devices(tenant_id=tenant_id)
    return [boxes.called(device, sites[device.site_id]) for device in devices if boxes.keeps_classic(device)]


def _first_head(head: User, invitation: AccountInvitation) -> FirstHead:
    now = clock.now()
    found = standing(invitation, now=now)
    refused = (unreachable(head), invitations.not_renewable(invitation, now=now))
    return FirstHead(
        head=head,
        invitation=invitation,
        badge=_STANDING_BADGES[found],
        words=STANDING_NAMES[found],
        renewable=refused == (None, None),
        refused=found is Standing.REFUSED,
    )


def _name_line(change: InstitutionName) -> NameLine:
    if change.withdrawn_at is not None:
        badge, state = "info", "已撤回"
    elif change.begun_at is None:
        badge, state = "warn", "尚未生效"
    else:
        badge, state = "good", "已生效"
    waits = change.withdrawn_at is None and change.begun_at is None
    return NameLine(change=change, badge=badge, state=state, withdrawable=waits)


def _names(tenant: Tenant, former: Mapping[UUID, str]) -> str:
    return f"{tenant.name} {tenant.short_name} {tenant.code} {tenant.district} {former.get(tenant.id, '')}"

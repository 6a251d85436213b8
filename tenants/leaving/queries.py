"""What somebody still holds at the institution to which the session is bound, and who leaves it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.disclosures import queries as disclosures
from tenants.disclosures.insider.panel import queries as panels
from tenants.disclosures.viewing.models import ViewingSession, ViewingState
from tenants.leaving.models import Departure
from tenants.leaving.rules import Holding, HoldingKind
from tenants.misuse import secrecy
from tenants.people import deputy_queries
from tenants.people import queries as people
from tenants.people.designations import queries as designations
from tenants.people.designations.models import Kind
from tenants.people.models import Deputy, User
from tenants.people.undertakings import queries as undertakings
from tenants.people.undertakings.models import Occasion, Undertaking
from tenants.permissions import DESIGNATED_ROLES, ROLE_NAMES, Role
from tenants.retention import queries as retention
from tenants.roc_dates import format_date
from tenants.upkeep.faults import queries as faults
from tenants.upkeep.property import queries as assets

# Whose duty the institution's open cases and holds are, so that whoever follows must know of them.
_LEADS = frozenset({Role.HEAD, Role.HANDLER})


@dataclass(frozen=True, kw_only=True)
class Line:
    """A departure with the name of who leaves."""

    departure: Departure
    name: str


def roles_of(*, tenant_id: UUID, user_id: UUID) -> list[Role]:
    """What the person holds here now."""
    return [Role(held.role) for held, user in people.staff(tenant_id=tenant_id) if user.id == user_id]


def held_by(*, tenant_id: UUID, user_id: UUID, actor: Actor) -> list[Holding]:
    """Everything that the person still holds, each with what becomes of it, as far as `actor` may know of it."""
    return [each for read in _READERS for each in read(tenant_id, user_id, actor)]


def is_bound(found: Departure) -> bool:
    """Whether who leaves ever had duties here, and so owes a signature at leaving."""
    bound = people.ever(tenant_id=found.tenant_id, roles=DESIGNATED_ROLES)
    return found.user_id in {user.id for user in bound}


def signature(found: Departure) -> Undertaking | None:
    """The signature that was given for this departure."""
    signed = undertakings.undertakings(tenant_id=found.tenant_id)
    given = [
        each
        for each in signed
        if (each.user_id, each.occasion) == (found.user_id, Occasion.LEAVING) and each.noted_at >= found.opened_at
    ]
    return given[-1] if given else None


def departures(*, tenant_id: UUID, open_only: bool = False) -> list[Line]:
    """Who leaves or left, the latest day first; withdrawn ones are not told."""
    query = (
        select(Departure, User.name)
        .join(User, User.id == Departure.user_id)
        .where(Departure.tenant_id == tenant_id, Departure.withdrawn_at.is_(None))
        .order_by(Departure.gone_on.desc(), User.name)
    )
    if open_only:
        query = query.where(Departure.settled_at.is_(None))
    return [Line(departure=found, name=name) for found, name in db.session.execute(query)]


def departure(*, tenant_id: UUID, departure_id: UUID, locked: bool = False) -> Departure | None:
    """One, for a change taken for this transaction."""
    query = select(Departure).where(Departure.tenant_id == tenant_id, Departure.id == departure_id)
    query = query.with_for_update() if locked else query
    return db.session.scalar(query, execution_options={"populate_existing": True})


def open_of(*, tenant_id: UUID, user_id: UUID) -> Departure | None:
    """The person's departure that is neither settled nor taken back."""
    query = select(Departure).where(
        Departure.tenant_id == tenant_id,
        Departure.user_id == user_id,
        Departure.settled_at.is_(None),
        Departure.withdrawn_at.is_(None),
    )
    return db.session.scalar(query)


def due(*, tenant_id: UUID) -> list[Departure]:
    """Whose day has come and whose account the service has not looked at since."""
    query = select(Departure).where(
        Departure.tenant_id == tenant_id,
        Departure.gone_on <= clock.today(),
        Departure.carried_out_at.is_(None),
        Departure.withdrawn_at.is_(None),
    )
    return list(db.session.scalars(query))


def is_due(*, tenant_id: UUID) -> bool:
    """Whether somebody's day has come whose account was not looked at since, for the sweep."""
    return bool(due(tenant_id=tenant_id))


def _roles(tenant_id: UUID, user_id: UUID, _actor: Actor) -> Iterator[Holding]:
    for held, user in people.staff(tenant_id=tenant_id):
        if user.id == user_id:
            day = f"{format_date(held.ends_on)} 00:00 結束" if held.ends_on else "於生效日 00:00 結束"
            yield Holding(kind=HoldingKind.ROLE, words=f"角色「{ROLE_NAMES[Role(held.role)]}」", then=day, blocks=True)


def _designation(tenant_id: UUID, user_id: UUID, _actor: Actor) -> Iterator[Holding]:
    found = designations.on_day(tenant_id=tenant_id, day=clock.today())
    if found is not None and found.contact_id == user_id:
        words = f"{found.office}的聯絡人" if found.kind == Kind.OFFICE else "指派的專人"
        then = f"{format_date(found.until_on)}起由接任者負責" if found.until_on else "須指派接任人員"
        yield Holding(kind=HoldingKind.DESIGNATION, words=words, then=then, blocks=True)


def _deputies(tenant_id: UUID, user_id: UUID, _actor: Actor) -> Iterator[Holding]:
    for each in deputy_queries.living(tenant_id=tenant_id, user_id=user_id, today=clock.today()):
        words = f"代理「{ROLE_NAMES[Role(each.role)]}」至{format_date(each.ends_on)}"
        yield Holding(kind=HoldingKind.DEPUTY, words=words, then="隨角色結束失效")
    query = select(Deputy).where(
        Deputy.tenant_id == tenant_id,
        Deputy.principal_id == user_id,
        Deputy.revoked_at.is_(None),
        Deputy.ends_on >= clock.today(),
    )
    for each in db.session.scalars(query):
        words = f"由他人代理其「{ROLE_NAMES[Role(each.role)]}」至{format_date(each.ends_on)}"
        yield Holding(kind=HoldingKind.DEPUTY, words=words, then="隨角色結束失效")


def _cases(tenant_id: UUID, user_id: UUID, actor: Actor) -> Iterator[Holding]:
    if not _LEADS & set(roles_of(tenant_id=tenant_id, user_id=user_id)):
        return
    count = disclosures.open_count(tenant_id=tenant_id)
    if count:
        yield Holding(kind=HoldingKind.CASES, words=f"進行中的調閱案件 {count} 件", then="由接任者續辦，期限不變")
    hidden = secrecy.withheld(tenant_id=tenant_id, actor=actor)
    kept = sum(each.id not in hidden for each in retention.holds(tenant_id=tenant_id, open_only=True))
    if kept:
        yield Holding(kind=HoldingKind.HOLDS, words=f"生效中的保全 {kept} 件", then="由接任者續辦，影像照常保存")


def _viewings(tenant_id: UUID, user_id: UUID, _actor: Actor) -> Iterator[Holding]:
    query = select(func.count()).where(
        ViewingSession.tenant_id == tenant_id,
        ViewingSession.state != ViewingState.ENDED,
        or_(ViewingSession.operator_id == user_id, ViewingSession.companion_id == user_id),
    )
    count = db.session.scalar(query)
    if count:
        words = f"尚未結束的調閱場次 {count} 場（操作或陪同）"
        yield Holding(kind=HoldingKind.VIEWING, words=words, then="權限結束時播放立即中斷，請結束場次", blocks=True)


def _panels(tenant_id: UUID, user_id: UUID, _actor: Actor) -> Iterator[Holding]:
    count = len(panels.seats_of(tenant_id=tenant_id, user_id=user_id))
    if count:
        words = f"專案小組席次 {count} 場"
        yield Holding(kind=HoldingKind.PANEL, words=words, then="請由召集人改派其他成員")


def _faults(tenant_id: UUID, user_id: UUID, _actor: Actor) -> Iterator[Holding]:
    if not _LEADS & set(roles_of(tenant_id=tenant_id, user_id=user_id)):
        return
    count = len(faults.faults(tenant_id=tenant_id))
    if count:
        yield Holding(kind=HoldingKind.FAULTS, words=f"未結案的故障 {count} 件", then="由接任者續辦，時限不變")


def _assets(tenant_id: UUID, user_id: UUID, _actor: Actor) -> Iterator[Holding]:
    count = len(assets.held_by(tenant_id=tenant_id, user_id=user_id))
    if count:
        words = f"保管中的設備 {count} 件"
        yield Holding(kind=HoldingKind.ASSETS, words=words, then="請在財產清冊移交給接任的保管人")


# Each room whose rows somebody may hold has its reader here.
_READERS: Sequence[Callable[[UUID, UUID, Actor], Iterator[Holding]]] = (
    _designation,
    _roles,
    _deputies,
    _cases,
    _viewings,
    _panels,
    _faults,
    _assets,
)

"""People, the roles they hold, and agencies. Every made-up person has the same password, hashed once."""

from datetime import timedelta
from functools import lru_cache
from uuid import UUID, uuid4

from argon2 import PasswordHasher

from infra import age, clock
from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.actor import Actor, ActorKind, system
from tenants.audit import actions as audit
from tenants.people.models import Deputy, Membership, User
from tenants.permissions import Acting, Role
from tenants.registry.agency_keys.models import AgencyKey
from tenants.registry.models import Agency, Tenant

PASSWORD = "向陽的風 morning light 115"
PIN = "482915"


@lru_cache(maxsize=8)
def _hash(secret: str = PASSWORD) -> str:
    # Weak on purpose: what is made here is many accounts, not the strength of a hash.
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(secret)


def person(login: str = "", *, name: str = "林怡君", title: str = "組長") -> UUID:
    """Make and commit an account without any role."""
    user = User(id=uuid4(), login=login or f"person-{uuid4().hex[:12]}", name=name, title=title, password_hash=_hash())
    db.session.add(user)
    db.session.commit()
    return user.id


def acting(user_id: UUID, *roles: Role) -> Actor:
    """A person as one who acts in these roles, without any membership."""
    name = db.session.get_one(User, user_id).name
    return Actor(kind=ActorKind.PERSON, id=user_id, name=name, roles=frozenset(roles))


def pin(user_id: UUID, digits: str = PIN) -> None:
    """Give a person a PIN, without the password that setting one asks for."""
    user = db.session.get_one(User, user_id)
    user.pin_hash = _hash(digits)
    db.session.commit()


def membership(user_id: UUID, role: Role, *, tenant_id: UUID | None = None, agency_id: UUID | None = None) -> UUID:
    """Give a person a role at one institution or in one agency, from now on."""
    held = binding_of(db.session)
    bind(db.session, Binding(tenant_id=tenant_id, agency_id=agency_id))
    membership_id = uuid4()
    granted = Membership(
        id=membership_id,
        user_id=user_id,
        tenant_id=tenant_id,
        agency_id=agency_id,
        role=role,
        unit="",
        granted_at=clock.now(),
    )
    db.session.add(granted)
    db.session.commit()
    bind(db.session, held)
    return membership_id


def deputy(
    tenant_id: UUID,
    *,
    principal_id: UUID,
    user_id: UUID,
    role: Role = Role.HEAD,
    acting: Acting = Acting.DEPUTY,
    days: tuple[int, int] = (0, 7),
) -> UUID:
    """Let somebody act in another's office, from so many days after today through so many."""
    held, deputy_id = binding_of(db.session), uuid4()
    bind(db.session, Binding(tenant_id=tenant_id))
    made = Deputy(id=deputy_id, tenant_id=tenant_id, principal_id=principal_id, user_id=user_id, role=role)
    made.acting, made.reason, made.made_at, made.made_by = acting, "公差", clock.now(), principal_id
    made.starts_on, made.ends_on = (clock.today() + timedelta(days=count) for count in days)
    db.session.add(made)
    db.session.commit()
    bind(db.session, held)
    return deputy_id


def agency(name: str = "守園市政府警察局向陽分局", *, kind: str = "police", verified: bool = True) -> UUID:
    """Make and commit an agency; a verified one may file."""
    by = person() if verified else None
    made = Agency(
        id=uuid4(),
        name=name,
        folded_name=name.replace("臺", "台"),
        code="A00000000X",
        kind=kind,
        contact="07-0000000",
        verified_at=clock.now() if by else None,
        verified_by=by,
    )
    db.session.add(made)
    db.session.commit()
    return made.id


def agency_key(agency_id: UUID, *, recipient: str = "", confirmed: bool = True) -> UUID:
    """Make and commit a public key of an agency, in use unless it still waits to be confirmed."""
    held, key_id = binding_of(db.session), uuid4()
    officer, confirmer = person(), person()
    bind(db.session, Binding(agency_id=agency_id))
    key = AgencyKey(id=key_id, agency_id=agency_id, recipient=recipient or age.new_identity(age.Kind.CLASSIC).recipient)
    key.registered_at, key.registered_by = clock.now(), officer
    if confirmed:
        key.confirmed_at, key.confirmed_by = clock.now(), confirmer
    db.session.add(key)
    db.session.commit()
    bind(db.session, held)
    return key_id


def head(tenant_id: UUID, login: str = "head") -> UUID:
    """The head of an institution."""
    return _member(login, "王園長", Role.HEAD, tenant_id)


def handler(tenant_id: UUID, login: str = "handler") -> UUID:
    """The designated handler of an institution."""
    return _member(login, "林組長", Role.HANDLER, tenant_id)


def guard(tenant_id: UUID, login: str = "guard") -> UUID:
    """The guard of an institution."""
    return _member(login, "陳警衛", Role.GUARD, tenant_id)


def staff(tenant_id: UUID, login: str = "staff") -> UUID:
    """A teacher or clerk of an institution."""
    return _member(login, "張老師", Role.STAFF, tenant_id)


def bureau() -> UUID:
    """The education bureau's own row with its chain: the one that is there, or a new one."""
    found = db.session.scalar(db.select(Tenant.id).where(Tenant.kind == "bureau"))
    if found is not None:
        return found
    held, tenant_id = binding_of(db.session), uuid4()
    bind(db.session, Binding(tenant_id=tenant_id))
    made = Tenant(id=tenant_id, code="BUREAU", kind="bureau", name="守園市政府教育局", short_name="教育局")
    made.district, made.ownership, made.supervising_authority = "", "public", "直轄市"
    db.session.add(made)
    db.session.flush()
    audit.start_chain(tenant_id=tenant_id, code="BUREAU", actor=system("factory"))
    db.session.commit()
    bind(db.session, held)
    return tenant_id


def bureau_officer(login: str = "bureau") -> UUID:
    """A compliance officer of the bureau."""
    return _member(login, "趙承辦", Role.BUREAU_OFFICER, bureau())


def operator(login: str = "operator") -> UUID:
    """The platform's operator."""
    return _member(login, "周工程師", Role.OPERATOR, bureau())


def auditor(login: str = "auditor") -> UUID:
    """An auditor of the bureau."""
    return _member(login, "吳專員", Role.AUDITOR, bureau())


def agency_officer(agency_id: UUID | None = None, login: str = "officer") -> UUID:
    """An officer of an agency, of a new one when none is given."""
    user_id = person(login, name="李偵查佐", title="偵查佐")
    membership(user_id, Role.AGENCY_OFFICER, agency_id=agency_id or agency())
    return user_id


def _member(login: str, name: str, role: Role, tenant_id: UUID) -> UUID:
    user_id = person(login, name=name)
    membership(user_id, role, tenant_id=tenant_id)
    return user_id

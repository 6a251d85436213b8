"""Whose browser this is: the institution of the address, and the visit that the cookie names there.

The cookie holds ids only, is signed, and ends with the browser; address and answers lie in the visit's row. A browser
that proved an address at one institution has proved nothing at another.
"""

from http import HTTPStatus
from uuid import UUID

from flask import current_app, g, redirect, request, session, url_for
from werkzeug.exceptions import abort

from infra.db import db
from infra.lookup_keys import LookupSecret, read_lookup_secret
from infra.settings import Settings
from infra.tenancy import bind_tenant
from tenants.actor import Actor, ActorKind
from tenants.disclosures.applying import queries
from tenants.disclosures.applying.models import Visit
from tenants.errors import NotFound
from tenants.permissions import Role
from tenants.registry import queries as registry
from tenants.registry.models import Tenant, TenantKind

_VISITS, _BEFORE, _NEXT = "visits", "visits_before", "apply_next"
# Somebody has children at two schools; a cookie that grows without end is refused by browsers.
_MOST_KEPT = 4
_LOOKUP = "lookup_secret"


def institution(code: str) -> Tenant:
    """The institution of an address, to which the session is bound from now on. Raises `NotFound`."""
    found = registry.tenant_by_code(code=code)
    if found is None or found.kind == TenantKind.BUREAU:
        raise NotFound
    bind_tenant(db.session, found.id)
    return found


def applicant(code: str) -> Actor:
    """The actor of a request by somebody who proved an address here; anybody else is sent to prove one."""
    tenant = institution(code)
    visit_id = noted(tenant.id)
    found = queries.proved_visit(tenant_id=tenant.id, visit_id=visit_id) if visit_id is not None else None
    if found is None:
        session[_NEXT] = "follow" if "/follow" in request.path else "steps"
        abort(redirect(url_for("applying.proving.ask", code=tenant.code), HTTPStatus.SEE_OTHER))
    g.visit, g.institution = found, tenant
    return stranger(roles=frozenset({Role.APPLICANT}))


def stranger(*, roles: frozenset[Role] = frozenset()) -> Actor:
    """Whoever sits before this browser, without any right until an address is proved."""
    return Actor(
        kind=ActorKind.APPLICANT,
        name="申請人",
        roles=roles,
        address=request.remote_addr or "",
        client=request.user_agent.string,
    )


def visit() -> Visit:
    """The visit of this request. Only in views for applicants."""
    held = g.visit
    assert isinstance(held, Visit)  # noqa: S101 - set by `applicant`
    return held


def here() -> Tenant:
    """The institution of this request. Only in views for applicants."""
    held = g.institution
    assert isinstance(held, Tenant)  # noqa: S101 - as above
    return held


def note(tenant_id: UUID, visit_id: UUID) -> None:
    """Let this browser's cookie name a visit, in place of the one before."""
    earlier = noted(tenant_id)
    known = queries.visit(tenant_id=tenant_id, visit_id=earlier) if earlier is not None else None
    if known is not None and known.proved_at is not None:
        session[_BEFORE] = {str(tenant_id): str(earlier)}
    others = {key: value for key, value in session.get(_VISITS, {}).items() if key != str(tenant_id)}
    kept = list(others.items())[1 - _MOST_KEPT :]
    session[_VISITS] = dict(kept) | {str(tenant_id): str(visit_id)}


def before(tenant_id: UUID) -> UUID | None:
    """The visit that this browser had at an institution before it asked for another code."""
    held = session.get(_BEFORE, {}).get(str(tenant_id))
    return UUID(held) if held is not None else None


def noted(tenant_id: UUID) -> UUID | None:
    """The visit that the cookie names at an institution; it may be over, or none at all."""
    held = session.get(_VISITS, {}).get(str(tenant_id))
    return UUID(held) if held is not None else None


def drop(tenant_id: UUID) -> None:
    """Let the cookie forget an institution."""
    session[_VISITS] = {key: value for key, value in session.get(_VISITS, {}).items() if key != str(tenant_id)}


def goes_on_with(default: str = "steps") -> str:
    """What the person wanted before an address had to be proved: `steps` or `follow`."""
    return str(session.get(_NEXT, default))


def wants(what: str) -> None:
    """Remember what comes after the proof."""
    session[_NEXT] = what


def lookup_secret() -> LookupSecret:
    """What identity numbers and addresses are found by; read once. Raises `UnusableLookupKey`."""
    held = current_app.extensions.get(_LOOKUP)
    if held is None:
        settings: Settings = current_app.config["SETTINGS"]
        assert settings.lookup_key_file is not None  # noqa: S101 - `Settings.from_env` refuses a web process without one
        held = current_app.extensions[_LOOKUP] = read_lookup_secret(settings.lookup_key_file)
    assert isinstance(held, LookupSecret)  # noqa: S101 - just read
    return held

"""Signed-in person or device key -> Actor; binds the database session before any view runs.

The order matters: first the person alone is bound, which opens only their own memberships; then the place of the URL;
and what is not there is not there for anybody, before anybody is told that they may not (DR-08).
"""

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from werkzeug.exceptions import Unauthorized

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants import presence
from tenants.actor import Actor, ActorKind
from tenants.emergency import actions as emergency
from tenants.emergency import queries as emergencies
from tenants.errors import NotAllowed, NotFound
from tenants.people import deputy_queries as deputies
from tenants.people import queries as people
from tenants.permissions import BUREAU_ROLES, Acting, Permission, Role
from tenants.registry import queries as registry
from webapp.access import Access, Place, access_of
from webapp.first_pages import first_page
from webapp.ingest.proof import device_actor
from webapp.public.applying import visiting

_LOOKING = frozenset({"GET", "HEAD"})


def init_app(app: Flask) -> None:
    """Identify the caller of every request, and commit what a successful view did before the answer leaves."""
    app.before_request(_identify)
    app.after_request(_commit)


def actor() -> Actor:
    """Who makes this request. Only in views that are not public."""
    held = g.actor
    assert isinstance(held, Actor)  # noqa: S101 - set by `_identify` for every route that is not public
    return held


def acting_agency() -> UUID:
    """The agency for which this request is made. Only in views at `Place.AGENCY`, which answers 404 to all others."""
    held = actor().agency_id
    assert held is not None  # noqa: S101 - see above
    return held


def keep_changes() -> None:
    """Commit although the answer is a refusal: for what a refusal must leave behind, such as a failed sign-in."""
    g.keep_changes = True


def _identify() -> None:
    if request.endpoint is None:
        return
    access = access_of(current_app, request.endpoint)
    if access.public:
        return
    if access.place is Place.DEVICE:
        g.actor = device_actor(request)
        return
    if access.place is Place.APPLICANT:
        g.actor = visiting.applicant(str((request.view_args or {})["code"]))
        return
    if not current_user.is_authenticated:
        raise Unauthorized
    bind(db.session, Binding(user_id=current_user.id))
    named = request.view_args or {}
    g.actor = _person(access, named.get("tenant_id"))
    if access.permission is None:
        return
    if access.place is Place.INSTITUTION and not g.actor.may(access.permission):
        ids = {name: value for name, value in named.items() if name.endswith("_id") and name != "tenant_id"}
        presence.check(tenant_id=named["tenant_id"], ids=ids)
    _require(access.permission, g.actor)


def _require(permission: Permission, caller: Actor) -> None:
    """As `Actor.require`; who works at the bureau has no head to ask, and is told which page is theirs."""
    first = first_page(caller.roles)
    if first is None or caller.may(permission):
        caller.require(permission)
        return
    raise NotAllowed(f"您的帳號沒有「{permission.meaning}」的權限。您的工作從「{first[0]}」開始，可由下方進入。")


def _person(access: Access, tenant_id: UUID | None) -> Actor:
    held = people.memberships_of(user_id=current_user.id)
    if access.place is Place.INSTITUTION and tenant_id is not None:
        roles = frozenset(Role(m.role) for m in held if m.tenant_id == tenant_id)
        at_bureau = any(m.role in BUREAU_ROLES for m in held)
        if not roles and not (at_bureau and registry.tenant_exists(tenant_id=tenant_id)):
            raise NotFound
        bind(db.session, Binding(user_id=current_user.id, tenant_id=tenant_id))
        if not roles:  # the bureau reaches no institution's pages; the attempt is the institution's to know (KH-1-3)
            g.actor = _actor(frozenset(Role(m.role) for m in held))
            lent = _in_an_emergency(access, tenant_id, g.actor)
            if lent is not None:
                return lent
            raise NotAllowed("教育局僅能查看合規情形，不能進入機構的頁面或影像。如需調閱，請以公文向該機構申請。")
        return _actor(roles, acting=_acting(tenant_id, roles))
    if access.place is Place.BUREAU:
        bureau = [m for m in held if m.role in BUREAU_ROLES]
        if not bureau:
            raise NotFound
        bind(db.session, Binding(user_id=current_user.id, tenant_id=bureau[0].tenant_id))
        return _actor(frozenset(Role(m.role) for m in bureau))
    if access.place is Place.AGENCY:
        agency_id = next((m.agency_id for m in held if m.agency_id is not None), None)
        if agency_id is None or (tenant_id is not None and not registry.tenant_exists(tenant_id=tenant_id)):
            raise NotFound
        bind(db.session, Binding(user_id=current_user.id, agency_id=agency_id, tenant_id=tenant_id))
        return _actor(frozenset({Role.AGENCY_OFFICER}), agency_id=agency_id)
    return _actor(frozenset())


def _in_an_emergency(access: Access, tenant_id: UUID, caller: Actor) -> Actor | None:
    """Who asked for an open emergency access, for a page to read within its scope; each look is in the chain (DR-15).

    They bring no role of theirs along: what the bureau's own roles may is asked at the bureau, and not here.
    """
    if request.method not in _LOOKING or access.permission is None or Role.OPERATOR not in caller.roles:
        return None
    found = emergencies.lent(tenant_id=tenant_id, user_id=current_user.id)
    if found is None or access.permission not in found.permissions:
        return None
    made = replace(caller, roles=frozenset(), lent=found.permissions, under=found.serial)
    emergency.use(
        actor=made,
        tenant_id=tenant_id,
        access_id=found.access_id,
        permission=access.permission,
        route=str(request.url_rule),
    )
    return made


def _acting(tenant_id: UUID, roles: frozenset[Role]) -> dict[Role, Acting]:
    """In which offices the person stands in for another today: asked at each request, so that it ends with its day."""
    found = deputies.acting_for(tenant_id=tenant_id, user_id=current_user.id, today=clock.today())
    return {role: how for role, how in found.items() if role not in roles}


def _actor(roles: frozenset[Role], *, agency_id: UUID | None = None, acting: dict[Role, Acting] | None = None) -> Actor:
    return Actor(
        kind=ActorKind.PERSON,
        id=current_user.id,
        name=current_user.name,
        roles=roles,
        acting=acting or {},
        agency_id=agency_id,
        address=request.remote_addr or "",
        client=request.user_agent.string,
    )


def _commit(response: Response) -> Response:
    # A page that shows a refusal (4xx) must leave nothing behind, also when its view caught the domain error itself.
    if response.status_code < HTTPStatus.BAD_REQUEST or g.get("keep_changes"):
        db.session.commit()
    else:
        db.session.rollback()
    return response

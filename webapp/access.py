"""Who may reach a route is declared at the route, and a route that declares nothing stops the app from starting."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

from tenants.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "shouyuan_access"


class Place(StrEnum):
    """Where the caller's roles must be held, and so to whom the database session is bound."""

    ANYWHERE = "anywhere"
    INSTITUTION = "institution"
    BUREAU = "bureau"
    AGENCY = "agency"
    APPLICANT = "applicant"
    DEVICE = "device"


@dataclass(frozen=True)
class Access:
    """What a route declared. `permission` is None for public, signed-in-only and device routes."""

    place: Place
    permission: Permission | None = None
    public: bool = False


def requires(permission: Permission, *, place: Place = Place.INSTITUTION) -> Callable[[View], View]:
    """The caller holds a role that is granted `permission` at `place`.

    For `INSTITUTION` the URL carries `<uuid:tenant_id>`; the caller who holds no role there is answered 404. For
    `APPLICANT` it carries the institution's `<code>`; who proved no address there is sent to prove one.
    """
    return _declare(Access(place, permission))


def signed_in(view: View) -> View:
    """Any person who signed in, acting for nobody but themselves."""
    return _declare(Access(Place.ANYWHERE))(view)


def public(view: View) -> View:
    """Everybody. The session stays unbound and sees no institution's rows."""
    return _declare(Access(Place.ANYWHERE, public=True))(view)


def device(view: View) -> View:
    """An enrolled, unrevoked edge device whose proof covers this very request."""
    return _declare(Access(Place.DEVICE))(view)


def access_of(app: Flask, endpoint: str) -> Access:
    """What the endpoint's view declared. Raises `LookupError` when it declared nothing."""
    access = _declared(app, endpoint)
    if access is None:
        raise LookupError(endpoint)
    return access


def check_every_route(app: Flask) -> None:
    """Raise `LookupError` naming every route that declares no access, so that the app does not start."""
    silent = [str(rule) for rule in app.url_map.iter_rules() if _declared(app, rule.endpoint) is None]
    if silent:
        raise LookupError(f"declare @requires(Permission.X), @signed_in, @device or @public on: {', '.join(silent)}")


def _declared(app: Flask, endpoint: str) -> Access | None:
    declared: Access | None = getattr(app.view_functions[endpoint], _ATTRIBUTE, None)
    return declared


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, access)
        return view

    return mark

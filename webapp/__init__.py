"""HTTP in, HTTP out. No SQL, no object store, no business rule."""

from flask import Flask

from infra.objects import S3Objects
from infra.settings import Process, Settings
from webapp import health
from webapp.access import check_every_route
from webapp.account.notices import account_notices
from webapp.account.routes import account
from webapp.agency.routes import agency
from webapp.bureau.routes import bureau
from webapp.ingest.routes import ingest
from webapp.public.applying.routes import applying
from webapp.public.calendars import calendars
from webapp.public.fault_reports import fault_reports
from webapp.public.invitations import invitations
from webapp.public.panel.routes import panel_door
from webapp.public.routes import public_pages
from webapp.school.routes import school
from webapp.shell import create_shell, csrf

BLUEPRINTS = (
    account,
    account_notices,
    agency,
    applying,
    bureau,
    calendars,
    fault_reports,
    health.health,
    ingest,
    invitations,
    panel_door,
    public_pages,
    school,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The `web` process: pages and JSON. Does not start when a route declares no access, or without row security."""
    settings = settings or Settings.from_env(Process.WEB)
    app = create_shell(settings)
    assert settings.store is not None  # noqa: S101 - `Settings.from_env` refuses a web process without one
    app.extensions["store"] = S3Objects(settings.store)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    csrf.exempt(ingest)  # a device signs each request; it has no cookie that a foreign page could use
    check_every_route(app)
    health.refuse_without_row_security(app)
    return app

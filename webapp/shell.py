"""What `web` and `media` have in common: cookies, templates, assets, sign-in, identity, errors, headers, CSRF."""

from datetime import timedelta
from uuid import uuid4

import structlog
from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from infra import logs
from infra.baseapp import create_base_app
from infra.settings import Settings
from webapp import assets, errors, filters, headers, identify, metrics, signin

csrf = CSRFProtect()
_MEGABYTE = 1024 * 1024
MAX_BODY_BYTES = 32 * _MEGABYTE  # a scanned letter may have 20 MB; footage never passes through here


def create_shell(settings: Settings) -> Flask:
    """An app without routes of its own that knows its callers and answers every error with a page or a problem."""
    logs.configure(process=settings.process)
    app = create_base_app(settings, import_name="webapp")
    # One proxy stands in front, and only it can reach us (loopback): the audit names the caller's address, not its own.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]  # as Werkzeug documents
    app.template_folder = "templates"
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-shouyuan" if settings.is_https else "shouyuan",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=signin.ABSOLUTE_SECONDS),
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        WTF_CSRF_TIME_LIMIT=signin.ABSOLUTE_SECONDS,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.before_request(_bind_log)
    signin.init_app(app)
    identify.init_app(app)  # before CSRF: whoever may not reach a form learns nothing about it
    csrf.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    metrics.init_app(app)
    assets.init_app(app)
    filters.init_app(app)
    return app


def _bind_log() -> None:
    # The number is what an error page shows, so that somebody on the telephone can name the line in the log.
    structlog.contextvars.bind_contextvars(request_id=uuid4().hex[:12])

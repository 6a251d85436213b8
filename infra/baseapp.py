"""The Flask app that every process of ours starts from: settings, database, queue. No routes."""

from flask import Flask

from infra import queues
from infra.db import db
from infra.settings import Settings


def create_base_app(settings: Settings, *, import_name: str = "infra") -> Flask:
    """An app with the database and queue of `settings`; web, media and workers add what is theirs."""
    app = Flask(import_name, static_folder=None, template_folder=None)
    app.config.update(
        SETTINGS=settings,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # Prepared when asked the second time: a job's child is gone before the driver's own five.
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, "connect_args": {"prepare_threshold": 1}},
        SQLALCHEMY_BINDS={"bureau": settings.bureau_database_url} if settings.bureau_database_url else {},
    )
    db.init_app(app)
    if settings.redis_url:
        queues.configure(settings.redis_url)
    return app

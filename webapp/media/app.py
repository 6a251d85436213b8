"""The `media` process: an app of its own, since it alone of those that face people holds the master key."""

from flask import Flask

from infra.objects import S3Objects
from infra.settings import Process, Settings
from webapp.access import check_every_route
from webapp.health import refuse_without_row_security
from webapp.media.handing import handing
from webapp.media.health import health
from webapp.media.letters import letters
from webapp.media.papers import papers
from webapp.media.passphrases import passphrases
from webapp.media.playback import playback
from webapp.media.retained import retained
from webapp.media.rights import rights
from webapp.media.taking import taking
from webapp.media.viewings import viewings
from webapp.shell import create_shell

BLUEPRINTS = (handing, health, letters, papers, passphrases, playback, retained, rights, taking, viewings)


def create_media_app(settings: Settings | None = None) -> Flask:
    """The `media` process. Does not start when a route declares no access, or without row security."""
    settings = settings or Settings.from_env(Process.MEDIA)
    app = create_shell(settings)
    assert settings.store is not None  # noqa: S101 - `Settings.from_env` refuses a media process without one
    app.extensions["store"] = S3Objects(settings.store)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    check_every_route(app)
    refuse_without_row_security(app)
    return app

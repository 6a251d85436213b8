"""`flask --app workers.app <command>`: what an operator runs, as the worker and in its environment.

The commands need what only the worker holds: the right to set the bucket's rules, to list `ledger/`, and to see each
institution's rows by binding to it. The web process has none of that, so they are not its commands.
"""

from flask import Flask

from workers.commands.audit import audit
from workers.commands.footage import footage
from workers.commands.keys import keys
from workers.commands.mail import mail
from workers.commands.platform import platform
from workers.commands.retention import retention
from workers.commands.storage import storage
from workers.context import worker_app


def create_app() -> Flask:
    """The worker's app with its commands."""
    app = worker_app()
    for group in (audit, footage, keys, mail, platform, retention, storage):
        app.cli.add_command(group)
    return app

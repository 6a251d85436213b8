"""`python -m tests.benchmarks.edge.founding CAMERAS`: one institution with so many cameras, and a code to enrol with.

Runs once as the worker, whose environment it is given.
"""

import json
import sys
from uuid import uuid4

from sqlalchemy import update

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.permissions import Role
from tenants.registry import devices
from tenants.registry.models import Camera
from tests.factories import people
from tests.factories.registry import institution
from workers import footage_jobs
from workers.context import worker_app


def main() -> None:
    """Found, commit, print."""
    with worker_app().app_context():
        people.bureau()
        codes = tuple(f"C-{number:02}" for number in range(int(sys.argv[1])))
        found = institution(cameras=codes)
        bind(db.session, Binding(tenant_id=found.tenant_id))
        # With sound, as the peers record them.
        db.session.execute(update(Camera).where(Camera.tenant_id == found.tenant_id).values(audio=True))
        footage_jobs.make_keys(tenant_id=str(found.tenant_id))
        head = Actor(kind=ActorKind.PERSON, id=uuid4(), roles=frozenset({Role.HEAD}))
        token = devices.issue_token(actor=head, tenant_id=found.tenant_id, site_id=found.site_id, now=clock.now())
        db.session.commit()
        cameras = [str(found.cameras[code]) for code in codes]
        sys.stdout.write(json.dumps({"token": token, "cameras": cameras}))


if __name__ == "__main__":
    main()

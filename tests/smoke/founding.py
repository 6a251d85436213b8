"""`python -m tests.smoke.founding`: the sample city's institutions and people, and nothing recorded; ids as JSON.

Runs once as the worker, whose environment it is given. The password comes over standard input.
"""

import json
import sys

from infra.db import db
from workers.context import worker_app
from workers.sample_city.founding import found


def main() -> None:
    """Found, commit, print."""
    with worker_app().app_context():
        city = found(sys.stdin.readline().strip())
        db.session.commit()
        tenants = {code: str(tenant_id) for code, tenant_id in city.tenants.items()}
        sys.stdout.write(json.dumps(tenants))


if __name__ == "__main__":
    main()

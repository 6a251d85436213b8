"""`python -m infra.stack.migrations check | new NAME`: the models against the migrations, on a private database."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from infra.stack.postgres import Postgres
from infra.stack.processes import temporary_folder

_ROOT = Path(__file__).parents[2]


def main() -> None:
    """`check` ends with an error when a model has no migration; `new` writes the next numbered one."""
    config = Config(_ROOT / "alembic.ini")
    with _private_database():
        command.upgrade(config, "head")
        if sys.argv[1] == "check":
            command.check(config)
            return
        name = sys.argv[2]
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise SystemExit("a migration's name is lower_snake_case, as in: make migration name=camera_zones")
        number = f"{int(ScriptDirectory.from_config(config).get_current_head() or 0) + 1:04}"
        command.revision(config, name, autogenerate=True, rev_id=number)


@contextmanager
def _private_database() -> Iterator[None]:
    folder = temporary_folder("migrations")
    server = Postgres(folder / "postgres", careless=True)
    os.environ["SHOUYUAN_OWNER_DATABASE_URL"] = server.database("shouyuan").owner
    try:
        yield
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

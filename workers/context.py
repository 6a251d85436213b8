"""What a worker process holds: its app, the master key and the right to read and delete footage. Made once, lazily."""

from functools import lru_cache

from flask import Flask

from infra.baseapp import create_base_app
from infra.bounces import ReturnAddresses
from infra.cosigning import Cosigner, FileCosigner
from infra.kms import RingKms, chosen
from infra.lifecycle import BucketRules
from infra.mail import Mailer, mailer
from infra.objects import ObjectStore, S3Objects
from infra.settings import Process, Settings
from infra.timestamps import TimestampAuthority


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The worker's settings from its environment."""
    return Settings.from_env(Process.WORKER)


@lru_cache(maxsize=1)
def worker_app() -> Flask:
    """The app whose context every job runs in."""
    return create_base_app(settings(), import_name="workers")


@lru_cache(maxsize=1)
def store() -> ObjectStore:
    """The object store as the worker may use it."""
    held = settings().store
    assert held is not None  # noqa: S101 - `Settings.from_env` refuses a worker without one
    return S3Objects(held)


@lru_cache(maxsize=1)
def bucket_rules() -> BucketRules:
    """The expiry rules of the store's bucket, which the worker's account may read and write."""
    held = settings().store
    assert held is not None  # noqa: S101 - as above
    return BucketRules(held)


@lru_cache(maxsize=1)
def outgoing_mail() -> Mailer:
    """Where notices go."""
    return mailer(settings().mail_url)


@lru_cache(maxsize=1)
def return_addresses() -> ReturnAddresses | None:
    """Where mails come back to; None where this worker was told of no such address, and nobody hears of it."""
    held = settings()
    return ReturnAddresses(held.bounce_address, held.bounce_key.encode()) if held.bounce_key else None


@lru_cache(maxsize=1)
def kms() -> RingKms:
    """The master keys."""
    held = settings().kms
    assert held is not None  # noqa: S101 - `Settings.from_env` refuses a worker without one
    return chosen(held)


@lru_cache(maxsize=1)
def timestamp_authority() -> TimestampAuthority | None:
    """Who gives packages and heads of chains their time (RFC 3161); None where this worker was told of nobody."""
    url = settings().tsa_url
    return TimestampAuthority(url) if url else None


@lru_cache(maxsize=1)
def cosigner() -> Cosigner | None:
    """The bureau's key; None where this worker was not given it, so that heads of chains are anchored unsigned."""
    path = settings().bureau_key_file
    return FileCosigner(path) if path else None

"""A device that speaks to the web app, and another institution beside its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from infra import clock
from infra.age_keys import Kind
from infra.db import db
from infra.device_proof import Asked, Prover, make
from infra.kms import FileKms, create_master_key
from infra.manifest import SignedLine
from infra.objects import ObjectStore
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.footage import keys, queries
from tests.factories.devices import SigningBox
from tests.factories.registry import Institution, institution
from tests.webapp.conftest import WebClient


@dataclass
class Talking:
    """A box with a line to the web app."""

    client: WebClient
    box: SigningBox
    recipient: str

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        now: datetime | None = None,
        **changed: Any,  # noqa: ANN401 - parts of many types
    ) -> TestResponse:
        """One request with its proof; `changed` replaces parts of what the proof covers or who it says it is."""
        prover = changed.get("prover", Prover(self.box.device_id, self.box.of.tenant_id))
        asked = Asked(method, f"/ingest/v1{path}", changed.get("covered", body))
        proof = changed.get("proof") or make(self.box.key, prover, asked, now=now or clock.now())
        headers = {"Authorization": f"Device {proof}", "Content-Type": changed.get("kind", "application/json")}
        return self.client.open(f"/ingest/v1{path}", method=method, data=body, headers=headers)

    def post(self, path: str, document: Mapping[str, Any]) -> TestResponse:
        """Send JSON."""
        return self.ask("POST", path, json.dumps(document).encode())

    def lines(self, path: str, *lines: SignedLine) -> list[dict[str, Any]]:
        """Send signed lines; what became of each."""
        answer = self.post(path, {"items": [vars(line) for line in lines]})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.get_json()["items"]
        return items

    def signed(self, **changes: Any) -> SignedLine:  # noqa: ANN401 - fields of many types
        """A good line of this box, with changes."""
        return self.box.sign(self.box.line(recipient=changes.pop("recipient", self.recipient), **changes))


def beat(*cameras: Mapping[str, object], **more: object) -> dict[str, Any]:
    """A heartbeat: of each camera what is not the usual, and of the box as well."""
    usual = {"recording": True, "recorded_until_us": None, "spooled": 0, "spooled_from_us": None, "fault": None}
    return {"clock_offset_ms": None, "cameras": [{**usual, **camera} for camera in cameras], "gaps": [], **more}


@pytest.fixture
def kms(tmp_path: Path) -> FileKms:
    create_master_key(tmp_path / "master.key")
    return FileKms(tmp_path / "master.key")


@pytest.fixture
def k1(web_app: Flask, kms: FileKms, store: ObjectStore) -> Institution:
    """K1 with its keys; the session stays bound to it."""
    assert web_app
    made = institution("K1")
    bind(db.session, Binding(tenant_id=made.tenant_id))
    today = clock.today()
    keys.make_day_keys(
        actor=system("test"),
        tenant_id=made.tenant_id,
        kms=kms,
        store=store,
        first=today - timedelta(days=11),
        last=today + timedelta(days=14),
        retention_days=14,
        kind=Kind.CLASSIC,
    )
    db.session.commit()
    return made


@pytest.fixture
def e1(k1: Institution) -> Institution:
    """Another institution."""
    assert k1
    return institution("E1", kind="elementary_school", profile="TY_ELEMENTARY")


@pytest.fixture
def device(k1: Institution, web_client: WebClient) -> Talking:
    """A box of K1."""
    (key,) = queries.day_keys(tenant_id=k1.tenant_id, first=clock.today(), last=clock.today())
    return Talking(web_client, SigningBox(k1), key.recipient)

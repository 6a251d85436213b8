"""What a box could not send is said wherever somebody looks: beside it, at the server, and on the school's page."""

import json
from uuid import UUID, uuid4

import pytest

from infra.clock import now
from infra.manifest import microseconds
from tenants.registry import device_queries
from tests.workers.edge.conftest import Box, Site
from tests.workers.edge.disks import DAY
from tests.workers.edge.passing import Passing
from workers.edge import configuration
from workers.edge.api import Api
from workers.edge.ledger import Entry, Ledger
from workers.edge.local_page import facts
from workers.edge.sending.refused import Refusals
from workers.edge.standing import Standing
from workers.edge.uploader import Reporter

pytestmark = pytest.mark.req("DR-34", "DR-18")
UNREAD = "主機磁碟上的片段無法讀取。請施作廠商檢查或更換磁碟。"


def refuse_some(ledger: Ledger, camera_id: UUID) -> None:
    """Two minutes, of which one cannot be read and the other was sealed to another key, and then was no more."""
    refusals = Refusals(ledger)
    for number, code in enumerate(("unknown_key", "file_unreadable")):
        began = microseconds(now()) - (3 - number) * 60_000_000
        entry = Entry(uuid4(), camera_id, DAY, began, began + 60_000_000)
        ledger.enter(entry)
        refusals.refuse(entry, code)


def test_it_is_said_beside_the_box_and_at_the_server_with_the_newest_reason(box: Box, site: Site) -> None:
    api = Api(box.home.identity(), box.home.device_key())
    configuration.keep(box.home, api.get("/config"))
    ledger = box.ledger()
    refuse_some(ledger, site.of.cameras["C-GATE"])
    ledger.close()

    said = box.command("status")
    assert (said.returncode, "2 段影像無法上傳" in said.stdout, UNREAD in said.stdout) == (1, True, True)
    findings = json.loads(box.command("doctor", "--json").stdout)["findings"]
    (found,) = [one for one in findings if one["check"] == "refused"]
    assert (found["good"], UNREAD in found["words"]) == (False, True)
    (line,) = [one for one in facts.take(box.home, now()).box if one.check == "backlog"]
    assert (line.good, UNREAD in line.words) == (False, True)

    passing = Passing()
    Reporter(box.home, api, passing.over(1), standing=Standing(), clock=passing.clock).run()
    (device,) = device_queries.devices(tenant_id=site.of.tenant_id)
    assert (device.refused_segments, device.refused_gaps, device.refused_code) == (2, 0, "file_unreadable")


def test_where_everything_goes_nothing_is_said(box: Box) -> None:
    findings = json.loads(box.command("doctor", "--json").stdout)["findings"]
    assert [one for one in findings if one["check"] == "refused"] == []

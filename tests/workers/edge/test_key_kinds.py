"""Post-quantum day keys at a box: it says that it takes them, records to them, and refuses a kind it does not know."""

import logging
import sys
from datetime import timedelta

import pytest

from infra import age, bech32
from infra.age import Kind
from infra.age_keys import name_of
from infra.manifest import parse
from tests.workers.edge.disks import DAY, PLAIN, Disk, config_document, enrol, keep, recorded
from tests.workers.edge.test_uploader import TODAY, Server, report
from workers.edge import __main__ as command_line
from workers.edge import configuration
from workers.edge.api import Api
from workers.edge.configuration import DayRules, UnknownConfig
from workers.edge.doctor.examination import examine
from workers.edge.undated import files

pytestmark = pytest.mark.req("KH-5-1a", "DR-34")
HYBRID = age.new_identity(Kind.HYBRID)
# age has more kinds than we know, and will have others.
UNKNOWN = bech32.encoded("age1tagpq", bytes(1249))


def test_a_segment_is_sealed_to_a_hybrid_day_and_its_line_names_the_key(disk: Disk) -> None:
    spool, ledger = disk.spool()
    entry = keep(spool, {DAY: DayRules(14, HYBRID.recipient)})
    assert age.decrypt(spool.cipher_path(entry).read_bytes(), HYBRID.secret) == PLAIN
    line = spool.line_of(entry).line
    assert parse(line).recipient == name_of(HYBRID.recipient)
    assert len(line) < 1800, "as long as the server takes one"
    ledger.close()


def test_after_a_power_cut_a_hybrid_segment_is_whole_up_to_its_last_mark(disk: Disk) -> None:
    spool, ledger = disk.spool()
    rules = {DAY: DayRules(14, HYBRID.recipient)}
    from_before = keep(spool, rules)
    recording = spool.begin(from_before.camera_id, from_before.ended_us, rules)
    recording.write(PLAIN)
    recording.mark(recorded(1))
    recording.leave()
    assert spool.recover(from_before.camera_id)
    found = list(disk.home.spool.rglob(f"*{files.CIPHER}"))
    assert all(age.decrypt(path.read_bytes(), HYBRID.secret) == PLAIN for path in found)
    assert len(found) == 2
    ledger.close()


def test_the_box_says_which_kinds_it_takes_to_a_server_that_listens(disk: Disk) -> None:
    enrol(disk.home)
    server = Server(config_document(days=[TODAY], accepts=["key_kinds"]))
    report(disk, server, seconds=20)
    assert {tuple(document["key_kinds"]) for document in server.heard} == {("classic", "hybrid")}
    of_before = Server(config_document(days=[TODAY]))
    report(disk, of_before, seconds=20)
    assert not [document for document in of_before.heard if "key_kinds" in document]


def test_a_kind_that_it_does_not_know_is_refused_and_it_goes_on_with_its_keys(
    disk: Disk, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol(disk.home, config_document(days=[TODAY], recipient=disk.day_key.recipient, accepts=["instance"]))
    held = configuration.load(disk.home)
    for told in (
        config_document(days=[TODAY, TODAY + timedelta(days=1)], recipient=UNKNOWN),
        config_document(past_day_keys=[{"civil_day": "2026-01-01", "retention_days": 14, "recipient": UNKNOWN}]),
        {**config_document(days=[TODAY]), "v": 2},
    ):
        with pytest.raises(UnknownConfig, match="還不認識"):
            configuration.keep(disk.home, told)
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            server = Server(told)
            report(disk, server, seconds=20)
        said = caplog.text + capsys.readouterr().out
        assert "還不認識" in said
        assert UNKNOWN not in said
        assert server.heard, "it goes on reporting"
        assert configuration.load(disk.home) == held


def test_doctor_and_commands_say_so_to_the_installer(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    enrol(disk.home, config_document(days=[TODAY], recipient=disk.day_key.recipient))
    server = Server(config_document(days=[TODAY], recipient=UNKNOWN))
    monkeypatch.setattr(Api, "get", lambda _self, _path: server.get("/config"))
    findings = {finding.check: finding for finding in examine(disk.home)}
    assert "請更新邊緣主機的程式" in findings["standing"].words
    assert (findings["standing"].good, "keys" in findings) == (False, True)
    monkeypatch.setattr(sys, "argv", ["shouyuan-edge", "camera", "list", "--home", str(disk.home.folder)])
    assert command_line.main() == 1
    assert "請更新邊緣主機的程式" in capsys.readouterr().err

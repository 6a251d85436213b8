"""Files and index that no longer agree: what vanished, what was lost, and what was being removed."""

import errno
from unittest.mock import patch

import pytest

from infra.causes import GapCause
from tests.workers.edge.disks import CAMERA, Disk, keep, recorded
from tests.workers.edge.power import Power, PowerCut, watched
from workers.edge.ledger import Ledger, State


@pytest.mark.req("DR-34")
@pytest.mark.parametrize("at", [0, 1])
def test_a_power_cut_while_a_stored_segment_is_removed_leaves_no_gap(disk: Disk, at: int) -> None:
    spool, ledger = disk.spool()
    entry = keep(spool, disk.rules)
    with watched(Power(disk.home.spool, cut_at=at)), pytest.raises(PowerCut):
        spool.drop(entry)
    spool.recover(CAMERA)
    assert ledger.unreported_gaps(limit=5) == []
    (left,) = ledger.segments(State.STORED, limit=5)
    spool.drop(left)
    assert not ledger.known(CAMERA)
    ledger.close()


def test_a_file_that_vanished_becomes_a_gap_and_is_not_claimed(disk: Disk) -> None:
    spool, ledger = disk.spool()
    entry = keep(spool, disk.rules)
    spool.cipher_path(entry).unlink()
    spool.recover(CAMERA)
    assert ledger.count(State.SPOOLED) == 0
    assert [gap.cause for gap in ledger.unreported_gaps(limit=5)] == [GapCause.SPOOL_FAILED]
    ledger.close()


def test_a_lost_index_is_made_again_from_the_files(disk: Disk) -> None:
    spool, ledger = disk.spool()
    entries = [keep(spool, disk.rules, number) for number in range(3)]
    ledger.close()
    for path in disk.home.folder.glob("ledger.sqlite3*"):
        path.unlink()
    spool, ledger = disk.spool()
    assert spool.recover(CAMERA) == 3
    assert ledger.segments(State.SPOOLED, limit=5) == entries
    assert ledger.told_until_us(CAMERA) == entries[-1].ended_us
    ledger.close()


def test_a_crash_while_a_stored_segment_is_removed_is_finished_later(
    disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, ledger = disk.spool()
    entry = keep(spool, disk.rules)

    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "forget", cut)
        with pytest.raises(PowerCut):
            spool.drop(entry)
    spool.recover(CAMERA)
    assert ledger.unreported_gaps(limit=5) == [], "its bytes are safe in the store"
    (left,) = ledger.segments(State.STORED, limit=5)
    spool.drop(left)
    assert not ledger.known(CAMERA)
    ledger.close()


@pytest.mark.req("DR-17", "DR-34")
def test_footage_that_a_full_index_did_not_take_is_known_for_cut_off_until_it_is_entered(disk: Disk) -> None:
    spool, ledger = disk.spool()
    with patch.object(Ledger, "enter", side_effect=OSError(errno.ENOSPC, "full")), pytest.raises(OSError, match="full"):
        keep(spool, disk.rules, 1)
    assert spool.cut_off_us(CAMERA) == recorded(1).started_us
    assert spool.recover(CAMERA) == 1
    assert spool.cut_off_us(CAMERA) is None
    ledger.close()

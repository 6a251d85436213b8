"""`check`, `status` and `run`: whether it could record, what records now, and recording itself."""

import argparse
import os
import sys
from contextlib import closing
from datetime import UTC

from infra.camera_profiles import Measured
from infra.causes import GapCause
from infra.clock import TAIPEI, now
from infra.manifest import instant
from workers.edge import alike, configuration
from workers.edge.api import Refused, Unavailable
from workers.edge.clocks.readings import Readings
from workers.edge.commands import differing
from workers.edge.commands.asking import newest_config
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.configuration import CameraRules, UnknownConfig
from workers.edge.doctor.cameras import Stream, every, finding
from workers.edge.home import Home
from workers.edge.ledger import Ledger
from workers.edge.locks import is_held
from workers.edge.sending.refused import left_behind
from workers.edge.standing import Standing, revoked_since_us
from workers.edge.status import disk_words, status_of
from workers.edge.undated import standing
from workers.edge.undated.boots import Boots
from workers.edge.words import BEGINS, CONFIG_SPOILT, NOT_RUNNING, REVOKED_WORDS, advice, aside_words

_NO_CONFIG = "尚未取得平台的設定。請檢查主機與平台的連線，並執行：sudo systemctl start shouyuan-edge。"


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the commands."""
    commands.add_parser("check", parents=[common], help="試連平台與每一支鏡頭").set_defaults(command=_check)
    commands.add_parser("status", parents=[common], help="目前的錄影狀況").set_defaults(command=_status)
    commands.add_parser("run", parents=[common], help="開始錄影（平時由系統服務執行）").set_defaults(command=_run)


def _check(home: Home, _options: argparse.Namespace) -> int:
    config = newest_config(home)
    days = sum(1 for day in config.days if day >= now().astimezone(TAIPEI).date())
    say(f"平台\t正常\t金鑰可用 {days} 日")
    faults = 0
    seen: dict[CameraRules, Measured] = {}
    for camera, stream in every(list(config.cameras.values()), home):
        judged = finding(camera, stream)
        faults += judged.good is False
        say(f"{camera.code}\t{camera.name}\t{'正常' if judged.good else judged.words}")
        found = differing.measured(home, camera) if isinstance(stream, Stream) else None
        seen |= {camera: found} if found is not None else {}
    differing.tell(home, seen)
    same = alike.warnings(home, config.cameras)
    for warning in same:
        say(f"鏡頭位址\t{warning}")
    return 1 if faults or same else 0


def _status(home: Home, _options: argparse.Namespace) -> int:
    home.identity()
    config = configuration.load(home)
    if config is None:
        return fail(CONFIG_SPOILT if configuration.is_spoilt(home) else _NO_CONFIG)
    runs = is_held(home.lock)
    with closing(Ledger(home.ledger)) as ledger:
        if not runs:
            _hear(home, ledger)
        faults = _say_box(home, ledger, runs=runs)
        boots = Boots(ledger, Readings(ledger), lambda: config)
        undated = standing.words(ledger, boots)
        if undated is not None:
            faults += not undated[1]
            say(f"錄影時間\t{undated[0]}")
        set_up = home.addresses()
        for camera in config.cameras.values():
            state, now_us = standing.state_now(home, ledger, boots, camera.camera_id)
            recording = bool(status_of(state, config, now_us)["recording"])
            faults += not recording
            unset = None if camera.camera_id in set_up else GapCause.NOT_CONFIGURED
            recorded = BEGINS if state.begins else "錄影中"
            words = recorded if recording else _absent(unset or state.cause, camera.code, runs=runs)
            until = _until(state.recorded_until_us, is_dated=not boots.is_standing())
            undated_words = f"\t時間未定 {state.undated} 段" if state.undated else ""
            say(f"{camera.code}\t{words}\t最後錄到 {until}\t待上傳 {state.spooled} 段{undated_words}")
        left = left_behind(ledger).words()
    if left:
        say(left)
    return 1 if faults or left else 0


def _hear(home: Home, ledger: Ledger) -> None:
    """Ask the server whether it still takes this box, as nobody else does while the recorder does not run."""
    try:
        newest_config(home)
    except Refused as error:
        Standing().refused(error, ledger)
    except (Unavailable, UnknownConfig):  # what is known of it stands
        return


def _say_box(home: Home, ledger: Ledger, *, runs: bool) -> int:
    """Say what is true of all cameras; how much of it is wrong."""
    disk, faults = disk_words(home, ledger)
    say(f"磁碟\t{disk}")
    if revoked_since_us(ledger):
        faults += 1
        say(f"主機身分\t{REVOKED_WORDS}")
    if not runs:
        faults += 1
        say(f"錄影程式\t{NOT_RUNNING}")
    return faults + _say_aside(home)


def _absent(cause: GapCause | None, code: str, *, runs: bool) -> str:
    if cause is None and not runs:
        return "沒有錄影"
    return advice(cause or GapCause.PROCESS_RESTARTED, code)


def _say_aside(home: Home) -> int:
    """Say which files were put aside; how many."""
    told = aside_words(home)
    for sentence in told:
        say(f"損壞的檔案\t{sentence}")
    return len(told)


def _run(home: Home, _options: argparse.Namespace) -> int:
    """Become the recorder: what only these commands need must not lie in the memory of sixteen cameras."""
    sys.stdout.flush()
    command = [sys.executable, "-X", "no_debug_ranges", "-m", "workers.edge.supervisor", str(home.folder)]
    os.execv(sys.executable, command)  # noqa: S606 - our own module


def _until(moment_us: int | None, *, is_dated: bool) -> str:
    if not moment_us:
        return "從未"
    # A boot whose time nobody knows counts from its beginning.
    return f"{instant(moment_us).astimezone(TAIPEI if is_dated else UTC):%H:%M:%S}" + ("" if is_dated else "（開機後）")

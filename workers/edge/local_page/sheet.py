"""The acceptance sheet (驗收表): what was installed and measured, and room for two signatures. Browsers print it."""

import socket
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from infra.camera_profiles import CODEC_NAMES
from workers.edge import configuration, program
from workers.edge.configuration import CameraRules, Config
from workers.edge.doctor import kept
from workers.edge.home import Home
from workers.edge.local_page import readiness
from workers.edge.local_page.pages import page
from workers.edge.words import day_words, moment_words

STYLES = Path(__file__).with_name("page.css")
_NOT_MEASURED, _FAILED = "未量測", "不合格"
_MARKS = {True: "合格", False: _FAILED, None: "參考"}
# For whoever is asked for help, and so below what is judged.
_LAST = "libraries"


def sheet(home: Home, at: datetime, *, alone: bool = False) -> str:
    """The sheet of the last examination. `alone` puts the styles into it, for a file. Raises `NotEnrolled`."""
    identity, config, held = home.identity(), configuration.load(home), kept.load(home)
    place = "／".join(filter(None, (config.institution, config.site))) if config else ""
    examined = moment_words(datetime.fromisoformat(held["at"])) if held else "尚未檢查"
    facts = [
        ("機構", config.institution if config else ""),
        ("地點", config.site if config else ""),
        ("主機名稱", socket.gethostname()),
        ("主機編號", str(identity.device_id)),
        ("程式版本", program.version()),
        ("檢查時間", examined),
        ("磁碟可錄日數", _disk_days(held)),
        ("列印日期", day_words(at)),
    ]
    kind, verdict = _verdict(held)
    body = f"""<header><h1>邊緣主機驗收表</h1></header>
<p class="sum {kind}">{verdict}</p>
<p class="screen hint">以瀏覽器列印，或另存為 PDF。</p>
<table class="facts"><tbody>{"".join(_row(name, value) for name, value in facts)}</tbody></table>
{_cameras(home, config, held.get("streams", {}))}
<h2>檢查結果</h2>{_findings(held.get("findings", []))}
<div class="signing"><p>{escape(place)}　主機編號 {identity.device_id}　檢查時間 {examined}　{verdict}</p>
<div class="signatures"><div>安裝廠商簽章／日期</div><div>學校（園）簽章／日期</div></div></div>"""
    made = page("邊緣主機驗收表", body)
    styles = f"<style>{STYLES.read_text(encoding='utf-8')}</style>"
    return made.replace('<link rel="stylesheet" href="/page.css">', styles) if alone else made


def _verdict(held: Mapping[str, Any]) -> tuple[str, str]:
    if not held:
        return "unknown", "結論：尚未檢查"
    faults = sum(one["good"] is False for one in held["findings"])
    return ("bad", f"結論：{_FAILED}（{faults} 項）") if faults else ("good", "結論：全部合格")


def _row(name: str, value: str) -> str:
    return f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'


def _disk_days(held: Mapping[str, Any]) -> str:
    facts: Mapping[str, Any] = next(
        (one["facts"] for one in held.get("findings", []) if one["check"] == "disk_room"), {}
    )
    return f"{facts['days']} 日" if "days" in facts else _NOT_MEASURED


def _cameras(home: Home, config: Config | None, streams: Mapping[str, Mapping[str, Any]]) -> str:
    cameras = list(config.cameras.values()) if config else []
    ready = readiness.of_cameras(home, config) if config else {}
    sent = ["編號", "名稱", "編碼", "畫面", "張數／秒", "關鍵畫面間隔", "位元率", "聲音"]
    stand = ["編號", "名稱", "錄影", "上傳", "畫面基準", "隱私遮罩"]
    rows = [[one.code, one.name, *vars(ready[one.camera_id]).values()] for one in cameras]
    return (
        f"<h2>鏡頭</h2>{_table(sent, [_camera(one, streams.get(str(one.camera_id))) for one in cameras])}"
        f"<h2>錄影與畫面</h2>{_table(stand, rows)}"
    )


def _camera(camera: CameraRules, found: Mapping[str, Any] | None) -> list[str]:
    if found is None:
        return [camera.code, camera.name, *[_NOT_MEASURED] * 6]
    interval = int(found["key_interval_ms"])
    return [
        camera.code,
        camera.name,
        CODEC_NAMES.get(found["codec"], found["codec"]),
        f"{found['width']}×{found['height']}",
        f"{found['frames_per_second']:g}",
        f"{interval / 1000:.1f} 秒" if interval else "未知",
        f"{int(found['bits_per_second']) / 1_000_000:.2f} Mbps",
        "收音" if found["sound"] and camera.audio else "有聲音，不錄" if found["sound"] else "無",
    ]


def _findings(findings: Sequence[Mapping[str, Any]]) -> str:
    if not findings:
        return "<p>尚未檢查。請在主機上執行：sudo shouyuan-edge doctor</p>"
    ordered = sorted(findings, key=lambda one: bool(one["check"] == _LAST))
    return _table(["項目", "結果", "說明"], [[one["title"], _MARKS[one["good"]], one["words"]] for one in ordered])


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """On a telephone each row stands as a block, and each cell says what it is."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(map(_cell, names, row))}</tr>" for row in rows)
    return f'<table class="stacked"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(name: str, value: str) -> str:
    words = f"<strong>{value}</strong>" if value == _FAILED else escape(value)
    return f'<td data-label="{escape(name)}">{words}</td>'

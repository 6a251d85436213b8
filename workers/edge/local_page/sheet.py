"""The acceptance sheet (驗收表): what was installed and measured, and room for two signatures. Browsers print it."""

import socket
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from infra.camera_profiles import CODEC_NAMES
from workers.edge import configuration
from workers.edge.configuration import CameraRules, Config
from workers.edge.doctor import kept
from workers.edge.home import Home
from workers.edge.local_page.pages import page
from workers.edge.words import day_words, moment_words

STYLES = Path(__file__).with_name("page.css")
_NOT_MEASURED = "未量測"
_MARKS = {True: "合格", False: "不合格", None: "參考"}


def sheet(home: Home, at: datetime, *, alone: bool = False) -> str:
    """The sheet of the last examination. `alone` puts the styles into it, for a file. Raises `NotEnrolled`."""
    identity, config, held = home.identity(), configuration.load(home), kept.load(home)
    facts = [
        ("機構", config.institution if config else ""),
        ("地點", config.site if config else ""),
        ("主機名稱", socket.gethostname()),
        ("主機編號", str(identity.device_id)),
        ("檢查時間", moment_words(datetime.fromisoformat(held["at"])) if held else "尚未檢查，請先執行 doctor"),
        ("磁碟可錄日數", _disk_days(held)),
        ("列印日期", day_words(at)),
    ]
    body = f"""<header><h1>邊緣主機驗收表</h1></header>
<p class="screen hint">以瀏覽器列印，或另存為 PDF。</p>
<table><tbody>{"".join(_row(name, value) for name, value in facts)}</tbody></table>
<h2>鏡頭</h2>{_cameras(config, held.get("streams", {}))}
<h2>檢查結果</h2>{_findings(held.get("findings", []))}
<div class="signatures"><div>安裝廠商簽章／日期</div><div>學校（園）簽章／日期</div></div>"""
    made = page("邊緣主機驗收表", body)
    styles = f"<style>{STYLES.read_text(encoding='utf-8')}</style>"
    return made.replace('<link rel="stylesheet" href="/page.css">', styles) if alone else made


def _row(name: str, value: str) -> str:
    return f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'


def _disk_days(held: Mapping[str, Any]) -> str:
    facts: Mapping[str, Any] = next(
        (one["facts"] for one in held.get("findings", []) if one["check"] == "disk_room"), {}
    )
    return f"{facts['days']} 日" if "days" in facts else _NOT_MEASURED


def _cameras(config: Config | None, streams: Mapping[str, Mapping[str, Any]]) -> str:
    names = ["編號", "名稱", "編碼", "畫面", "張數／秒", "關鍵畫面間隔", "位元率", "聲音"]
    rows = [_camera(one, streams.get(str(one.camera_id))) for one in (config.cameras.values() if config else [])]
    return _table("鏡頭", names, rows)


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
        return "<p>尚未檢查。請在主機上執行：shouyuan-edge doctor</p>"
    return _table(
        "檢查結果", ["項目", "結果", "說明"], [[one["title"], _MARKS[one["good"]], one["words"]] for one in findings]
    )


def _table(called: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A wide one goes on at the right of a telephone: said beside it, and reached by the keyboard too."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return (
        '<p class="screen hint narrow">表格較寬時，可左右捲動。</p>'
        f'<div class="wide" tabindex="0" role="region" aria-label="{called}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )

"""The page as HTML. What people named is escaped, styles are in a file of their own, and there is no script."""

from collections.abc import Sequence
from html import escape

from workers.edge.doctor.findings import Finding
from workers.edge.local_page.facts import Snapshot
from workers.edge.words import moment_words

REFRESH_SECONDS = 15
_MARKS = {True: ("good", "正常"), False: ("bad", "異常"), None: ("unknown", "未知")}


def status(snapshot: Snapshot, *, still: bool = False) -> str:
    """All cameras and the box, red ones first. It loads itself anew, unless somebody asked it to stand `still`."""
    faults = snapshot.faults
    kind, words = ("bad", f"有 {faults} 項需要處理") if faults else ("good", "全部正常")
    cameras = _list(snapshot.cameras) if snapshot.cameras else "<p>這個地點還沒有鏡頭。請學校先在平台建立鏡頭資料。</p>"
    renewal = (
        '，不會自動更新。<a href="/">恢復自動更新</a>'
        if still
        else f'，每 {REFRESH_SECONDS} 秒自動更新。<a href="/?still">停止自動更新</a>'
    )
    at = "時間未知" if snapshot.is_lost else moment_words(snapshot.at)
    body = f"""<header><h1>守園邊緣主機</h1><p>{escape(snapshot.place)}</p>
<p>{at}{renewal}</p></header>
<p class="sum {kind}" role="status">{words}</p>
<section><h2>鏡頭</h2>{cameras}</section>
<section><h2>主機</h2>{_list(snapshot.box)}</section>
<footer><p><a href="/sheet">驗收表</a></p></footer>"""
    return page("邊緣主機狀態", body, refresh=not still)


def door(sentence: str = "") -> str:
    """The form that asks for the code."""
    fault = f'<p class="sum bad" role="alert">{escape(sentence)}</p>' if sentence else ""
    body = f"""<header><h1>守園邊緣主機</h1></header>{fault}
<form method="post" action="/code">
<label for="code">查看碼</label>
<p class="hint" id="hint">請向安裝人員索取。忘記時，在主機上執行：
sudo shouyuan-edge page --lan（會換成新的查看碼，先前的失效）</p>
<input id="code" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20"
 aria-describedby="hint" required>
<button type="submit">查看狀態</button>
</form>"""
    return page("輸入查看碼", body)


def page(title: str, body: str, *, refresh: bool = False) -> str:
    """A whole document."""
    again = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if refresh else ""
    return f"""<!doctype html>
<html lang="zh-Hant-TW"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{again}
<link rel="stylesheet" href="/page.css"></head>
<body><main>{body}</main></body></html>
"""


def _list(lines: Sequence[Finding]) -> str:
    ordered = sorted(lines, key=lambda one: one.good is not False)
    return f"<ul>{''.join(_item(one) for one in ordered)}</ul>"


def _item(one: Finding) -> str:
    kind, word = _MARKS[one.good]
    return (
        f'<li class="{kind}"><strong>{escape(one.title)}</strong> <span class="mark">{word}</span>'
        f"<p>{escape(one.words)}</p></li>"
    )

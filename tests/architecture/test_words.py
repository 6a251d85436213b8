"""Taiwanese terms on every screen, and nothing of a developer's machine in any file (DR-38)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import CODE, files, short

# What is written on the left reads as foreign here; the glossary's term is on the right.
BANNED = {
    "視頻": "影片、影像",
    "用戶": "使用者",
    "數據": "資料、數值",
    "登錄": "登入、登記",
    "默認": "預設",
    "服務器": "伺服器",
    "錄像": "錄影",
    "賬號": "帳號",
    "賬戶": "帳戶",
    "攝像頭": "鏡頭",
    "軟件": "軟體",
    "硬件": "硬體",
    "網絡": "網路",
    "屏幕": "螢幕",
    "打印": "列印",
    "文件夾": "資料夾",
    "信息": "訊息、資訊",
    "鏈接": "連結",
    "質量": "品質",
    "刷新": "重新整理",
    "激活": "啟用",
    "租戶": "機構",
}
# A person's own folder in a tracked file is a file that works on one machine.
HOME = re.compile(r"(?<![\w.:}])/(?:home|root|Users|workspace|work|mnt)/[\w.]")
LINK = re.compile(r"\]\(([^)#]+)\)")
TEXT = (".py", ".html", ".txt", ".js", ".css", ".toml", ".md", ".sh", ".json", ".yml", ".yaml", ".mako", ".in", ".ini")


def foreign(name: str, text: str) -> Iterator[str]:
    """The banned words of a text, with what to write."""
    for number, line in enumerate(text.splitlines(), 1):
        for word, ours in BANNED.items():
            if word in line:
                yield f"{name}:{number}: {word} → {ours}"


def homes(name: str, text: str) -> Iterator[str]:
    """Paths of one machine in a text."""
    for number, line in enumerate(text.splitlines(), 1):
        if HOME.search(line):
            yield f"{name}:{number}: make the path relative to the project, or a setting"


def _texts(*folders: str) -> Iterator[tuple[str, str]]:
    for path in files(*TEXT, folders=folders):
        if path != Path(__file__):
            yield short(path), path.read_text(encoding="utf-8")


@pytest.mark.req("DR-38")
def test_no_screen_or_message_uses_a_foreign_term() -> None:
    wrong = [fault for name, text in _texts(*CODE) for fault in foreign(name, text)]
    assert not wrong, "\n".join(wrong)


def test_what_the_documents_link_to_is_there() -> None:
    documents = [*files(".md", folders=(".", *CODE))]
    assert documents
    gone = [
        f"{short(path)}: {target}"
        for path in documents
        for target in LINK.findall(path.read_text(encoding="utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert not gone


def test_no_file_names_a_folder_of_one_machine() -> None:
    wrong = [fault for name, text in _texts(".", *CODE, "tests") for fault in homes(name, text)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.req("DR-38")
@pytest.mark.parametrize("word", BANNED)
def test_the_guard_sees_each_foreign_term(word: str) -> None:
    assert list(foreign("planted.html", f"<p>請重新{word}。</p>"))


def test_the_guard_sees_a_folder_of_one_machine() -> None:
    assert list(homes("planted.py", 'DATA = "/home' + '/someone/data"'))
    assert not list(homes("planted.py", 'url = "https://example.test/home' + '/x" + "/var/tmp"'))

"""Tables that people hand in as CSV, read as from a stranger: what is no table is refused, with what to do about it.

All faults are told at once, each with its line as a spreadsheet counts them (the headings are the first) and its
column. Big5 is told and not guessed at: old rosters hold characters of their own that nothing can translate.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tenants.errors import Invalid, refuse

_FIELD = "file"
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
# What a workbook begins with: ZIP (XLSX, ODS) and the compound file of XLS.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE_AGAIN = "請在試算表另存為「CSV UTF-8（逗號分隔）」後再上傳。"
# Some program runs a cell that begins so. A storey (-1F) or a telephone (+886) may: without a call they do nothing.
_FORMULA = re.compile(r"\s*(?:[=@＝＠]|[+\-＋－].*[(|!])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_LONGEST_CELL, _NAMED_LINES, _NAMED_COLUMNS = 1000, 20, 5


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What a table must look like. `things` names what its lines are, with the word that counts them: 「支鏡頭」."""

    headings: tuple[str, ...]
    most_bytes: int
    most_lines: int
    things: str


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a line, in which column (empty: with the line as a whole), and what to do."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """The lines with something in them, by the headings, and what is wrong with their cells."""

    lines: Sequence[tuple[int, Mapping[str, str]]]
    faults: Sequence[Fault]


def read(content: bytes, layout: Layout) -> Table:
    """The table. Raises `Invalid`, which knows all else that is wrong, for a file that is no such table."""
    if len(content) > layout.most_bytes:
        raise Invalid(f"檔案過大，一次最多 {layout.most_lines} {layout.things}。請分次匯入。", field=_FIELD)
    rows = list(_rows(_text(content)))
    refuse(_heading_faults([cell.strip() for cell in rows[0]] if rows else [], layout.headings))
    if len(rows) - 1 > layout.most_lines:
        raise Invalid(f"一次最多 {layout.most_lines} {layout.things}。請分次匯入。", field=_FIELD)
    lines: list[tuple[int, Mapping[str, str]]] = []
    faults: list[Fault] = []
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        faults += _cell_faults(number, cells, layout.headings)
        padded = [*(cell.strip() for cell in cells), *[""] * len(layout.headings)]
        lines.append((number, dict(zip(layout.headings, padded, strict=False))))
    return Table(lines=lines, faults=faults)


def _text(content: bytes) -> str:
    """The characters of a file in UTF-8, with or without its mark. Raises `Invalid` for any other."""
    if content.startswith(_WORKBOOKS):
        raise Invalid(f"這是試算表檔（XLSX、XLS 或 ODS），不是 CSV。{_SAVE_AGAIN}", field=_FIELD)
    if content.startswith(_WIDE_BOMS):
        raise Invalid(f"檔案是 UTF-16 編碼（Unicode 文字），不是 UTF-8。{_SAVE_AGAIN}", field=_FIELD)
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise Invalid(f"第 {line} 列有空字元（NUL），檔案可能已損壞或不是文字檔。{_SAVE_AGAIN}", field=_FIELD)
    try:
        return content.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        refuse(_encoding_faults(content.removeprefix(_BOM)))
        raise  # what is no UTF-8 as a whole has a line that is none


def _encoding_faults(content: bytes) -> list[Invalid]:
    """Why a file is no UTF-8: Big5 as a whole, or here and there."""
    lines = content.split(b"\n")
    strange = [number for number, line in enumerate(lines, 1) if not _is(line, "utf-8")]
    others = [line for line in lines if not line.isascii() and _is(line, "utf-8")]
    if not others and _is(content, "cp950"):
        return [Invalid(f"檔案是 Big5（CP950）編碼，不是 UTF-8 編碼。{_SAVE_AGAIN}", field=_FIELD)]
    if not others:
        return [Invalid(f"檔案不是 UTF-8 編碼，也不是完整的 Big5。{_SAVE_AGAIN}", field=_FIELD)]
    named = "、".join(str(number) for number in strange[:_NAMED_LINES])
    more = f"等 {len(strange)} 列" if len(strange) > _NAMED_LINES else "列"
    said = "Big5（CP950）" if all(_is(lines[number - 1], "cp950") for number in strange) else "其他"
    message = (
        f"檔案混用兩種編碼：第 {named} {more}是{said}編碼，其餘是 UTF-8。請以同一種方式重新產生檔案。{_SAVE_AGAIN}"
    )
    return [Invalid(message, field=_FIELD)]


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _rows(text: str) -> Iterator[list[str]]:
    """The records. Raises `Invalid` with the line on which a quotation mark was opened and never closed."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begun = 1
    try:
        for row in reader:
            yield row
            begun = reader.line_num + 1
    except csv.Error as error:
        message = f'第 {begun} 列起的引號（"）沒有成對，無法分辨欄位。請檢查該列，儲存格內的引號應寫成兩個（""）。'
        raise Invalid(message, field=_FIELD) from error


def _heading_faults(found: list[str], wanted: tuple[str, ...]) -> Iterator[Invalid]:
    """What is wrong with the first line: columns that lack, are too many, stand twice or in another order."""
    while found and not found[-1]:  # a spreadsheet keeps empty columns at the end
        found = found[:-1]
    if tuple(found) == wanted:
        return
    lacking = [each for each in wanted if each not in found]
    extra = [each or "（空白）" for each in found if each not in wanted]
    twice = [each for each in wanted if found.count(each) > 1]
    said = [
        *([f"缺少「{'、'.join(lacking)}」"] if lacking else []),
        *([f"多出 {len(extra)} 欄「{_some(extra)}」"] if extra else []),
        *([f"「{'、'.join(twice)}」重複"] if twice else []),
    ]
    why = "；".join(said) or "欄位順序不同"
    yield Invalid(f"第一列應為欄位名稱：{'、'.join(wanted)}。這個檔案{why}。請下載範本填寫。", field=_FIELD)


def _some(words: Sequence[str]) -> str:
    named = "、".join(each[:20] for each in words[:_NAMED_COLUMNS])
    return f"{named}…" if len(words) > _NAMED_COLUMNS else named


def _cell_faults(line: int, cells: Sequence[str], headings: tuple[str, ...]) -> Iterator[Fault]:
    if any(cell.strip() for cell in cells[len(headings) :]):
        message = f"這一列有 {len(cells)} 欄，多於 {len(headings)} 欄。內容含逗號時請以引號括住。"
        yield Fault(line=line, column="", message=message)
    for column, cell in zip(headings, cells, strict=False):
        for wrong in _wrong(cell):
            yield Fault(line=line, column=column, message=wrong)


def _wrong(cell: str) -> Iterator[str]:
    """What no cell may hold, whatever its column asks for."""
    if "\n" in cell.strip() or "\r" in cell.strip():
        yield "儲存格內有換行，可能是引號沒有成對。請改為一行。"
    if len(cell) > _LONGEST_CELL:
        yield f"內容超過 {_LONGEST_CELL} 字。請確認是否貼錯欄位。"
    if _FORMULA.match(cell):
        yield f"「{cell[:20]}」是公式。請改填文字，不要以 =、@ 開頭。"
    if _CONTROL.search(cell):
        yield "含有看不見的控制字元。請重新輸入這一格。"
    private = "、".join(f"U+{ord(each):04X}" for each in _PRIVATE.findall(cell)[:3])
    if private:
        yield f"含有自造字（{private}），其他電腦看不到。請改用標準字（全字庫）或同義字。"

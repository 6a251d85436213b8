"""`doctor`: everything a support person would ask, green or red, each with what to do."""

import argparse
import json
import sys

from workers.edge.commands.terminal import Commands, say
from workers.edge.doctor.examination import examine
from workers.edge.doctor.findings import Finding, are_well
from workers.edge.home import Home

_GREEN, _RED, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[0m"
_MARKS = {True: "正常", False: "異常", None: "參考"}


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the command."""
    doctor = commands.add_parser("doctor", parents=[common], help="檢查全部項目，並說明如何處理")
    doctor.add_argument("--json", action="store_true", help="以 JSON 輸出，供支援人員使用")
    doctor.set_defaults(command=_doctor)


def _doctor(home: Home, options: argparse.Namespace) -> int:
    findings = examine(home)
    well = are_well(findings)
    if options.json:
        document = {"well": well, "findings": [one.document() for one in findings]}
        say(json.dumps(document, ensure_ascii=False, indent=1))
        return 0 if well else 1
    for one in findings:
        say(_line(one, coloured=sys.stdout.isatty()))
    faults = sum(one.good is False for one in findings)
    say(
        "全部正常。"
        if well
        else f"有 {faults} 項需要處理，請依上面「異常」各行的說明處理後，再執行一次：sudo shouyuan-edge doctor"
    )
    return 0 if well else 1


def _line(one: Finding, *, coloured: bool) -> str:
    mark = f"[{_MARKS[one.good]}]"
    if coloured and one.good is not None:
        mark = f"{_GREEN if one.good else _RED}{mark}{_PLAIN}"
    return f"{mark} {one.title}：{one.words}"

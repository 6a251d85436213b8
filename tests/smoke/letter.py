"""A letter asks, and a copy leaves (steps 3 and 4 of the main job)."""

import hashlib
import re
import subprocess
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import pyrage

from infra.clock import TAIPEI
from infra.stack.processes import plain_env
from tenants.roc_dates import short_date
from tests.made_documents import a_pdf
from tests.smoke.browser import Form, Page, Unexpected, Value
from tests.smoke.outside import decodes, expect, probe, wait_for
from tests.smoke.recording import CAMERAS
from tests.smoke.stage import Stage

_SIGNED = {"acknowledged": "y"}


def file_the_letter(stage: Stage) -> None:
    """An officer enters the letter with its scan; the window is preserved in the same moment."""
    stage.window = _window(stage)
    officer = stage.person("police")
    address = f"/agency/institutions/{stage.tenants['K1']}/requests/new"
    form = officer.open(address).form("/requests/new")
    filed = _send_request(stage, form)
    stage.disclosure_id = filed.url.rstrip("/").rpartition("/")[2]
    serial = stage.database.one("select serial from disclosures where id = %s", stage.disclosure_id)
    expect(serial and serial in filed.words, "the officer sees the number of the case")
    held = stage.database.one(
        "select count(*) from hold_windows w join disclosures d on d.hold_id = w.hold_id where d.id = %s",
        stage.disclosure_id,
    )
    expect(held == 1, "the window is held from the moment of filing")


def approve(stage: Stage) -> None:
    """The head sees the letter beside the article, and approves with an escort who is not the head."""
    head = stage.person("k1-head")
    form = stage.case("k1-head").form("/decision")
    escort = next(value for value in form.offered["escort"] if value)
    answered = head.send(form, {"grants-0-verdict": "all", "copy": "y", "escort": escort})
    expect("同意" in answered.words, "the page says what was decided")
    reply = answered.form("/reply")
    head.send(reply, {"reply_number": "晨光園字第1150000001號", "reply_date": short_date(_today())})


def build(stage: Stage) -> None:
    """The worker copies what is held, joins and trims it, and says that it is ready."""
    wait_for(
        lambda: stage.database.one(
            "select state from packages where disclosure_id = %s and state = 'ready'", stage.disclosure_id
        ),
        what="the package is ready",
        seconds=60,
    )


def watch(stage: Stage) -> None:
    """The school plays the copy in its player: every piece of the playlist, joined, is a film that decodes."""
    handler = stage.person("k1-handler")
    page = handler.open(f"{stage.school}/cases/{stage.disclosure_id}/review/1")
    address = page.link(".m3u8")
    lines = handler.open(address).text.splitlines()
    first = next(line for line in lines if line.startswith("#EXT-X-MAP:")).split('"')[1]
    pieces = [first, *(line for line in lines if line and not line.startswith("#"))]
    base = address.rpartition("/")[0]
    film = stage.city.home / "watched.mp4"
    film.write_bytes(b"".join(handler.open(f"{base}/{piece}").body for piece in pieces))
    expect(decodes(film) > 0, "the pieces decode")
    stage.person("police").open(address, expect=404)


def collect(stage: Stage) -> None:
    """The officer downloads once, and only this officer; what the school says on the telephone opens it."""
    officer = stage.person("police")
    link = officer.send(stage.case("police").form("/collection")).form("/collect")
    _refused(stage, "prosecutor", link, with_status={403, 404})
    got = officer.send(link, _SIGNED)
    plain = pyrage.passphrase.decrypt(got.body, _told(stage))
    stage.package = stage.city.home / "package.zip"
    stage.package.write_bytes(plain)
    said = stage.database.one("select sha256 from packages where disclosure_id = %s", stage.disclosure_id)
    expect(hashlib.sha256(plain).hexdigest() == said, "the package is the one that was built")
    _refused(stage, "police", link, with_status={409, 410, 422})


def _told(stage: Stage) -> str:
    """What the handler reads out on the telephone."""
    page = stage.person("k1-handler").send(stage.case("k1-handler").form("/passphrase"))
    found = re.search(r"\d{4}(-\d{4}){5}", page.words)
    if found is None:
        raise AssertionError("the school is shown the passphrase")
    return found[0]


def verify(stage: Stage) -> None:
    """The recipient checks the copy with what lies in it and plain Python; one changed byte is found."""
    received = stage.city.home / "received"
    with zipfile.ZipFile(stage.package) as archive:
        archive.extractall(received)
    folder = next(received.iterdir()) / "data"
    sound = _run_verifier(folder)
    expect(sound.returncode == 0, f"verify.py accepts the package: {sound.stdout}{sound.stderr}")
    film = next(folder.glob("*.mp4"))
    _look_at_the_film(stage, film)
    kept = film.read_bytes()
    middle = len(kept) // 2
    film.write_bytes(kept[:middle] + bytes([kept[middle] ^ 1]) + kept[middle + 1 :])
    expect(_run_verifier(folder).returncode != 0, "verify.py finds one changed byte")
    film.write_bytes(kept)


def read_the_register(stage: Stage) -> None:
    """The hand-over stands in the school's register by itself, with the officer's unit."""
    register = stage.person("k1-handler").open(f"{stage.school}/register")
    expect("向陽分局" in register.words, f"the register has its line: {register.words[:400]}")


def _window(stage: Stage) -> tuple[datetime, datetime]:
    """From inside the first segment into the third: the copy has to be joined, and trimmed at both ends."""
    rows = stage.database.rows(
        "select s.started_at from segments s join cameras c on c.id = s.camera_id where c.code = %s"
        " and s.state = 'stored' order by s.started_at limit 3",
        CAMERAS[0],
    )
    starts = [row["started_at"].replace(microsecond=0) for row in rows]
    return starts[0] + timedelta(seconds=4), starts[2] + timedelta(seconds=6)


def _send_request(stage: Stage, form: Form) -> Page:
    assert stage.window is not None
    start, end = (moment.astimezone(TAIPEI) for moment in stage.window)
    officer = stage.person("police")
    answers: dict[str, Value] = {
        "document_number": "守市警向分偵字第11571234500號",
        "document_date": short_date(_today()),
        "subject": "請提供監錄影像",
        "officer_name": "李偉誠",
        "officer_title": "偵查佐",
        "officer_phone": "02-0000-0000",
        "duty": "偵辦竊盜案",
        "legal_basis": "刑事訴訟法第230條",
        "purpose": "查明案發經過",
        "scope": "前門鏡頭案發前後",
        "intended_use": "移送檢察官偵辦之附證",
        "wants_copy": "y",
        "copy_necessity": "移送檢察官偵辦需附證物",
        "windows-0-cameras": [str(stage.sample["camera_id"])],
        "windows-0-from_day": short_date(start.date()),
        "windows-0-from_time": f"{start:%H:%M:%S}",
        "windows-0-until_day": short_date(end.date()),
        "windows-0-until_time": f"{end:%H:%M:%S}",
        "scan": ("公文.pdf", a_pdf(), "application/pdf"),
    }
    whole = officer.send(form, answers)
    expect("送出前請核對" in whole.words and "公文.pdf" in whole.words, "everything is shown before it is sent")
    checked = whole.form("/requests/new")  # holds all that was typed, and the scan's ticket instead of the scan
    confirmed = {"confirmed": "y"} if "confirmed" in checked.offered else {}  # a person reads what is unusual
    return officer.send(checked, {"send": "y"} | confirmed)


def _today() -> date:
    return datetime.now(TAIPEI).date()


def _refused(stage: Stage, login: str, link: Form, *, with_status: set[int]) -> None:
    person = stage.person(login)
    own = person.open("/account").form("/sign-out").values["csrf_token"]  # not refused for the wrong reason
    try:
        person.send(link, {**_SIGNED, "csrf_token": own})
    except Unexpected as refused:
        expect(refused.status in with_status, f"{login} is refused with a sentence, not: {refused}")
        return
    expect(so=False, sentence=f"{login} is refused")


def _run_verifier(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=plain_env(),
    )


def _look_at_the_film(stage: Stage, film: Path) -> None:
    assert stage.window is not None
    asked = (stage.window[1] - stage.window[0]).total_seconds()
    found = probe(film)
    video = next(stream for stream in found["streams"] if stream["codec_type"] == "video")
    expect(video["codec_name"] == "h264", "the film has the camera's own coding")
    length = float(found["format"]["duration"])
    expect(abs(length - asked) < 1.5, f"the film lasts the approved {asked} s, not {length} s")
    expect(decodes(film) > asked, "its pictures decode")

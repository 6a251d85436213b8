"""Everything at once, in the order in which one thing rests on another."""

from collections.abc import Sequence
from contextlib import closing
from sqlite3 import DatabaseError

from infra.causes import GapCause
from infra.clock import now
from infra.manifest import microseconds
from workers.edge import alike, configuration
from workers.edge.api import Api, Refused, Unavailable
from workers.edge.clocks.readings import Readings
from workers.edge.configuration import CameraRules, Config, UnknownConfig
from workers.edge.doctor import cameras, disk, kept, machine, network
from workers.edge.doctor.findings import Finding
from workers.edge.home import Home
from workers.edge.index_faults import is_spoilt
from workers.edge.ledger import Ledger
from workers.edge.sending.refused import left_behind
from workers.edge.standing import REVOKED
from workers.edge.undated import standing
from workers.edge.undated.boots import Boots
from workers.edge.words import CONFIG_SPOILT, INDEX_SPOILT, KEYS_LOW_DAYS, REVOKED_WORDS, aside_words, keys_words


def examine(home: Home) -> list[Finding]:
    """Look at everything of an enrolled box, and keep it for page and sheet. Raises `NotEnrolled` or `CannotOpen`."""
    identity = home.identity()
    server = network.way_to(identity.server, check="server", title="平台連線")
    answered, config = _answer(home, Api(identity, home.device_key()))
    seen = cameras.every(list(config.cameras.values()) if config is not None else [], home)
    streams = {camera.camera_id: found for camera, found in seen if isinstance(found, cameras.Stream)}
    rate, count = sum(one.kept_bits_per_second for one in streams.values()), len(seen)
    rest = [_keys(config)] if config is not None else []
    rest += [_store(config)] if config is not None and config.store else []
    findings = [
        server,
        *answered,
        *rest,
        *_of_index(home, config, cameras=count, bits_per_second=_of_all(rate, len(streams), count)),
        *_files(home),
        disk.speed(home.folder, cameras=count),
        disk.mount(home.folder),
        disk.rights(home.folder),
        machine.recorders(home),
        *machine.page(home),
        machine.memory(),
        machine.warmth(),
        machine.libraries(),
        *_found(seen),
        *_alike(home, config),
    ]
    kept.keep(home, findings, {one: vars(stream) for one, stream in streams.items()}, at=now())
    return findings


def _of_index(home: Home, config: Config | None, *, cameras: int, bits_per_second: float) -> list[Finding]:
    """What is measured by the box's own index, or that nobody can read it."""
    try:
        with closing(Ledger(home.ledger)) as ledger:
            room = disk.room(home, ledger, cameras=cameras, bits_per_second=bits_per_second)
            return [room, *_not_sent(ledger, config)]
    except DatabaseError as error:
        if not is_spoilt(error):
            raise
        return [Finding(check="index", title="錄影索引", good=False, words=INDEX_SPOILT)]


def _not_sent(ledger: Ledger, config: Config | None) -> list[Finding]:
    """What lies on the disk and cannot be sent: its time is not known, or it was not taken."""
    undated = standing.words(ledger, Boots(ledger, Readings(ledger), lambda: config))
    left = left_behind(ledger).words()
    found = [Finding(check="undated", title="錄影時間", good=undated[1], words=undated[0])] if undated else []
    return found + ([Finding(check="refused", title="無法上傳", good=False, words=left)] if left else [])


def _files(home: Home) -> list[Finding]:
    """Files that are broken, or were and lie aside."""
    told = [CONFIG_SPOILT] if configuration.is_spoilt(home) else []
    return [
        Finding(check="files", title="損壞的檔案", good=False, words=words) for words in (*told, *aside_words(home))
    ]


def _of_all(rate: float, measured: int, count: int) -> float:
    """Cameras that could not be read are taken for as large as the others."""
    return rate * count / measured if measured else 0.0


def _found(seen: Sequence[tuple[CameraRules, cameras.Stream | GapCause]]) -> list[Finding]:
    if not seen:
        words = "平台上這個地點還沒有鏡頭。請學校先建立鏡頭資料。"
        return [Finding(check="cameras", title="鏡頭", good=False, words=words)]
    return [cameras.finding(camera, found) for camera, found in seen]


def _alike(home: Home, config: Config | None) -> list[Finding]:
    """Cameras that were given one address: of one of them it is another's footage."""
    told = alike.warnings(home, config.cameras) if config is not None else []
    return [Finding(check="alike", title="鏡頭位址", good=False, words=words) for words in told]


def _answer(home: Home, api: Api) -> tuple[list[Finding], Config | None]:
    """What the server says to this device, and how far apart the clocks are; the kept config when it says nothing."""
    asked_us = microseconds(now())
    try:
        document = api.get("/config")
    except Refused as error:
        said = error.detail or "平台拒絕這台主機。請洽機構承辦人。"
        words = REVOKED_WORDS if error.code == REVOKED else said
        return [Finding(check="standing", title="主機身分", good=False, words=words)], configuration.load(home)
    except Unavailable:
        words = "平台沒有回應。請檢查網路，稍後再試；錄影不受影響。"
        return [Finding(check="standing", title="主機身分", good=False, words=words)], configuration.load(home)
    offset_ms = (int(document["now_us"]) - (asked_us + microseconds(now())) // 2) // 1000
    try:
        config = configuration.keep(home, document)
    except UnknownConfig as error:
        return [Finding(check="standing", title="主機身分", good=False, words=str(error))], configuration.load(home)
    place = "／".join(filter(None, (config.institution, config.site))) or "已註冊"
    return [
        Finding(check="standing", title="主機身分", good=True, words=f"{place}。"),
        machine.clock(offset_ms),
    ], config


def _keys(config: Config) -> Finding:
    left = config.days_ahead(now())
    has = config.has_key(now())
    good = has and left >= KEYS_LOW_DAYS
    return Finding(check="keys", title="加密金鑰", good=good, words=keys_words(config, now()), facts={"days": left})


def _store(config: Config) -> Finding:
    return network.way_to(config.store, check="store", title="儲存空間連線")

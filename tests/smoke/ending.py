"""A day ends, and every step stands in the chain (steps 5 and 6 of the main job)."""

from uuid import uuid4

from infra import object_keys
from infra.age import Kind, new_identity
from infra.clock import today
from infra.kms import FileKms
from infra.settings import Process
from infra.shares import unseal
from infra.stack.ceph import Ceph
from tenants.footage.keys import day_lock
from tenants.periods import lifecycle_days
from tenants.retention.hold_keys import hold_lock
from tests.smoke.outside import age_opens, expect, probe, wait_for
from tests.smoke.stage import Stage

_LATER_DAYS = 16
# Of an institution that nobody knows, so that no destruction is told of it.
_STRAY = object_keys.segment(retention_days=14, tenant_id=uuid4(), day=today(), camera_id=uuid4(), segment_id=uuid4())


def open_while_the_key_lives(stage: Stage) -> None:
    """Before its day ends, the stored object opens with the day key, by the `age` program, and is what was recorded."""
    plain = next((found for secret in _secrets(stage) if (found := age_opens(stage.sample["cipher"], secret))), None)
    expect(plain is not None, "the day key opens the object")
    assert plain is not None
    file = stage.city.home / "plain.mp4"
    file.write_bytes(plain)
    video = probe(file)["streams"][0]
    file.unlink()
    expect(video["codec_name"] == "h264", "the segment is the camera's own video")


def end_the_day(stage: Stage) -> None:
    """The box has sent everything and rests; sixteen days later the worker's night destroys the day of K1 (DR-05)."""
    stage.cameras[0].stop()
    wait_for(
        lambda: stage.database.one("select sum(spooled) = 0 and not bool_or(recording) from camera_status"),
        what="the box reports that nothing of the day is left on its disk",
        seconds=90,
    )
    resting = [stage.city.processes.pop(name) for name in ("edge-K1", "worker", "cron")]
    for process in resting:
        process.ask_to_stop()
    for process in resting:
        process.stop(seconds=20)
    stage.store.put(_STRAY, stage.sample["cipher"])
    stage.city.run(Process.WORKER, "tests.smoke.later", str(_LATER_DAYS))
    # The night copied what was held last; the day that waited for it goes with the next sweep.
    stage.city.run(Process.WORKER, "tests.smoke.later", str(_LATER_DAYS), stage.tenants["K1"])
    rows = stage.database.rows("select * from destructions where tenant_id = %s", stage.tenants["K1"])
    expect(rows, "the day was destroyed")
    expect(all(row["state"] == "certified" for row in rows), f"each destruction is certified: {rows}")
    certificate = next(row for row in rows if row["civil_day"] == stage.sample["civil_day"])
    page = stage.person("k1-head").open(f"{stage.school}/retention/certificates/{certificate['id']}")
    expect(certificate["certificate_no"] in page.words, "the certificate can be read")


def find_nothing_left(stage: Stage) -> None:
    """Nothing of the day is in the store in any form; what was preserved is; the old bytes open with no key."""
    left = list(stage.store.remnants(stage.sample["key"].partition(stage.tenants["K1"])[0] + stage.tenants["K1"]))
    expect(not left, f"the store holds no footage of the day: {left[:3]}")
    kept = list(stage.store.listing(f"evidence/{stage.tenants['K1']}/"))
    expect(any("/holds/" in facts.key for facts in kept), "what was preserved is still there")
    secrets = _secrets(stage)
    expect(secrets, "other keys live")
    opened = [secret for secret in secrets if age_opens(stage.sample["cipher"], secret)]
    expect(not opened, "no living key opens the destroyed segment")
    preserved = next(stage.store.get(facts.key) for facts in kept if "/holds/" in facts.key)
    expect(any(age_opens(preserved, secret) for secret in secrets), "what was preserved opens with the hold's key")


def let_the_store_expire(stage: Stage) -> None:
    """Ceph only: the installed rule takes an object that our own destruction was never told of, and no evidence."""
    ceph = stage.city.store
    if not isinstance(ceph, Ceph):
        told = stage.city.run(Process.WORKER, "flask", "--app", "workers.app", "storage", "check")
        expect("沒有到期規則" in told, "a store without rules is said loudly")
        return
    stage.city.run(Process.WORKER, "flask", "--app", "workers.app", "storage", "apply")
    stage.city.run(Process.WORKER, "flask", "--app", "workers.app", "storage", "check")
    before = {facts.key for facts in stage.store.listing("evidence/")}
    expect(before, "there is evidence")
    expect(list(stage.store.remnants(_STRAY)), "the object is there until its day")
    wait_for(lambda: _expired(ceph, stage), what="the rule expires the object", seconds=lifecycle_days(14) + 20)
    expect({facts.key for facts in stage.store.listing("evidence/")} == before, "and no evidence")


def verify_the_chain(stage: Stage) -> None:
    """The command walks every chain and finds them whole."""
    told = stage.city.run(Process.WORKER, "flask", "--app", "workers.app", "audit", "verify")
    lines = [line for line in told.splitlines() if line.strip() and not line.startswith("會簽公鑰")]
    expect(len(lines) >= len(stage.tenants), f"every chain is walked: {told}")
    expect(all("完整" in line for line in lines), f"every chain is whole: {told}")
    expect("未會簽" not in told, f"every head bears the bureau's signature: {told}")
    acts = {row["event"] for row in stage.database.rows("select distinct event from audit_events")}
    for act in ("device:enrolled", "disclosure:filed", "disclosure:decided", "disclosure:collected"):
        expect(act in acts, f"the chain tells of {act}: {sorted(acts)}")


def _expired(ceph: Ceph, stage: Stage) -> bool:
    ceph.run_lifecycle(day_seconds=1)
    return not list(stage.store.remnants(_STRAY))


def _secrets(stage: Stage) -> list[str]:
    """Every private key that still exists, as its holder could unwrap it; and one that never belonged."""
    kms = FileKms(stage.city.home / "secrets" / "master.key")
    found = [new_identity(Kind.CLASSIC).secret]
    for row in stage.database.rows("select * from day_keys where wrapped_secret is not null"):
        lock = day_lock(
            tenant_id=row["tenant_id"],
            day=row["civil_day"],
            retention_days=row["retention_days"],
            recipient=row["recipient"],
        )
        found.append(unseal(row["wrapped_secret"], lock, kms=kms, store=stage.store).decode())
    for row in stage.database.rows("select * from holds where wrapped_secret is not null"):
        lock = hold_lock(tenant_id=row["tenant_id"], hold_id=row["id"], recipient=row["recipient"])
        found.append(unseal(row["wrapped_secret"], lock, kms=kms, store=stage.store).decode())
    return found

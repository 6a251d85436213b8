"""What happens in the year, by the number of its day: three schools, holds, other days, a new regulation, a backup."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from click.testing import Result

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.permissions import Role
from tenants.registry import regulations
from tenants.registry.models import TenantKind
from tenants.retention import actions, stops
from tenants.retention.models import HoldBasis
from tenants.retention.rules import CameraWindow
from tests.smoke.outside import expect
from tests.year.days import DayClock
from tests.year.law import Own, Version, days_of, owed, version_of
from tests.year.opening import Opener
from tests.year.schools import FOUNDER, Plan, Recorded, School, found_bureau, person
from tests.year.seen import look
from tests.year.servers import BUCKET, Servers
from tests.year.watch import Held, Judge, Watch

RECORDED_DAYS = 366
# Nights without a worker: once while a school keeps fourteen days, once while what is kept longest becomes due.
IDLE = frozenset({*range(110, 116), *range(356, 362)})
# A box that cannot send for nine days.
OFFLINE = {"E1": range(300, 309)}
_LATER_POLICY, _NEW_REGULATION, _BACK_TO_REGULATION = 45, 210, 250
_DUMPED, _RESTORED = 240, 244

PRESCHOOL = Plan(
    code="K1",
    name="晨光幼兒園",
    kind=TenantKind.PRESCHOOL,
    profile="KH_PRESCHOOL",
    cameras=("C-GATE", "C-ROOM2"),
    hours=(8, 12),
)
SCHOOL = Plan(
    code="E1",
    name="向陽國小",
    kind=TenantKind.ELEMENTARY_SCHOOL,
    profile="TY_ELEMENTARY",
    cameras=("E-GATE",),
    hours=(8, 12),
    own_days=60,
)
LONGEST = Plan(
    code="K2",
    name="星河幼兒園",
    kind=TenantKind.PRESCHOOL,
    profile="KH_PRESCHOOL",
    cameras=("S-GATE",),
    hours=(8,),
    own_days=346,
)


@dataclass
class Story:
    """The year's acts. `on` gives those of a day; `say` prints what came of one."""

    servers: Servers
    days: DayClock
    say: Callable[[str], None]
    schools: dict[str, School] = field(default_factory=dict)
    made: list[Recorded] = field(default_factory=list)
    _holds: dict[str, tuple[UUID, Held]] = field(default_factory=dict)

    def found(self) -> Watch:
        """Everybody and every rule before the first night; and who will watch."""
        self.bureau_id = found_bureau(self.servers.app)
        for plan in (PRESCHOOL, SCHOOL, LONGEST):
            school = School(plan=plan, app=self.servers.app, uploads=self.servers.uploads)
            school.found(FOUNDER)
            self.schools[plan.code] = school
        self._apply()
        idle = frozenset(self.days.day(number) for number in IDLE)
        judges = {each.tenant_id: self._judge(code, idle) for code, each in self.schools.items()}
        last = self.days.day(RECORDED_DAYS - 1)
        see, opener = lambda: look(self.servers), Opener(self.servers)
        self.watch = Watch(see, opener, lambda: self.days.store_now, judges, idle, last)
        return self.watch

    def on(self, number: int) -> list[Callable[[], None]]:
        """What is done at nine o'clock of a day."""
        return [act for day, act in self._acts() if day == number]

    def _acts(self) -> list[tuple[int, Callable[[], None]]]:
        return [
            (5, lambda: self._leave_strays(14, 60, 346)),
            *((number, lambda: self._leave_strays(14, 60)) for number in (100, 200)),
            *((number, self._upload_again) for number in range(40, RECORDED_DAYS, 40)),
            *((number, self._check_rules) for number in range(30, RECORDED_DAYS, 30)),
            (60, lambda: self._hold("甲", "K1", "C-GATE", range(50, 53))),
            (116, lambda: self._let_go("K1")),
            (362, lambda: self._let_go("E1")),
            (140, lambda: self._release("甲", "K1")),
            (25, lambda: self._adopt("K2", "30", _LATER_POLICY)),
            (185, self._schedule),
            (225, lambda: self._hold("乙", "E1", "E-GATE", range(220, 222))),
            (228, lambda: self._adopt("E1", "", _BACK_TO_REGULATION)),
            (_DUMPED, self._dump),
            (_RESTORED, self._restore),
            (300, lambda: self._release("乙", "E1")),
        ]

    def _judge(self, code: str, idle: frozenset[date]) -> Judge:
        begin, at = self.days.first, self.days.day
        kh = [
            Version(code="KH_PRESCHOOL", name="1", begins=date(2019, 5, 13), days=14),
            Version(code="KH_PRESCHOOL", name="116", begins=at(_NEW_REGULATION), days=30),
        ]
        ty = [Version(code="TY_ELEMENTARY", name="1", begins=date(2019, 6, 17), days=14)]
        own = {
            "K1": [],
            "E1": [Own(begins=begin, days=60), Own(begins=at(_BACK_TO_REGULATION))],
            "K2": [Own(begins=begin, days=346), Own(begins=at(_LATER_POLICY), days=30)],
        }[code]
        text = ty if code == "E1" else kh

        def cites(day: date) -> str:
            found = version_of(day, text)
            return f"{found.code} {found.name}"

        return Judge(
            owed=lambda day: owed(day, days_of(day, text, own), idle=idle),
            days=lambda day: days_of(day, text, own),
            cites=cites,
        )

    def _hold(self, name: str, code: str, camera: str, numbers: range) -> None:
        """By a letter of the prosecutors: the mornings of some days at one camera."""
        school, kept = self.schools[code], {self.days.day(number) for number in numbers}
        starts = [clock.day_start(day) + timedelta(hours=8) for day in sorted(kept)]
        with school.acting():
            hold = actions.place_hold(
                actor=school.head,
                tenant_id=school.tenant_id,
                basis=HoldBasis.CRIME_INVESTIGATION,
                reference="守園地檢署115年度偵字第1號",
                document=f"守檢字第115000000{len(self._holds) + 1}號",
                necessity="偵查中，尚待勘驗原始影像。",
                windows=[
                    CameraWindow(
                        camera_id=school.cameras[camera], started_at=start, ended_at=start + timedelta(minutes=30)
                    )
                    for start in starts
                ],
                review_on=clock.today() + timedelta(days=180),
            )
            hold_id = hold.id
        prefix = f"evidence/{school.tenant_id}/holds/{hold_id}/"
        wanted = [made for made in self.made if (made.school, made.camera) == (code, camera)]
        copies = {f"{prefix}{made.segment_id}.age": made for made in wanted if made.started_at in starts}
        expect(len(copies) == len(starts), f"hold {name} covers {len(starts)} segments")
        shares = f"keys/{school.tenant_id}/holds/{hold_id}/"
        self._holds[name] = (hold_id, Held(name=f"hold {name}", prefix=prefix, shares=shares, copies=copies))
        self.watch.held.append(self._holds[name][1])
        self.watch.tally["holds"] += 1
        self.say(f"{code} holds {len(copies)} segments by a letter")

    def _release(self, name: str, code: str) -> None:
        school, (hold_id, held) = self.schools[code], self._holds[name]
        with school.acting():
            actions.release_hold(
                actor=school.head, tenant_id=school.tenant_id, hold_id=hold_id, reason="偵查終結，無保存必要"
            )
        held.released = clock.today()
        self.say(f"{code} ends its hold")

    def _let_go(self, stopped: str) -> None:
        """Six nights at once are too much of fourteen days: the head looks at the plan and lets it go."""
        for code, school in self.schools.items():
            with school.acting():
                found = stops.open_stop(tenant_id=school.tenant_id)
                expect((found is not None) == (code == stopped), f"{code} waits for its head: {found}")
                if found is not None:
                    ids = {"tenant_id": school.tenant_id, "stop_id": found.id}
                    stops.release_stop(actor=school.head, reason="主機停機六日，補行銷毀", **ids)
                    self.say(f"{code}'s head lets {len(found.days)} days go after six nights without a worker")

    def _adopt(self, code: str, days: str, begins: int) -> None:
        self.schools[code].adopt(days, self.days.day(begins))
        self._apply()
        self.say(f"{code} passes {days or 'the regulation’s own'} days from day {begins} on")

    def _schedule(self) -> None:
        with self.servers.app.app_context():
            bind(db.session, Binding(tenant_id=self.bureau_id))
            regulations.schedule_version(
                code="KH_PRESCHOOL",
                version="116",
                effective_from=self.days.day(_NEW_REGULATION),
                min_days="30",
                document="守園教幼字第1150001號",
                words="監錄資料應保存至少30日以上。",
                actor=person(Role.BUREAU_OFFICER, "教育局承辦人"),
            )
            db.session.commit()
        self._apply()
        self.say(f"the bureau schedules 30 days for preschools from day {_NEW_REGULATION} on")

    def _dump(self) -> None:
        self.servers.dump()
        self.say("pg_dump")

    def _restore(self) -> None:
        """As the README says: keys first, then what the store has and the index lacks."""
        self.watch.look(clock.today())
        self.servers.restore()
        rows, opened = self.watch.brought_back()
        expect(rows and not opened, f"{rows} destroyed keys are rows again, {opened} of them open")
        told = _fine(self.servers.command("keys", "after-restore"))
        entered = told.output.count("登記為已銷毀")
        expect(entered == rows, f"{entered} of {rows} days are entered as destroyed:\n{told.output}")
        for code in self.schools:
            _fine(self.servers.command("footage", "rebuild", "--tenant", code))
        self.watch.tally["brought back"], self.watch.tally["brought back and open"] = rows, opened
        self.say(f"the backup is restored: {rows} destroyed keys are rows again, {opened} open; {entered} entered anew")

    def _upload_again(self) -> None:
        """A box that did not hear the answer sends once more: the bucket keeps the old version for a while."""
        for made in self.made[-3:]:
            self.schools[made.school].put(made)

    def _leave_strays(self, *classes: int) -> None:
        """Of an institution that nobody knows, and an upload that was given up; the store alone can clear these."""
        day = clock.today()
        for days in classes:
            ids, segment_id = (uuid4(), uuid4()), uuid4()
            key = f"seg/d{days}/{ids[0]}/{day.isoformat()}/{ids[1]}/{segment_id}.age"
            self.servers.bucket.put_object(Bucket=BUCKET, Key=key, Body=b"stray")
            stray = Recorded(
                school="",
                tenant_id=ids[0],
                day=day,
                days=days,
                camera="",
                segment_id=segment_id,
                started_at=clock.now(),
                key=key,
                line=None,
                plain=b"",
                cipher=b"",
            )
            self.watch.take_stray(stray)
            self.servers.bucket.create_multipart_upload(Bucket=BUCKET, Key=f"{key}.part")
            self.watch.uploads[f"{key}.part"] = day

    def _apply(self) -> None:
        _fine(self.servers.command("storage", "apply"))

    def _check_rules(self) -> None:
        _fine(self.servers.command("storage", "check"))


def _fine(result: Result) -> Result:
    expect(result.exit_code == 0, f"a command ends with {result.exit_code}: {result.output} {result.exception}")
    return result

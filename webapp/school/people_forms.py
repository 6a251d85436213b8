"""Untrusted input of the pages about people -> typed values."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from wtforms import PasswordField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from infra import clock
from tenants.errors import Invalid, refusals
from tenants.people.actions import new_user_faults
from tenants.people.models import Membership, User
from tenants.people.queries import user_by_login
from tenants.people.rules import (
    DEPUTISED,
    SUCCEEDED,
    Deputyship,
    check_delegation,
    may_act_in,
    normal_login,
    period_faults,
    roles_named,
)
from tenants.permissions import ROLE_NAMES, SCHOOL_ROLES, Acting, Role
from webapp.form_fields import OneOf, RocDateField, Stated, options
from webapp.forms import Form

_LONGEST = 100
_TOO_LONG = "最多 %(max)d 字。"
_ACTING = [(Acting.DEPUTY.value, "職務代理（印「代」）"), (Acting.DELEGATE.value, "分層負責（印「代為決行」）")]
_ROLES = [(role.value, ROLE_NAMES[role]) for role in Role if role in SCHOOL_ROLES]
_CHOOSE = ("", "請選擇")


class AppointForm(Form):
    """Somebody with an account, and a role."""

    exact = frozenset({"email"})

    login = StringField("帳號", [Stated("請輸入對方的帳號。"), Length(max=_LONGEST, message=_TOO_LONG)])
    role = OneOf("角色", choices=options(_ROLES), default=Role.STAFF.value)
    unit = StringField("單位", [Length(max=_LONGEST, message=_TOO_LONG)])

    def wrong(self) -> Iterable[Invalid]:
        """An account that is not there."""
        if user_by_login(login=normal_login(self.login.data or "")) is None:
            yield Invalid("找不到這個帳號。請確認帳號名稱，或改用「建立新帳號」。", field="login")

    def person(self) -> User:
        """Whose account it is. Only after `validate`."""
        found = user_by_login(login=normal_login(self.login.data))
        assert found is not None  # noqa: S101 - `validate` saw to it
        return found


class NewPersonForm(AppointForm):
    """Somebody without an account yet. The password is the first one; they change it after signing in."""

    name = StringField("姓名", [Stated("請填寫姓名。"), Length(max=_LONGEST, message=_TOO_LONG)])
    title = StringField("職稱", [Length(max=_LONGEST, message=_TOO_LONG)])
    email = StringField("電子郵件", [Length(max=_LONGEST, message=_TOO_LONG)])
    password = PasswordField("初始密碼", [Stated("請設定初始密碼。"), Length(max=256, message=_TOO_LONG)])

    def wrong(self) -> Iterable[Invalid]:
        """An account that cannot be made so."""
        return new_user_faults(
            login=self.login.data or "", name=self.name.data or "", password=self.password.data or ""
        )


class DeputyForm(Form):
    """Who acts in whose office, how, and from which day through which (DR-26)."""

    office = OneOf("被代理的職務", validators=[Stated("請選擇被代理的職務。")])
    deputy = OneOf(
        "代理人",
        unknown="這位人員不能代理目前的任何職務：不能代理自己擔任的職務，首長與承辦人也不能互相代理。請從清單中選取。",
        validators=[Stated("請選擇代理人。")],
    )
    acting = OneOf("方式", choices=options(_ACTING), default=Acting.DEPUTY.value)
    starts_on = RocDateField("起日", [Stated("請填寫起日，例如 115/12/01。")])
    ends_on = RocDateField("迄日", [Stated("請填寫迄日，例如 115/12/05。")])
    reason = StringField(
        "事由", [Stated("請填寫事由，例如公差，或分層負責明細表的文號。"), Length(max=_LONGEST, message=_TOO_LONG)]
    )

    @classmethod
    def of(cls, staff: Sequence[tuple[Membership, User]], *, fresh: bool = False) -> "DeputyForm":
        """The form with the offices that somebody holds, and everybody who could act in one, by those they could."""
        form = cls(formdata=None) if fresh else cls()
        offices = [
            (f"{held.role}:{user.id}", f"{user.name}（{ROLE_NAMES[Role(held.role)]}）")
            for held, user in staff
            if held.role in DEPUTISED
        ]
        form.office.choices = options([_CHOOSE, *offices])
        form.deputy.choices = [*options([_CHOOSE]), *_deputies(staff)]
        return form

    @property
    def has_deputies(self) -> bool:
        """Whether there is anybody to choose."""
        return len(self.deputy.choices) > 1

    def wrong(self) -> Iterable[Invalid]:
        """Whose office, by whom, and for how long; what is not chosen yet is told by its field."""
        starts_on, ends_on = self.starts_on.data, self.ends_on.data
        if starts_on is not None and ends_on is not None:
            yield from period_faults(starts_on, ends_on, today=clock.today())
        if self.acting.data == Acting.DELEGATE and self.office.data and not self.office.errors:
            role = Role(str(self.office.data).partition(":")[0])
            yield from refusals(lambda: check_delegation(role))

    def wanted(self) -> Deputyship:
        """What was chosen. Only of a form that is whole."""
        role, _, principal = str(self.office.data).partition(":")
        return Deputyship(
            principal_id=UUID(principal),
            role=Role(role),
            user_id=UUID(self.deputy.data),
            acting=Acting(self.acting.data),
            starts_on=self.starts_on.day,
            ends_on=self.ends_on.day,
            reason=self.reason.data or "",
        )


def _deputies(staff: Sequence[tuple[Membership, User]]) -> list[SelectChoice]:
    """Who could act in an office that somebody holds, grouped by which: the form asks for both on one page.

    Who holds or acts in what from another day on is known to the action alone, which refuses it.
    """
    offered = {Role(held.role) for held, _user in staff}
    duties: dict[UUID, set[Role]] = {}
    for held, user in staff:
        duties.setdefault(user.id, set()).add(Role(held.role))
    groups: dict[tuple[Role, ...], list[SelectChoice]] = {}
    for user in {user.id: user for _held, user in staff if user.deactivated_at is None}.values():
        could = tuple(role for role in may_act_in(duties[user.id]) if role in offered)
        if could:
            named = SelectChoice(value=str(user.id), label=_called(user), optgroup=f"可代理：{roles_named(could)}")
            groups.setdefault(could, []).append(named)
    most_first = sorted(groups, key=lambda could: (-len(could), [DEPUTISED.index(role) for role in could]))
    return [choice for could in most_first for choice in groups[could]]


def _called(user: User) -> str:
    return f"{user.name}（{user.title}）" if user.title else user.name


class EndForm(Form):
    """Who takes over, where the role is one that somebody takes over."""

    successor = OneOf("接任人員")

    @classmethod
    def of(cls, role: Role, others: Iterable[User]) -> "EndForm":
        """The form with everybody else of the institution to choose from; for a guard or staff with nobody."""
        form = cls()
        others = others if role in SUCCEEDED else ()
        named = [(str(person.id), _called(person)) for person in others]
        form.successor.choices = options([("", "不另指派接任人員"), *named])
        return form

    @property
    def asks_successor(self) -> bool:
        """Whether there is anybody to choose."""
        return len(self.successor.choices) > 1

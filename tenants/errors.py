"""What can go wrong, in the words of the domain. None of these knows HTTP; `webapp.errors` has the one table that does.

`str(error)` is a sentence in 繁體中文 for a person: what happened and what to do next.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


class DomainError(Exception):
    """Base of all refusals. `code` is stable and is what devices and tests look at."""

    code = "refused"


class NotFound(DomainError):
    """The thing does not exist, or does not exist for this actor: the two are never told apart (DR-08)."""

    code = "not_found"

    def __init__(self, message: str = "找不到這筆資料，或您沒有權限查看。請確認網址，或回到首頁重新選取。") -> None:
        super().__init__(message)


class NotAllowed(DomainError):
    """The actor exists and is known, but the table of permissions gives no right to do this."""

    code = "not_allowed"


class Invalid(DomainError):
    """Input that breaks a rule. `field` names the input, so that a form can show the sentence beside it."""

    code = "invalid"

    besides: tuple["Invalid", ...] = ()  # what else is wrong, of which a form tells all in one round

    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.code = code or self.code

    def beside(self, others: Iterable["Invalid"]) -> "Invalid":
        """The same, which knows what else is wrong."""
        self.besides = tuple(others)
        return self


@dataclass(frozen=True)
class Caution:
    """Something unusual that stops nothing; a person confirms it. `code` is stable."""

    code: str
    message: str


class NeedsConfirmation(DomainError):
    """Nothing is wrong, but a person should look again: send the same once more with `confirmed=True`."""

    code = "needs_confirmation"

    def __init__(self, cautions: tuple[Caution, ...]) -> None:
        super().__init__("請確認下列事項後再送出：" + "；".join(caution.message for caution in cautions) + "。")
        self.cautions = cautions


class InvalidTransition(DomainError):
    """The case is in a state in which this step is not possible."""

    code = "invalid_transition"


class HeldByLaw(DomainError):
    """Footage that the law says must stay: too young to destroy, or under a hold."""

    code = "held_by_law"


class Destroyed(DomainError):
    """Footage that was lawfully destroyed and can be given to nobody."""

    code = "destroyed"


class Tampered(DomainError):
    """Bytes, a signature or a chain that do not say what they said before."""

    code = "tampered"


class KeyIncomplete(DomainError):
    """The share of a key that its row says is alive is not in the store. Nothing opens; nothing counts as destroyed."""

    code = "key_incomplete"

    def __init__(
        self, message: str = "這份影像的金鑰缺少存放在儲存服務的另一份，目前無法開啟。請洽平台維運人員。"
    ) -> None:
        super().__init__(message)


class Unavailable(DomainError):
    """Something outside that is needed does not answer. Nothing was done, and nothing is lost."""

    code = "unavailable"

    def __init__(self, message: str = "金鑰或儲存服務暫時沒有回應，影像沒有遺失。請稍候幾分鐘再試。") -> None:
        super().__init__(message)


def refusals(*checks: Callable[[], object]) -> list[Invalid]:
    """What the checks refuse, all of them: each is asked, also where one before it refused."""
    found: list[Invalid] = []
    for check in checks:
        try:
            check()
        except Invalid as refused:
            found += [refused, *refused.besides]
    return found


def refuse(found: Iterable[Invalid]) -> None:
    """Raise the first of these, which knows all others, if there is any."""
    all_of_it = tuple(found)
    if all_of_it:
        first, *others = all_of_it
        raise first.beside(others)

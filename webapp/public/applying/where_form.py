"""The third step: which places, and from when to when (KH-A1-08 to KH-A1-10, KH-6-2f)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from wtforms import FieldList, FormField

from infra import clock
from tenants.disclosures import asking
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import rules
from tenants.disclosures.insider.rules import Incident
from tenants.errors import Invalid, refusals
from tenants.profiles import RuleProfile
from tenants.registry.models import Camera
from tenants.roc_dates import format_date
from webapp.agency.window_form import WindowForm
from webapp.form_fields import options
from webapp.forms import Form

MAX_WINDOWS = 5
# As long as the forms are kept (KH-7-4): who asks later than that asks at the counter.
_STILL_OFFERED = timedelta(days=365)


class WhereForm(Form):
    """Places and times: of the site that was chosen, and of nothing else."""

    windows = FieldList(FormField(WindowForm), "地點與時段", min_entries=1, max_entries=MAX_WINDOWS)
    _cameras: Mapping[UUID, Camera] = {}
    _rule: RuleProfile
    _incident: Incident | None = None

    def offer(self, cameras: Sequence[Camera], *, rule: RuleProfile, incident: Incident | None) -> None:
        """Say which places may be ticked, and within what the windows must lie."""
        self._cameras = {camera.id: camera for camera in cameras}
        self._rule, self._incident = rule, incident
        names = Counter(camera.name for camera in cameras)
        for entry in self.windows:
            entry.form.cameras.choices = options((str(each.id), _called(each, names[each.name])) for each in cameras)

    def wrong(self) -> Iterable[Invalid]:
        """The windows together; without one, each has its own fault, and so has an incident that is not known yet."""
        windows = self.asked()
        if not windows:
            return []
        site_of = {camera.id: camera.site_id for camera in self._cameras.values()}
        checks: list[Callable[[], object]] = [
            lambda: asking.check_windows(windows, site_of=site_of, now=clock.now()),
            lambda: asking.check_in_use(windows, self._cameras),
        ]
        if self._incident is not None:
            incident, margin = self._incident, rules.INCIDENT_MARGIN
            checks.append(lambda: rules.check_incident(incident, windows, profile=self._rule, margin=margin))
        return refusals(*checks)

    def asked(self) -> tuple[AskedWindow, ...]:
        """The windows that are sound by themselves. Only after `validate`."""
        return tuple(window for entry in self.windows for window in entry.form.windows())

    def name_of(self, camera_id: UUID) -> str:
        """The place that a window asks for."""
        return self._cameras[camera_id].name


def is_offered(camera: Camera, today: date) -> bool:
    """Whether a place stands in the list: in use, or retired so lately that somebody may still ask for its footage."""
    return camera.retired_on is None or camera.retired_on >= today - _STILL_OFFERED


def _called(camera: Camera, of_this_name: int) -> str:
    """The place's name; a code means nothing to a parent, and only tells two of one name apart."""
    name = camera.name if of_this_name == 1 else f"{camera.name}（{camera.code}）"
    return f"{name}（{format_date(camera.retired_on)}停用）" if camera.retired_on else name

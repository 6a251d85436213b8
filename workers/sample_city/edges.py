"""The folder of each live site's edge box: enrolled, and its cameras pointed at clips that are played in real time."""

from pathlib import Path

from infra import clock
from infra.signing import public_key_text, sign
from infra.stack.clips import Look, make_clip
from tenants.registry import devices
from workers.edge.home import Home, Identity
from workers.sample_city.cast import CameraPlan
from workers.sample_city.founding import City, Place, enter

# Nothing answers at port 9 of this machine (RFC 863's discard service, which nobody runs).
_NOBODY = "rtsp://127.0.0.1:9/stream"


def prepare(city: City, folder: Path, *, server: str) -> None:
    """Make the folders of all live sites under `folder`, each with a box that is enrolled at `server`."""
    for place in city.places.values():
        if place.plan.is_live:
            _prepare(city, place, Home(folder / place.plan.code), server)


def _prepare(city: City, place: Place, home: Home, server: str) -> None:
    home.make()
    enter(place.tenant_id)
    head, key, now = city.actor(city.head_of(place)), home.device_key(), clock.now()
    token = devices.issue_token(actor=head, tenant_id=place.tenant_id, site_id=place.site_id, now=now)
    applicant = devices.Applicant(name="邊緣主機", public_key=public_key_text(key), proof=sign(key, token.encode()))
    device = devices.enrol(actor=head, tenant_id=place.tenant_id, token=token, applicant=applicant, now=now)
    home.keep_identity(Identity(server=server, device_id=device.id, tenant_id=place.tenant_id, site_id=place.site_id))
    for camera in place.plan.cameras:
        home.keep_address(place.cameras[camera.code], _address(home, place, camera))


def _address(home: Home, place: Place, camera: CameraPlan) -> str:
    if camera.broken:
        return _NOBODY
    clip = home.folder / f"{camera.code}.mp4"
    make_clip(clip, Look(label=f"{place.plan.code} {camera.code}", seconds=12))
    return f"clip:{clip}"

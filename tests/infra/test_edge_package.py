"""The package of the recorder and its installation: all that it needs and nothing else, repeatable, and what stays."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from infra.edge import package
from infra.edge.package import BESIDE, ROOT, build, modules

PROGRAM, STATE = Path("opt/shouyuan-edge"), Path("var/lib/shouyuan-edge")
UNIT, COMMAND = Path("etc/systemd/system/shouyuan-edge.service"), Path("usr/local/bin/shouyuan-edge")
# Stands for an interpreter: notes what it was asked, and makes itself the environment's.
INTERPRETER = """#!/bin/sh
printf '%s\\n' "$*" >> "$NOTES"
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi
"""


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """The package as an installer unpacks it."""
    with tarfile.open(build(tmp_path / "package.tar.gz")) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "shouyuan-edge"


def install(unpacked: Path, *arguments: str, well: bool = True) -> subprocess.CompletedProcess[str]:
    """Install into a folder of the test's, with an interpreter that only takes notes."""
    python, place = unpacked.parent / "python", unpacked.parent / "machine"
    python.write_text(INTERPRETER, encoding="utf-8")
    python.chmod(0o755)
    told = {"DESTDIR": str(place), "PYTHON": str(python), "NOTES": str(unpacked.parent / "notes")}
    return subprocess.run(  # noqa: S603 - our own script
        [unpacked / "install.sh", *arguments],
        check=well,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **told},
    )


def test_the_package_holds_nothing_of_server_database_or_store() -> None:
    names = {str(path) for path in modules()}
    assert "workers/edge/__main__.py" in names
    assert "infra/recording.py" in names
    assert not [name for name in names if name.startswith(("tenants", "webapp", "infra/kms", "infra/s3", "infra/db"))]


def imported(module: Path) -> set[str]:
    """The packages that a file names, wherever in it."""
    nodes = list(ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))))
    names = [one.name for node in nodes if isinstance(node, ast.Import) for one in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.split(".", 1)[0] for name in names}


def test_the_package_needs_nothing_that_its_requirements_do_not_name() -> None:
    named = (ROOT / "workers/edge/requirements.in").read_text(encoding="utf-8")
    wanted = {found.lower() for found in re.findall(r"^[\w-]+", named, re.MULTILINE)}
    used = set[str]().union(*(imported(path) for path in modules() if path.suffix == ".py"))
    strangers = (
        used - sys.stdlib_module_names - {"infra", "workers", "_typeshed"}
    )  # the last for the type checker alone
    brought_by = packages_distributions()
    assert {one.lower() for name in strangers for one in brought_by.get(name, [name])} <= wanted


def copied(place: Path) -> Path:
    """The package's files as another checkout has them: elsewhere, and of another time."""
    beside = [Path("infra/edge", name) for name in BESIDE]
    for path in [*modules(), *beside, Path("workers/edge/requirements.txt")]:
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, place / path)
        os.utime(place / path, (1, 1))
    return place


def test_the_same_files_give_the_same_bytes_whenever_and_wherever_they_are_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(tmp_path / "first.tar.gz").read_bytes()
    place = copied(tmp_path / "elsewhere")
    monkeypatch.setattr(package, "ROOT", place)
    monkeypatch.setattr(package, "HERE", place / "infra" / "edge")
    monkeypatch.setattr("gzip.time.time", lambda: 1.0)
    assert build(tmp_path / "second.tar.gz").read_bytes() == first


def test_the_package_names_its_program_and_another_program_is_another(
    unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [sys.executable, "-c", "from workers.edge.program import version; print(version())"]
    done = subprocess.run(said, check=True, cwd=unpacked / "app", capture_output=True, text=True)  # noqa: S603
    assert re.fullmatch(r"[0-9a-f]{12}", done.stdout.strip())
    place = copied(tmp_path / "elsewhere")
    monkeypatch.setattr(package, "ROOT", place)
    monkeypatch.setattr(package, "HERE", place / "infra" / "edge")
    (place / "workers" / "edge" / "waiting.py").write_text('"""Another."""\n', encoding="utf-8")
    with tarfile.open(build(tmp_path / "other.tar.gz")) as archive:
        other = archive.extractfile("shouyuan-edge/app/PROGRAM")
        assert other is not None
        assert other.read().decode() != done.stdout.strip()


def test_what_was_unpacked_starts_by_itself(unpacked: Path) -> None:
    for module in ("workers.edge", "workers.edge.camera", "workers.edge.uploader", "workers.edge.local_page.server"):
        command = [sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); import {module}"]
        subprocess.run(command, check=True, cwd=unpacked / "app", env={})  # noqa: S603 - our own modules


def test_installing_twice_is_as_once_and_removing_keeps_what_was_recorded(unpacked: Path) -> None:
    place = unpacked.parent / "machine"
    said = install(unpacked).stdout
    assert "enrol" in said
    film = place / STATE / "spool.age"
    film.write_bytes(b"footage")
    (unpacked / "app" / "workers" / "new.py").touch()
    (unpacked / "app" / "workers" / "edge" / "waiting.py").unlink()
    install(unpacked)
    assert (place / PROGRAM / "app" / "workers" / "new.py").exists()
    assert not (place / PROGRAM / "app" / "workers" / "edge" / "waiting.py").exists(), "the new program, not a mixture"
    assert {path.name for path in (place / PROGRAM).iterdir()} == {"app", "venv", "README.md"}
    assert (place / STATE).stat().st_mode & 0o777 == 0o700
    notes = (unpacked.parent / "notes").read_text(encoding="utf-8").splitlines()
    assert sum("-m venv" in line for line in notes) == 1
    assert all("--require-hashes" in line for line in notes if " pip install" in line)
    install(unpacked, "--remove")
    assert film.read_bytes() == b"footage"
    assert not any((place / each).exists() for each in (PROGRAM, UNIT, COMMAND))


def test_the_first_installation_says_every_step_in_order_and_an_update_says_only_how_to_look(unpacked: Path) -> None:
    said = install(unpacked).stdout
    steps = [
        "enrol",
        "camera list",
        "camera mask",
        "camera add",
        "check",
        "systemctl start",
        "doctor",
        "accept",
        "sheet",
    ]
    places = [said.index(f" {each}") for each in steps]
    assert places == sorted(places)
    readme = (unpacked / "README.md").read_text(encoding="utf-8").split("依序執行", 1)[1]
    places = [readme.index(f" {each}") for each in steps]
    assert places == sorted(places)
    (unpacked.parent / "machine" / STATE / "identity.json").touch()
    again = install(unpacked).stdout
    assert again.strip().splitlines()[-1] == "更新完成。請執行：sudo shouyuan-edge doctor"
    assert "enrol" not in again


def test_an_environment_that_does_not_run_is_made_anew_once(unpacked: Path) -> None:
    install(unpacked)
    python = unpacked.parent / "machine" / PROGRAM / "venv" / "bin" / "python"
    python.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    install(unpacked)
    notes = (unpacked.parent / "notes").read_text(encoding="utf-8").splitlines()
    assert sum("-m venv" in line for line in notes) == 2
    assert python.read_text(encoding="utf-8") == INTERPRETER


@pytest.mark.parametrize(
    ("fails", "words"),
    [("import pip", "PYTHON=/usr/bin/python3"), ("-m pip", "套件安裝失敗"), ("workers.edge", "無法啟動新的程式")],
)
def test_what_cannot_run_is_said_and_the_program_of_before_stays(
    unpacked: Path, monkeypatch: pytest.MonkeyPatch, fails: str, words: str
) -> None:
    install(unpacked)
    app = unpacked.parent / "machine" / PROGRAM / "app"
    (app / "before").touch()
    monkeypatch.setitem(globals(), "INTERPRETER", f"{INTERPRETER}case $* in *{fails!r}*) exit 1 ;; esac\n")
    (app.parent / "venv" / "bin" / "python").write_text(INTERPRETER, encoding="utf-8")
    done = install(unpacked, well=False)
    assert (done.returncode, words in done.stderr) == (1, True)
    assert (app / "before").exists()


def test_who_forgets_sudo_is_told_so(unpacked: Path) -> None:
    install(unpacked)
    text = (unpacked.parent / "machine" / COMMAND).read_text(encoding="utf-8")
    here = unpacked.parent / "command"
    here.write_text(text.replace("cd /opt/shouyuan-edge/app", "cd /").replace("id -u)", "echo 1000)"), encoding="utf-8")
    done = subprocess.run(["/bin/sh", here, "status"], check=False, capture_output=True, text=True)  # noqa: S603
    assert (done.returncode, "請加上 sudo" in done.stderr) == (1, True)


def test_what_python_lacks_is_installed_and_the_list_of_packages_is_renewed_first_where_it_is_old(
    unpacked: Path,
) -> None:
    done = without_venv(unpacked, apt="apt-get")
    assert done.returncode == 0, done.stderr
    notes = (unpacked.parent / "notes").read_text(encoding="utf-8").splitlines()
    asked = [line.removeprefix("apt ") for line in notes if line.startswith("apt ")]
    installing = "install --yes --quiet python3-venv"
    assert asked == [installing, "update --quiet", installing]
    assert (unpacked.parent / "machine" / COMMAND).exists()


@pytest.mark.parametrize("apt", ["", "no-such-tool", "useless"])
def test_where_python_cannot_be_completed_it_is_said_what_to_type_and_nothing_is_put(unpacked: Path, apt: str) -> None:
    done = without_venv(unpacked, apt=apt)
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (unpacked.parent / "machine").exists()


def without_venv(unpacked: Path, *, apt: str) -> subprocess.CompletedProcess[str]:
    """Install on a machine without Debian's package; its package tool knows of it once its list was renewed."""
    there = unpacked.parent
    lacking = '#!/bin/sh\ncase $2 in *ensurepip*) [ -e "$PLACE/venv-there" ] || exit 1 ;; esac\n'
    tool = '#!/bin/sh\nprintf "apt %s\\n" "$*" >> "$NOTES"\ncd "$PLACE"\n'
    knows = 'if [ "$1" = update ]; then touch listed; else [ -e listed ] && touch venv-there; fi\n'
    scripts = {"python3": lacking + INTERPRETER.removeprefix("#!/bin/sh\n"), "apt-get": tool + knows}
    for name, text in {**scripts, "useless": "#!/bin/sh\nexit 100\n"}.items():
        (there / name).write_text(text, encoding="utf-8")
        (there / name).chmod(0o755)
    told = {"DESTDIR": there / "machine", "PYTHON": there / "python3", "NOTES": there / "notes", "PLACE": there}
    tools = {"APT": str(there / apt) if apt else "", "PATH": os.environ["PATH"]}
    return subprocess.run(  # noqa: S603 - our own script
        [unpacked / "install.sh"],
        check=False,
        capture_output=True,
        text=True,
        env={**tools, **{name: str(path) for name, path in told.items()}},
    )


def test_the_unit_runs_the_installed_program_is_watched_and_closed_in(unpacked: Path) -> None:
    install(unpacked)
    text = (unpacked.parent / "machine" / UNIT).read_text(encoding="utf-8")
    settings = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    assert settings["ExecStart"] == f"/{PROGRAM}/venv/bin/python -m workers.edge run"
    assert (settings["WorkingDirectory"], settings["StateDirectory"]) == (f"/{PROGRAM}/app", STATE.name)
    closed = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "StateDirectoryMode": "0700", "LimitCORE": "0"}
    assert closed.items() <= settings.items()
    assert {"Type": "notify", "Restart": "always", "WatchdogSec": "120"}.items() <= settings.items()
    assert settings["RestartPreventExitStatus"] == str(os.EX_CONFIG)


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("no systemd-analyze here")
    text = (ROOT / "infra/edge/shouyuan-edge.service").read_text(encoding="utf-8")
    unit = tmp_path / "shouyuan-edge.service"
    unit.write_text(text.replace(f"/{PROGRAM}/venv/bin/python", "/bin/true"), encoding="utf-8")
    done = subprocess.run([verify, "verify", "--man=no", unit], check=False, capture_output=True, text=True)  # noqa: S603
    assert "Unknown" not in done.stderr
    assert str(unit) not in done.stderr

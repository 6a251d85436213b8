"""Which program this is, so that a sheet that was signed names what was installed."""

from pathlib import Path

# Beside the modules in the package that is carried to a school; a checkout has none.
MARK = Path(__file__).parents[2] / "PROGRAM"


def version() -> str:
    """As the package was marked; of a program that is in none, that it is."""
    try:
        return MARK.read_text(encoding="ascii").strip()
    except OSError:
        return "未經打包"

"""QR codes (ISO/IEC 18004) as SVG, for what a telephone is held against."""

import io

import segno

# A quarter of the code may be torn off, wet or sprayed over: it hangs at a gate.
_CORRECTION = "q"
_QUIET = 4


def svg(text: str) -> bytes:
    """The code of a text as an SVG file that scales to any size, with the quiet zone that readers need."""
    file = io.BytesIO()
    made = segno.make(text, error=_CORRECTION, micro=False)
    made.save(
        file,
        kind="svg",
        border=_QUIET,
        scale=1,
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        light="#fff",
    )
    return file.getvalue()

"""The folders of the statement's fonts: Python packages ship them; system fonts are never used."""

from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

REPLACEMENT = "□"


def font_folders() -> list[Path]:
    """Latin, Cyrillic and Greek; the scripts of `manimgx_fonts`; Japanese, Korean and Chinese.

    `statement.typ` lists the families in the same order. Noto Sans is in two packages, of which the
    first is used.
    """
    western = _folder("justmytype_western_core") / "fonts" / "ofl"
    return [
        text_font_folder(),
        western / "notosans",
        western / "notosanssymbols2",
        _folder("manimgx_fonts"),
        _folder("noto_cjk_sans_jp_regular"),
    ]


def text_font_folder() -> Path:
    """The font of all text except names in other scripts."""
    return _folder("justmytype_western_core") / "fonts" / "ofl" / "inter"


def _folder(package: str) -> Path:
    return Path(str(files(package)))


def readable(text: str) -> str:
    """The text with `REPLACEMENT` for each character that is in none of the fonts.

    Typst refuses a document with a missing glyph, and a title may hold any character.
    """
    known = _characters()
    return "".join(one if ord(one) in known else REPLACEMENT for one in text)


@cache
def _characters() -> frozenset[int]:
    fonts = [path for folder in font_folders() for path in sorted(folder.rglob("*.[ot]tf"))]
    known: set[int] = set()
    for path in fonts:
        with TTFont(path, lazy=True) as font:
            known.update(font.getBestCmap() or {})
    return frozenset(known)

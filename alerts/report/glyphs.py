"""Which letters no font at hand has: a PDF shows boxes in their place, and has to say so."""

import json
from typing import Any

_NOBODYS = "\U0010fffd"
"""Private use, the last one of all: what is drawn for it is what is drawn for every missing letter."""
_LETTERS = b"""
#set page(width: auto, height: auto)
#set text(font: json(bytes(sys.inputs.families)))
#for letter in json(bytes(sys.inputs.letters)) [#box(letter) ]
"""


def lacking(text: str, families: tuple[str, ...], fonts: Any) -> bool:
    """Tell whether `text` has a letter that neither `families` nor any other of Typst's `fonts` can show.

    Typst says nothing of it, so each letter is drawn and compared with one that nobody has. Signs and emoji
    are left out: a box in their place hides no name.
    """
    import typst

    letters = sorted({each for each in text if each.isalpha() and not each.isascii()})
    if not letters:
        return False
    inputs = {"families": json.dumps(families), "letters": json.dumps([_NOBODYS, *letters])}
    compiler: Any = typst.Compiler(_LETTERS, font_paths=fonts, sys_inputs=inputs)
    drawn: bytes = compiler.compile(format="svg")
    glyphs = [part.partition('"')[0] for part in drawn.decode().split('xlink:href="#')[1:]]
    return glyphs[0] in glyphs[1:]

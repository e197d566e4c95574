"""Pictures of things that arrived badly, drawn for the occasion."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from plugin.sandbox.dice import Dice

SIZE = (1200, 900)
CARDBOARD, TABLE = (196, 154, 108), (224, 220, 214)


def picture(dice: Dice, mark: str) -> bytes:
    """A JPEG of a parcel with a crack in it; another for each mark."""
    image = Image.new("RGB", SIZE, TABLE)
    draw = ImageDraw.Draw(image)
    left, top = dice.between(80, 300, "left", mark), dice.between(60, 200, "top", mark)
    right, bottom = left + 700, top + 520
    draw.rectangle((left, top, right, bottom), fill=CARDBOARD, outline=(120, 90, 60), width=6)
    draw.rectangle((left, top + 220, right, top + 290), fill=(214, 190, 150))
    draw.rectangle((left + 60, top + 40, left + 300, top + 180), fill=(250, 250, 250))
    for nth in range(9):
        y = top + 52 + 13 * nth
        width = dice.between(80, 210, "label", (mark, nth))
        draw.line((left + 75, y, left + 75 + width, y), fill=(30, 30, 30), width=5)
    crack = [(left + 350 + 40 * nth, top + _shake(dice, mark, nth)) for nth in range(9)]
    draw.line(crack, fill=(60, 30, 20), width=9)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _shake(dice: Dice, mark: str, nth: int) -> int:
    return 330 + dice.between(-70, 70, "crack", (mark, nth))

"""What the pretend store Lanterna sells, who makes it, and who else could."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """A product. Prices in minor units of USD and EUR, cost in fen, weight in grams."""

    sku: str
    title: str
    variants: tuple[str, ...]
    usd: int
    eur: int
    cost: int
    grams: int
    supplier: str
    other: str
    """Another supplier, or nothing."""
    other_cost: int = 0
    other_days: int = 0
    box_mm: tuple[int, int, int] | None = None
    """What it is packed in, where the merchant has measured it."""


XINGYU = "星屿家居旗舰店"
MUYUN = "暮云灯饰专营店"
QINGHE = "青禾文具工厂店"
BAITA = "白塔厨具旗舰店"
SONGFENG = "松风户外专卖店"
LANXI = "兰溪布艺工坊"

PRODUCTS = (
    Product(
        "LN-LAMP-01",
        "Paper Moon table lamp",
        ("Warm white", "Amber"),
        3490,
        3290,
        8800,
        640,
        MUYUN,
        XINGYU,
        9300,
        4,
    ),
    Product(
        "LN-LAMP-02",
        "Firefly string lights, 10 m",
        ("",),
        1890,
        1790,
        3600,
        310,
        MUYUN,
        SONGFENG,
        3900,
        3,
    ),
    Product(
        "LN-LAMP-03",
        "Folding book lamp",
        ("Walnut", "Maple"),
        2790,
        2590,
        6900,
        420,
        MUYUN,
        QINGHE,
        7500,
        5,
    ),
    Product("LN-LAMP-04", "Harbour night light", ("",), 1490, 1390, 2600, 180, XINGYU, "", 0, 0),
    Product(
        "LN-HOME-05",
        "Ripple ceramic vase",
        ("Sand", "Sea"),
        2990,
        2790,
        7200,
        950,
        XINGYU,
        LANXI,
        7600,
        6,
    ),
    Product(
        "LN-HOME-06",
        "Terrazzo incense holder",
        ("",),
        1290,
        1190,
        2200,
        260,
        XINGYU,
        MUYUN,
        2400,
        3,
    ),
    Product(
        "LN-HOME-07",
        "Linen cushion cover, 45 cm",
        ("Oat", "Clay", "Ink"),
        1690,
        1590,
        3100,
        220,
        LANXI,
        XINGYU,
        3500,
        4,
    ),
    Product(
        "LN-HOME-08",
        "Woven wall basket",
        ("Small", "Large"),
        2190,
        1990,
        4700,
        380,
        LANXI,
        "",
        0,
        0,
    ),
    Product("LN-DESK-09", "Brass pen rest", ("",), 990, 890, 1500, 120, QINGHE, BAITA, 1700, 4),
    Product(
        "LN-DESK-10",
        "Grid notebook set of 3",
        ("A5", "A6"),
        1390,
        1290,
        2300,
        410,
        QINGHE,
        LANXI,
        2600,
        5,
    ),
    Product("LN-DESK-11", "Cork cable keeper", ("",), 790, 690, 900, 60, QINGHE, "", 0, 0),
    Product(
        "LN-COOK-12",
        "Pour-over coffee stand",
        ("Beech", "Black"),
        3890,
        3690,
        10200,
        780,
        BAITA,
        XINGYU,
        11000,
        5,
    ),
    Product(
        "LN-COOK-13",
        "Stoneware tea cup pair",
        ("Moss", "Snow"),
        2490,
        2290,
        5400,
        540,
        BAITA,
        LANXI,
        5900,
        4,
    ),
    Product(
        "LN-COOK-14",
        "Bamboo steam basket",
        ("18 cm", "22 cm"),
        1990,
        1890,
        4100,
        460,
        BAITA,
        SONGFENG,
        4400,
        3,
    ),
    Product(
        "LN-TRIP-15", "Canvas tool roll", ("",), 2290, 2090, 5000, 350, SONGFENG, LANXI, 5200, 4
    ),
    Product(
        "LN-TRIP-16",
        "Camp lantern, rechargeable",
        ("Green", "Cream"),
        4490,
        4190,
        12600,
        690,
        SONGFENG,
        MUYUN,
        13200,
        3,
    ),
    Product(
        "LN-TRIP-17", "Packing cubes, set of 4", ("",), 2390, 2190, 5200, 430, SONGFENG, "", 0, 0
    ),
    Product(
        "LN-TRIP-18",
        "Enamel mug",
        ("White", "Blue"),
        1190,
        1090,
        2000,
        190,
        SONGFENG,
        BAITA,
        2200,
        2,
    ),
    Product(
        "LN-LAMP-19",
        "Arc floor lamp with a marble foot",
        ("",),
        18900,
        17900,
        52000,
        17_500,
        MUYUN,
        XINGYU,
        54000,
        6,
        (1_000, 300, 250),
    ),
)
EVERYDAY = PRODUCTS[:-1]
"""What most people order. Two of the last are more than a parcel may weigh."""

COLUMNS = ("sku", "supplier", "url", "price", "currency", "promised_days", "note")


def alternatives_csv() -> str:
    """The shop's list of alternative suppliers, as a CSV file's text. Prices in yuan."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for product in PRODUCTS:
        if product.other:
            url = f"https://shops.example/{product.sku.lower()}"
            price = f"{product.other_cost // 100}.{product.other_cost % 100:02}"
            note = "same maker" if product.other_days < 4 else "similar, check the colour"
            writer.writerow(
                (product.sku, product.other, url, price, "CNY", product.other_days, note)
            )
    return text.getvalue()

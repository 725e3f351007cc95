"""A made-up folder of saved pages: OCDS releases of our own, for `suranys run --replay`."""

import json
from pathlib import Path
from typing import Any

# One of the files that service/replay/maps/ocds.toml serves.
FILE = "ocds/seven_releases.json"
PLANT = """plant,name,family,capability
Проверочный завод,Трубы стальные сварные 530-1420 мм,steel_pipe_large,\
outer_diameter_mm=530..1420; wall_mm=6..25; steel_grade=Ст20|09Г2С; standards=ГОСТ 10704\
|ГОСТ 20295
"""
PIPE = "Труба стальная электросварная 820х10 мм ГОСТ 10704-91"


def release(number: int, title: str, *, quantity: float = 120, **more: Any) -> dict[str, Any]:
    """An open tender for pipes of one lot and one line."""
    return {
        "ocid": f"ocds-test-{number}",
        "id": f"{number}-1",
        "date": "2026-06-01T10:00:00+05:00",
        "tag": ["tender"],
        "language": "ru",
        "buyer": {"id": "b", "name": more.pop("buyer", "ГКП «Тепло Примера»")},
        "tender": {
            "id": f"T-{number}",
            "title": title,
            "status": "active",
            "tenderPeriod": {"endDate": "2026-06-30T17:00:00+05:00"},
            "lots": [{"id": "1", "title": title}],
            "items": [
                {
                    "id": "1",
                    "relatedLot": "1",
                    "description": title,
                    "quantity": quantity,
                    "unit": {"name": "Тонна"},
                }
            ],
            **more,
        },
    }


def save(folder: Path, releases: list[dict[str, Any]]) -> Path:
    """Write the releases as the package that a replay serves; give the folder."""
    package = {
        "uri": "https://ocds.suranys.example/",
        "version": "1.1",
        "publishedDate": "2026-06-01T10:00:00+05:00",
        "releases": releases,
    }
    file = folder / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(package), "utf-8")  # ASCII: lone surrogates stay escapes
    return folder

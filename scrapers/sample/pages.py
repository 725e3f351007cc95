"""Invented notices to pages of OCDS release packages, with deadlines counted from a given day."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

HOST = "sample.suranys.example"  # .example never resolves (RFC 2606)
ZONE = "Asia/Almaty"
PER_PAGE = 12

Fields = dict[str, Any]  # TOML and JSON values

LABEL = {"ru": "ОБРАЗЕЦ", "kk": "ҮЛГІ", "uz": "NAMUNA", "en": "SAMPLE"}


@cache
def _data() -> Fields:
    text = files("scrapers.sample").joinpath("notices.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def sample_pages(now: datetime) -> Mapping[str, tuple[bytes, str]]:
    """Every page of the sample portal: address to body and content type.

    The first page is `https://sample.suranys.example/ocds/releases/1`; each names the next one in
    `links.next`. Deadlines fall at 17:00 in Almaty, `days` after the day of `now`.
    """
    day = now.astimezone(ZoneInfo(ZONE)).replace(hour=17, minute=0, second=0, microsecond=0)
    releases = [_release(notice, day) for notice in _data()["notices"]]
    parts = [releases[at : at + PER_PAGE] for at in range(0, len(releases), PER_PAGE)]
    pages = {
        _address(number): (_package(part, number, len(parts), day), "application/json")
        for number, part in enumerate(parts, start=1)
    }
    for notice in _data()["notices"]:
        for document in notice.get("documents", []):
            body = document["text"].encode()
            pages[f"https://{HOST}/{document['path']}"] = (body, "text/plain; charset=utf-8")
    return pages


def _address(page: int) -> str:
    return f"https://{HOST}/ocds/releases/{page}"


def _package(releases: list[Fields], page: int, pages: int, day: datetime) -> bytes:
    package: Fields = {
        "uri": _address(page),
        "version": "1.1",
        "publishedDate": _at(day, 0),
        "publisher": {"name": "Образец: вымышленный портал"},
        "releases": releases,
    }
    if page < pages:
        package["links"] = {"next": _address(page + 1)}
    return json.dumps(package, ensure_ascii=False).encode()


def _at(day: datetime, days: float) -> str:
    return (day + timedelta(days=days)).isoformat()


def _release(notice: Fields, day: datetime) -> Fields:
    buyer = _data()["buyers"][notice["buyer"]]
    published = notice.get("published", -2)
    tags = ["planning"] if notice.get("status") == "planned" else ["tender"]
    release: Fields = {
        "ocid": f"ocds-sample-{notice['id']}",
        "id": f"{notice['id']}-1",
        "date": _at(day, published),
        "tag": tags,
        "initiationType": "tender",
        "language": notice.get("language", "ru"),
        "x_sample": True,
        "buyer": {"id": buyer["id"], "name": buyer["name"]},
        "parties": [
            {
                "id": buyer["id"],
                "name": buyer["name"],
                "roles": ["buyer"],
                "identifier": {"scheme": "KZ-BIN", "id": buyer["id"]},
                "address": {"country": "KZ", "streetAddress": buyer["place"]},
            }
        ],
        "tender": _tender(notice, buyer, day, published),
    }
    if notice.get("awarded"):
        release["tag"] = ["award"]
        release["awards"] = [{"id": "1", "status": "active"}]
    return release


def _tender(notice: Fields, buyer: Fields, day: datetime, published: float) -> Fields:
    language = notice.get("language", "ru")
    lots = notice.get("lots", [])
    tender: Fields = {
        "id": f"{notice['id']}-1",
        "title": f"{LABEL[language]}. {notice['title']}",
        "description": notice.get("description", ""),
        "status": notice.get("status", "active"),
        "procurementMethodDetails": notice.get("method", "Открытый конкурс"),
        "mainProcurementCategory": notice.get("category", "goods"),
        "datePublished": _at(day, published),
        "documents": _documents(notice),
        "lots": [
            {
                "id": str(number),
                "lotNumber": f"{notice['id']}-ОБР{number}",
                "title": lot["title"],
                "description": lot.get("description", ""),
                "value": _money(notice, lot["value"]),
            }
            for number, lot in enumerate(lots, start=1)
        ],
        "items": _items(notice, buyer),
    }
    if "title_kk" in notice:
        tender["title_kk"] = f"{LABEL['kk']}. {notice['title_kk']}"
    total = notice.get("value") or sum(lot["value"] for lot in lots)
    if total:
        tender["value"] = _money(notice, total)
    if "days" in notice:
        end = _at(day, notice["days"])
        tender["tenderPeriod"] = {"startDate": _at(day, published), "endDate": end}
    if "amended" in notice:
        tender["amendments"] = [{"id": "1", "date": _at(day, notice["amended"])}]
    return tender


def _documents(notice: Fields) -> list[Fields]:
    page = {
        "id": "notice",
        "title": "Объявление",
        "documentType": "tenderNotice",
        "url": f"https://{HOST}/notices/{notice['id']}",
    }
    return [page] + [
        {
            "id": document["path"],
            "title": document["title"],
            "documentType": document["kind"],
            "url": f"https://{HOST}/{document['path']}",
        }
        for document in notice.get("documents", [])
    ]


def _items(notice: Fields, buyer: Fields) -> list[Fields]:
    lots = notice.get("lots") or [{"items": notice.get("items", [])}]
    found: list[Fields] = []
    for number, lot in enumerate(lots, start=1):
        for line in lot["items"]:
            item = _item(notice, line, buyer, len(found) + 1)
            if "lots" in notice:
                item["relatedLot"] = str(number)
            found.append(item)
    return found


def _item(notice: Fields, line: Fields, buyer: Fields, number: int) -> Fields:
    unit: Fields = {"scheme": "KZ-MKEI", "id": line["mkei"], "name": line["unit"]}
    if "price" in line:
        unit["value"] = _money(notice, line["price"])
    item: Fields = {
        "id": str(number),
        "description": line["title"],
        "unit": unit,
        "deliveryAddress": {"country": "KZ", "streetAddress": buyer["place"]},
        "deliveryLocation": {
            "gazetteer": {"scheme": "KZ-KATO", "identifiers": [buyer["region"]]},
        },
    }
    if "quantity" in line:
        item["quantity"] = line["quantity"]
    if "code" in line:
        item["classification"] = {
            "scheme": "KZ-ENSTRU",
            "id": line["code"],
            "description": line.get("description", line["title"]),
        }
    elif "description" in line:
        item["classification"] = {"description": line["description"]}
    return item


def _money(notice: Fields, amount: float) -> Fields:
    money: Fields = {"amount": amount, "currency": notice.get("currency", "KZT")}
    if "vat" in notice:
        money["valueAddedTaxIncluded"] = notice["vat"]
    return money

"""Replay of pages saved from real portals: what they say was counted by hand in the files."""

import re
import shutil
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path

import pytest

from scrapers.canonical import fingerprint, load_notice
from scrapers.records import Notice, Phase
from service.replay.saved import load_maps
from tests.system.program import PAYLOADS, ROOT, Done, letters, rows, suranys, text_of

pytestmark = [
    pytest.mark.payloads,
    pytest.mark.skipif(not PAYLOADS.is_dir(), reason=f"no saved portal pages in {PAYLOADS}"),
]

# TED: 12 rows of the saved search and 28 notices as XML. goszakup: 50 rows of 45 announcements,
# an announcement and a lot window. Mitwork and National Bank: 50 rows, one of each also opened.
# Samruk: 2 adverts, one opened with 2 lots. UZEX: 5 rows and a trade. xt-xarid: 3 procedures.
# etender.gov.az: 16 rows, an event, 19 plans. EIS: 5 items of the feed, 9 documents.
# ETS-Tender: 10 rows, one also opened. Prozorro: 2 tenders. World Bank: 95 projects.
NOTICES = {
    "az_etender": 36,
    "eu_ted": 40,
    "kz_ets_tender": 10,
    "kz_goszakup": 47,
    "kz_mitwork": 50,
    "kz_national_bank": 50,
    "kz_samruk": 2,
    "ocds": 6,
    "ru_eis": 14,
    "ua_prozorro": 2,
    "uz_etender": 6,
    "uz_xt_xarid": 3,
    "worldbank": 95,
}
# Sums of 20 lots in TED's search and 27 lots in 27 of its XML notices; Mitwork's list shows none.
# The EIS plan has 209 positions; a bill of etender.gov.az is one lot of 200 lines.
LOTS = {
    "az_etender": 1,
    "eu_ted": 47,
    "kz_ets_tender": 1,
    "kz_goszakup": 51,
    "kz_mitwork": 1,
    "kz_national_bank": 50,
    "kz_samruk": 2,
    "ocds": 6,
    "ru_eis": 217,
    "ua_prozorro": 2,
    "uz_etender": 1,
    "uz_xt_xarid": 4,
    "worldbank": 0,
}
OUTCOMES = {
    "az_etender": ("PARTIAL", "NotSaved"),
    "eu_ted": ("PARTIAL", "NotSaved"),
    "kz_ets_tender": ("PARTIAL", "NotSaved"),
    "kz_goszakup": ("PARTIAL", "NotSaved"),
    "kz_mitwork": ("PARTIAL", "NotSaved"),
    "kz_national_bank": ("PARTIAL", "NotSaved"),
    "kz_samruk": ("PARTIAL", "NotSaved"),
    "ocds": ("OK", None),
    "ru_eis": ("PARTIAL", "NotSaved"),
    "ua_prozorro": ("OK", None),
    "uz_etender": ("PARTIAL", "NotSaved"),
    "uz_xt_xarid": ("OK", None),
    "worldbank": ("OK", None),
}
# Sums of the portals' own columns, added up from the files; a lot window of 22 542 909.97 comes to
# goszakup's 906 840 596.87.
LOT_SUMS = {
    ("eu_ted", "EUR"): 93_940_784_46,
    ("eu_ted", "NOK"): 101_800_000_00,
    ("kz_ets_tender", "KZT"): 1_550_000_00,
    ("kz_goszakup", "KZT"): 929_383_506_84,
    ("kz_national_bank", "KZT"): 120_082_731_74,
    ("kz_mitwork", "KZT"): 2_000_000_00,
    ("kz_samruk", "KZT"): 34_191_869_47,
    ("ru_eis", "RUB"): 3_077_055_86 + 1_166_063_136_93,
    ("uz_etender", "UZS"): 2_476_000_000_00,
}
NOTICE_SUMS = {
    ("az_etender", "AZN"): 16_922_253_74,
    ("eu_ted", "EUR"): 96_303_284_46,
    ("eu_ted", "NOK"): 101_800_000_00,
    ("kz_ets_tender", "KZT"): 1_550_000_00,
    ("kz_mitwork", "KZT"): 310_904_235_79,
    ("kz_national_bank", "KZT"): 120_082_731_74,
    ("ocds", "GBP"): 1_100_000_00,
    ("kz_goszakup", "KZT"): 155_000_00,
    ("kz_samruk", "KZT"): 34_852_928_47,
    ("ru_eis", "RUB"): 1_667_678_02 + 8_380_011_69,
    ("ua_prozorro", "UAH"): 4_177_00 + 500_00,
    ("uz_etender", "UZS"): 2_842_598_571_75,
    ("uz_xt_xarid", "UZS"): 10_223_482_101_04,
    ("worldbank", "USD"): 6_797_486_656_00,
}
GOSZAKUP_QUANTITY = 475_422 + 7
# SHA-256 of the canonical records without texts, pinned after the numbers above were checked.
FINGERPRINTS = {
    "az_etender": "95547cead658e6e52d60d93a51f85f7873c5218cdd1e31581e67fb148756edd3",
    "kz_ets_tender": "66bfc2e483f8a9fd1e6b87fceac4f3840a4f10b63d2828604c7f510d41693d07",
    "ru_eis": "808720db4dc43193bc3b12ebe797108d87c9931f922e87e62ccfcb4471ea3c38",
    "eu_ted": "945e33c03af93309d51abcc73831bb047c84018ce62f3562092f91f3c386c0a9",
    "kz_goszakup": "23ebc3d3acb05bbc74584319e47fd587e1258a7d9472d6b3c67b082451cd287e",
    "kz_mitwork": "afd00cc0755525b7be47f8f2416490ea2100d337aa563f1fe80099ed65ebef6a",
    "kz_national_bank": "d281193168eec98b69b2a8401584bab8f77b386a4b681bdb5ad62e0aab07e2b7",
    "kz_samruk": "e54a99dbb4590745b64eedc7a4e6793168151ceb42324896429fe23cccb45734",
    "ocds": "501430b94866aa17961be3f87f68cbb233295872992122191bcda6468107f136",
    "ua_prozorro": "8c2dc5ab860e46e5ab52d23e591d4214deb1263c8c9332d65923cc526e4986e4",
    "uz_etender": "47eb8cea5090b2b931a0839ebd36fd7b225fb6c31cc2b3e5cc7a8c3392912c37",
    "uz_xt_xarid": "09ba45e386bf36df6504b068187a5ea6135eee665726c844e5a0468f57a83ba1",
    "worldbank": "75c11e6c404e261766d583b2d446e5b792718a94e36a4ec4947dfaf1b43312db",
}
SAVED = ROOT / "docs/reference/saved-pages.md"
WINDOWS = "plant,name\nПроверочный завод,Услуги мытью окон здания/объекта\n"
# The announcement 17013627: its offers close on 20 May 2026 at 10:46:26 in Astana.
BEFORE, AFTER = "2026-05-20T10:46+05:00", "2026-05-20T10:47+05:00"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("replay")


@pytest.fixture(scope="module")
def done(folder: Path) -> Done:
    return suranys(folder, "run", "--replay", PAYLOADS)


@pytest.fixture(scope="module")
def database(folder: Path, done: Done) -> Path:
    return folder / "var/replay.db"


def notices(database: Path) -> dict[str, list[Notice]]:
    found: dict[str, list[Notice]] = {}
    for portal, record in rows(database, "SELECT portal, record FROM notice ORDER BY id"):
        found.setdefault(str(portal), []).append(load_notice(str(record)))
    return found


def fingerprints(database: Path) -> dict[str, str]:
    return {portal: fingerprint(each) for portal, each in notices(database).items()}


def test_a_replay_is_partial_and_names_what_was_not_saved(done: Done, database: Path) -> None:
    assert (done.status, done.err) == (0, "")
    assert "REPLAY" in done.out
    assert "outcome PARTIAL" in done.out
    ended = rows(database, "SELECT substr(job, 9), outcome, fault FROM run WHERE job LIKE 'coll%'")
    assert {portal: (outcome, fault) for portal, outcome, fault in ended} == OUTCOMES


def test_the_page_on_saved_pages_counts_what_a_replay_gives(database: Path) -> None:
    maps = {each.portal: each for each in load_maps(PAYLOADS)}
    found = {}
    for portal, each in notices(database).items():
        lots = [lot for notice in each for lot in notice.lots]
        items = [item for lot in lots for item in lot.items]
        found[portal] = (
            len({answer.file for answer in maps[portal].answers}),
            len(each),
            len([notice for notice in each if notice.phase is Phase.PLAN]),
            len(lots),
            len(items),
            sum(
                map(
                    len,
                    [
                        *(n.codes for n in each),
                        *(lot.codes for lot in lots),
                        *(one.codes for one in items),
                    ],
                )
            ),
            sum(map(len, [*(n.documents for n in each), *(lot.documents for lot in lots)])),
            sum(len(notice.awards) for notice in each),
            sum(len(notice.contracts) for notice in each),
        )
    table = re.findall(r"^\| (\w+) \|((?: \d+ \|){9})", SAVED.read_text(encoding="utf-8"), re.M)
    assert {portal: tuple(map(int, re.findall(r"\d+", row))) for portal, row in table} == found


def test_every_saved_file_is_served_or_named_with_the_reason() -> None:
    served = {answer.file for each in load_maps(PAYLOADS) for answer in each.answers}
    rest = SAVED.read_text(encoding="utf-8").partition("## Saved and not served")[2]
    cells = [line.split("|")[1] for line in rest.splitlines() if line.startswith("| `")]
    named = [pattern for cell in cells for pattern in re.findall(r"`([^`]+)`", cell)]
    files = [str(path.relative_to(PAYLOADS)) for path in PAYLOADS.rglob("*") if path.is_file()]
    unread = [name for name in files if name not in served]
    assert [name for name in unread if not any(fnmatch(name, each) for each in named)] == []
    assert [each for each in named if not any(fnmatch(name, each) for name in unread)] == []


def test_a_replay_connects_to_loopback_only(done: Done) -> None:
    assert set(done.asked) == {"socket.connect 127.0.0.1", "socket.getaddrinfo 127.0.0.1"}


def test_every_notice_and_lot_of_the_files_is_stored(database: Path) -> None:
    found = notices(database)
    assert {portal: len(each) for portal, each in found.items()} == NOTICES
    assert {portal: sum(len(one.lots) for one in each) for portal, each in found.items()} == LOTS


def test_the_sums_are_those_of_the_files(database: Path) -> None:
    for query, expected in (
        ("FROM notice n WHERE true", NOTICE_SUMS),
        ("FROM lot JOIN notice n ON n.id = lot.notice_id WHERE true", LOT_SUMS),
    ):
        column = "lot.value" if "lot" in query else "value"
        found = rows(
            database,
            f"SELECT portal, {column}_currency, sum({column}_minor) {query}"
            f" AND {column}_currency IS NOT NULL GROUP BY 1, 2",
        )
        assert {(portal, currency): total for portal, currency, total in found} == expected


def test_the_quantities_are_those_of_the_files(database: Path) -> None:
    items = [
        item
        for notice in notices(database)["kz_goszakup"]
        for lot in notice.lots
        for item in lot.items
    ]
    assert sum(item.quantity or 0 for item in items) == GOSZAKUP_QUANTITY


def test_a_lot_window_is_read_with_its_places_code_and_price(database: Path) -> None:
    (window,) = [n for n in notices(database)["kz_goszakup"] if n.id == "lot:81610885-ОК2"]
    (lot,) = window.lots
    (item,) = lot.items
    assert (item.quantity, item.unit and item.unit.name) == (Decimal(7), "Штука")
    assert [code.id for code in item.codes if code.scheme == "KZ-ENSTRU"] == ["279033.900.000002"]
    assert item.unit_price is not None
    assert item.unit_price.amount == Decimal("3220415.71")
    places = item.places or lot.places
    assert [(place.code.id, int(place.quantity or 0)) for place in places if place.code] == [
        ("631010000", 1),
        ("791310000", 1),
        ("391010000", 1),
        ("751410000", 2),
        ("711310000", 1),
        ("151010000", 1),
    ]


def test_two_replays_give_the_same_records_and_these(database: Path, tmp_path: Path) -> None:
    again = suranys(tmp_path, "collect", "--replay", PAYLOADS)
    assert again.status == 0, again.err
    first = fingerprints(database)
    assert fingerprints(tmp_path / "var/replay.db") == first
    assert first == FINGERPRINTS


@pytest.mark.parametrize(("moment", "told"), [(BEFORE, True), (AFTER, False)])
def test_a_notice_is_offered_until_its_deadline(tmp_path: Path, moment: str, *, told: bool) -> None:
    # its portal's pages alone
    shutil.copytree(PAYLOADS / "goszakup_kz", tmp_path / "saved/goszakup_kz")
    saved = ("--replay", tmp_path / "saved", "--as-of", moment)
    (tmp_path / "plant.csv").write_text(WINDOWS, "utf-8")
    assert suranys(tmp_path, "collect", *saved).status == 0
    taken = suranys(tmp_path, "catalog", "import", "plant.csv", "--mode", "replay")
    assert taken.status == 0, taken.err
    done = suranys(tmp_path, "run", *saved, "--keep")
    assert done.status == 0, done.err
    texts = [text_of(message) for message in letters(tmp_path / "var/digests-replay").values()]
    assert any("17013627" in text for text in texts) is told

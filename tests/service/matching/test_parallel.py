"""Matching on several cores gives what one core gives."""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from catalog.family import load_families
from catalog.records import Product, ProductCode
from matcher.offers import Offers
from matcher.records import LotText
from service.matching import parallel
from service.matching.parallel import CHUNK, cores, match_text, offers_of, write_text

NAMES = [f"{kind} {size} мм" for kind in ("Труба", "Окно", "Кабель") for size in range(10, 60)]
OFFERS = Offers.build(
    [Product(ProductCode(f"p{place}"), name) for place, name in enumerate(NAMES)], load_families()
)


def lots(count: int) -> list[LotText]:
    return [LotText(f"n{place}", "1", NAMES[place * 7 % len(NAMES)]) for place in range(count)]


@pytest.mark.parametrize("count", [0, 1, CHUNK, 3 * CHUNK + 5])
def test_answers_are_the_same_and_in_order_for_any_number_of_processes(count: int) -> None:
    alone = b"".join(match_text(lots(count), OFFERS, top=2, jobs=1))
    assert alone.count(b'"rank": 1,') == count
    assert b"".join(match_text(lots(count), OFFERS, top=2, jobs=3)) == alone


@pytest.mark.parametrize("mode", ["wb", "ab"])
def test_answers_are_put_behind_what_a_file_holds_in_the_order_of_the_lots(
    tmp_path: Path, mode: str
) -> None:
    alone = b"".join(match_text(lots(2 * CHUNK), OFFERS, top=2, jobs=1))
    out = tmp_path / "answers.jsonl"
    with out.open(mode) as file:
        file.write(b"before\n")
        write_text(cast("BinaryIO", file), lots(2 * CHUNK), OFFERS, top=2, jobs=2)
        file.write(b"after\n")
    assert out.read_bytes() == b"before\n" + alone + b"after\n"


@pytest.mark.parametrize("jobs", [1, 2])
def test_answers_are_written_to_what_is_no_file_of_the_system(jobs: int) -> None:
    out = BytesIO()
    write_text(out, lots(2 * CHUNK), OFFERS, top=2, jobs=jobs)
    assert out.getvalue() == b"".join(match_text(lots(2 * CHUNK), OFFERS, top=2, jobs=1))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not forked")
def test_notices_are_not_all_read_before_the_first_answer() -> None:
    read = 0

    def counted() -> Iterator[LotText]:
        nonlocal read
        for lot in lots(20 * CHUNK):
            read += 1
            yield lot

    answers = match_text(counted(), OFFERS, top=1, jobs=2)
    next(answers)
    assert read <= 8 * CHUNK
    assert sum(1 for _ in answers) == 19
    assert read == 20 * CHUNK


def test_a_catalogue_is_indexed_the_same_by_several_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parallel, "WORTH_SHARING", 100)
    products = [each.product for each in OFFERS.offers]
    shared = offers_of(products, load_families(), jobs=3)
    asked = b"".join(match_text(lots(30), OFFERS, top=5, jobs=1))
    assert b"".join(match_text(lots(30), shared, top=5, jobs=1)) == asked


def test_at_least_one_core_is_there() -> None:
    assert cores() >= 1

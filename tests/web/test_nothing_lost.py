"""What was typed is not lost: a form that could not be stored is given back or sent again."""

from html import unescape

import pytest

from service.store.lead_work import work_of
from service.store.tables.naming import LeadState
from tests.web.seeding import HOME, PLANT, Seeded, a_lead

REMARK = 'Звонил "Тепло", ждут <до среды> & перезвонят'


def lose(desk: Seeded, *, back: bool = False) -> None:
    """Take the journal away, without which nothing is stored; or bring it back."""
    names = ("hidden_journal", "journal") if back else ("journal", "hidden_journal")
    with desk.store.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {names[0]} RENAME TO {names[1]}")


def test_a_form_met_by_a_busy_database_is_sent_again_by_one_button(desk: Seeded) -> None:
    lead, client = a_lead(desk.store), desk.browser("plant", lang="ru")
    with desk.store.reading() as session:
        version = str(work_of(session, lead)[1])
    form = {"version": version, "state": "looking", "owner": "", "reason": "", "remark": REMARK}
    lose(desk)
    answer = client.post(f"/leads/{lead}/work", data=form)
    assert answer.status_code == 503
    assert "Отправить ещё раз" in answer.text
    kept = {
        name: unescape(answer.text.split(f'name="{name}" value="')[1].split('"')[0])
        for name in form
    }
    assert kept == form
    assert "<до среды>" not in answer.text
    lose(desk, back=True)
    assert client.post(f"/leads/{lead}/work", data=kept).status_code == 303
    with desk.store.reading() as session:
        work = work_of(session, lead)[0]
    assert (work.state, work.remark) == (LeadState.LOOKING, REMARK)


def test_a_password_is_never_written_into_an_answer(desk: Seeded) -> None:
    lose(desk)
    sent = {"new": "long enough to be a password", "old": ""}
    answer = desk.browser("plant", lang="ru").post("/me/password", data=sent)
    assert answer.status_code == 503
    assert "long enough" not in answer.text


@pytest.mark.parametrize(
    ("came", "link"),
    [
        (f"{HOME}/plants/{PLANT}/catalogue?done=1", f"/plants/{PLANT}/catalogue?done=1"),
        ("https://elsewhere.invalid/plants", ""),
        (f"{HOME}//elsewhere.invalid/", ""),
        ("", ""),
    ],
)
def test_a_refused_form_leads_back_to_its_own_page_alone(
    desk: Seeded, came: str, link: str
) -> None:
    files = {"file": ("a.xlsx", b"PK\x03\x04 broken", "application/octet-stream")}
    answer = desk.browser("plant", lang="ru").post(
        f"/plants/{PLANT}/catalogue/preview", files=files, headers={"referer": came}
    )
    assert answer.status_code == 422
    assert "Это принять нельзя" in answer.text
    assert ("Назад" in answer.text) == bool(link)
    assert (f'href="{link}"' in answer.text) == bool(link)

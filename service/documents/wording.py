"""States of documents in Russian, for people."""

from scrapers.documents import State

STATES = {
    State.READ: "прочитан",
    State.PARTIAL: "прочитан не целиком",
    State.UNREAD: "не прочитан",
    State.ENCRYPTED: "под паролем",
    State.TOO_LARGE: "слишком большой",
    State.BOMB: "опасный архив",
    State.WRONG_TYPE: "не документ",
    State.BROKEN: "испорчен",
    State.TIMED_OUT: "не прочитан за отведённое время",
    State.CRASHED: "не удалось открыть",
    State.WAITING: "ждёт очереди",
    State.UNREACHABLE: "портал не отдал, спросим ещё",
    State.REFUSED: "портал не отдаёт",
    State.GONE: "на портале его больше нет",
    State.NOT_SAVED: "не сохранён",
}

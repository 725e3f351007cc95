"""What departments are to do, by when, and how it ended."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from service.store.tables import PersonRow, PlantRow, TaskRow


@dataclass(frozen=True, slots=True)
class Task:
    """A task; `late` when its day has passed and nobody has ended it."""

    id: int
    title: str
    department: str
    due: date | None
    plant: str | None
    plant_name: str | None
    lead_id: int | None
    author: str
    done_at: datetime | None
    outcome: str
    late: bool


def tasks(session: Session, today: date, *, done: bool = False) -> list[Task]:
    """Give the tasks to be done, the most urgent first; with `done` those that are ended."""
    ended = col(TaskRow.done_at).is_not(None) if done else col(TaskRow.done_at).is_(None)
    query = (
        select(TaskRow, PersonRow, PlantRow)
        .join(PersonRow, col(PersonRow.id) == TaskRow.author_id)
        .outerjoin(PlantRow, col(PlantRow.id) == TaskRow.plant_id)
        .where(ended)
        .order_by(col(TaskRow.due).is_(None), col(TaskRow.due), col(TaskRow.id))
        .limit(500)
    )
    return [
        Task(
            id=row.id or 0,
            title=row.title,
            department=row.department,
            due=row.due,
            plant=plant.code if plant else None,
            plant_name=plant.name if plant else None,
            lead_id=row.lead_id,
            author=person.name,
            done_at=row.done_at,
            outcome=row.outcome,
            late=row.done_at is None and row.due is not None and row.due < today,
        )
        for row, person, plant in session.exec(query)
    ]


def add_task(
    session: Session,
    title: str,
    department: str,
    due: date | None,
    plant: str,
    author_id: int,
    now: datetime,
) -> int:
    """Store a task; gives its id."""
    plant_id = session.exec(select(PlantRow.id).where(PlantRow.code == plant)).first()
    row = TaskRow(
        title=title,
        department=department,
        due=due,
        plant_id=plant_id,
        author_id=author_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def end_task(session: Session, task_id: int, outcome: str, now: datetime) -> None:
    """End a task with its outcome. Raises KeyError for none."""
    row = session.get(TaskRow, task_id)
    if row is None:
        raise KeyError(task_id)
    row.done_at, row.outcome = now, outcome
    session.add(row)

"""What every command that works on the store needs: its settings and its log."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.config import Config, load_config
from service.errors import InputError
from service.logs import set_up_logs


@contextmanager
def logging_to(settings: Config) -> Iterator[None]:
    """Append what happens to `suranys.log` beside the database; the report is for people."""
    folder = settings.folder / settings.paths.var
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = (folder / "suranys.log").open("a", encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write to {folder}: {error.strerror}") from error
    with stream:
        set_up_logs(stream)
        yield


def settings_for(config: Path | None, var: Path | None, budget: float | None = None) -> Config:
    """The configuration with what the command line overrides."""
    settings = load_config(config)
    if var is not None:
        paths = settings.paths.model_copy(
            update={"var": var.resolve(), "archive": None, "digests": None}
        )
        database = settings.database.model_copy(update={"url": ""})
        settings = settings.model_copy(update={"paths": paths, "database": database})
    return settings if budget is None else _hurried(settings, budget)


def _hurried(settings: Config, budget: float) -> Config:
    """Let the budget of the command line count for every portal, even one that has its own."""
    own = {"budget_seconds": budget}
    tables = {name: table.model_copy(update=own) for name, table in settings.portals.items()}
    collect = settings.collect.model_copy(update=own)
    return settings.model_copy(update={"collect": collect, "portals": tables})

"""Live, sample and replay keep apart."""

from pathlib import Path

from service.config import Config, Database, Paths
from service.places import places


def test_modes_share_no_file(tmp_path: Path) -> None:
    config = Config(folder=tmp_path)
    kept = [places(config, "live"), places(config, "sample"), places(config, "replay")]
    for part in ("database_url", "archive", "digests"):
        assert len({getattr(each, part) for each in kept}) == 3, part
    assert kept[0].database_url == f"sqlite:///{tmp_path}/var/suranys.db"
    assert kept[1].database_url == f"sqlite:///{tmp_path}/var/sample.db"


def test_a_configured_database_is_for_live_runs_only(tmp_path: Path) -> None:
    url = "postgresql+psycopg://db/suranys"
    config = Config(folder=tmp_path, database=Database(url=url), paths=Paths(var=Path("data")))
    assert places(config, "live").database_url == url
    assert places(config, "replay").database_url == f"sqlite:///{tmp_path}/data/replay.db"

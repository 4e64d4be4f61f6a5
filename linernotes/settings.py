"""Where things lie and which environment variables say so. No behaviour lives here."""

import os
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parent.parent
# What paths inside SQL may not hold: quotes end them, and the others stand for any text.
NOT_IN_PATHS = frozenset("'\"*?[]{}")


def _data_folder() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "linernotes"


class Settings(BaseSettings):
    """Paths of one home. Every folder of a home is under `LINERNOTES_HOME`.

    The landing zone belongs to other systems, so it may lie elsewhere (`LINERNOTES_LANDING`), and
    so may the agreements with the partners (`LINERNOTES_AGREEMENTS`).
    """

    model_config = SettingsConfigDict(
        env_prefix="LINERNOTES_", env_file=".env", extra="ignore", frozen=True
    )

    home: Path = Field(default_factory=_data_folder)
    landing: Path | None = None
    agreements: Path | None = None

    @field_validator("home", "landing", "agreements")
    @classmethod
    def _from_anywhere(cls, path: Path | None) -> Path | None:
        """The path, whatever folder a process that gets it runs in."""
        return path and path.expanduser().resolve()

    @field_validator("home")
    @classmethod
    def _is_a_folder(cls, home: Path) -> Path:
        unusable = sorted(set(str(home)) & NOT_IN_PATHS)
        if unusable:
            raise ValueError(
                f"the path {home} has {' '.join(unusable)} in it, which a home's may not have"
            )
        if home.exists() and not home.is_dir():
            raise ValueError(f"{home} is not a folder")
        return home

    @property
    def landing_root(self) -> Path:
        return self.landing or self.home / "landing"

    @property
    def agreements_file(self) -> Path:
        return self.agreements or self.home / "agreements.toml"

    @property
    def lake_root(self) -> Path:
        return self.home / "lake"

    @property
    def quarantine_root(self) -> Path:
        return self.home / "quarantine"

    @property
    def warehouse_file(self) -> Path:
        return self.home / "warehouse" / "linernotes.duckdb"

    @property
    def published_root(self) -> Path:
        return self.home / "published"

    @property
    def published_file(self) -> Path:
        return self.published_root / "linernotes.duckdb"

    @property
    def ledger_root(self) -> Path:
        return self.home / "ledger"

    @property
    def ledger_head_file(self) -> Path:
        """The number and hash of the ledger's last entry, kept outside of it."""
        return self.home / "ledger-head.json"

    @property
    def keys_root(self) -> Path:
        return self.home / "keys"

    @property
    def outbox_root(self) -> Path:
        return self.home / "outbox"

    @property
    def delivery_root(self) -> Path:
        return self.home / "delivery"

    @property
    def reports_root(self) -> Path:
        return self.home / "reports"

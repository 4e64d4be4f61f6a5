"""Every setting, read from the environment and then from a file. It also has a home's paths."""

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values
from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from linernotes.base import modes
from linernotes.base.memory import default_mebibytes

PROJECT_ROOT = Path(__file__).resolve().parents[2]
OFFSET = re.compile(r"Z|[+-](?:0\d|1[0-4]):[0-5]\d", re.ASCII)
HOST_NAME = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]", re.ASCII)
# Characters that paths inside SQL must not have: quotes end them, brackets and stars are wildcards.
# The Delta library reads `%20` as a space and `\\` as `/`, and so would write into another home.
NOT_IN_PATHS = frozenset("'\"*?[]{}%\\") | {chr(code) for code in [*range(32), 127]}
PREFIX = "LINERNOTES_"
# The origin of the home when no setting names it.
DEFAULT = "the default"
ENV_FILE = f"{PREFIX}ENV_FILE"
# Names that our programs pass to each other, or that containers read; they are not settings.
OTHER_NAMES = frozenset(
    PREFIX + name
    for name in (
        "ENV_FILE",
        "DISK",
        "TARGET",
        "SOURCES",
        "MANIFEST",
        "WAREHOUSE_FILE",
        "WRITING_LOCK",
        "FAULTS",
        "SPARK_PYTHON",
        "SPARK_SCHEMA",
    )
)


def _data_folder() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "linernotes"


def env_file() -> Path | None:
    """The file whose lines are settings: `LINERNOTES_ENV_FILE`, else `.env` in the current folder.

    Raises:
        ValueError: if the named file does not exist.
    """
    given = os.environ.get(ENV_FILE)
    file = Path(given or ".env").expanduser().absolute()
    if file.exists():
        return file
    if given:
        raise ValueError(f"{ENV_FILE} names {file}, which does not exist")
    return None


def origin_of_home() -> str:
    """The origin of the home without `--home`: a variable, a line of a file, or the default."""
    name = f"{PREFIX}HOME"
    if any(value for given, value in os.environ.items() if given.upper() == name):
        return name
    file = env_file()
    if file and any(value for given, value in _lines_of(file).items() if given.upper() == name):
        return f"{name} in {file}"
    return DEFAULT


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _lines_of(file: Path) -> dict[str, str | None]:
    return dict(dotenv_values(file, encoding="utf-8"))


class Limits(BaseModel, frozen=True):
    """Limits of size and depth of one delivery. A file over a limit is refused; others are loaded.

    Attributes:
        max_nesting: Levels of brackets in a manifest or a JSON row, and of a Parquet schema.
        max_columns: Columns of a file; in JSON different keys, in Parquet without those that only
            hold others.
        max_rows: Rows of a file.
        max_bad_rows: Rows of one file that the quarantine keeps.
        max_unpacked_mib: MiB of a file's content, unpacked.
        max_unpacked_ratio: Unpacked size of a gzip file as a multiple of its own size, above 64
        MiB.
        max_document_mib: MiB of a DDEX message or a file of reference rates, unpacked. They are
            read into memory as a whole.
    """

    max_nesting: int = Field(default=64, ge=1, le=400)
    max_columns: int = Field(default=2_000, ge=1)
    max_rows: int = Field(default=50_000_000, ge=1)
    max_bad_rows: int = Field(default=100_000, ge=1)
    max_unpacked_mib: int = Field(default=8_192, ge=1)
    max_unpacked_ratio: int = Field(default=200, ge=1)
    max_document_mib: int = Field(default=256, ge=1)


class Settings(Limits, BaseSettings):
    """The settings of one home. Every folder of a home is under `LINERNOTES_HOME`.

    The landing zone belongs to other systems, so it may lie elsewhere (`LINERNOTES_LANDING`), and
    so may the agreements with the partners (`LINERNOTES_AGREEMENTS`). Options of a command take
    precedence over the environment, the environment over the file, the file over the defaults.

    Attributes:
        ern_offsets: The offset from UTC, by DPID, of senders of DDEX messages whose times have
            none: a JSON object such as `{"PADPIDA2026010101N": "+01:00"}`.
        settling_seconds: How long a delivery's size and time must be unchanged before it is loaded.
        dbt_threads: How many models a build or a month-end makes at a time.
        duckdb_threads: How many threads DuckDB uses within one model; the machine's when left out.
        duckdb_memory_mib: How much memory DuckDB uses for a build or a month-end, in MiB; half
            of the machine's when left out.
        engine: What runs the models of a build: `duckdb` here, or `spark` on a cluster.
        spark_host: The cluster's Thrift server, with `spark_port`.
        spark_user: The login there, with `spark_password`; without a password there is no login.
        spark_tls: Whether the connection is encrypted.
        spark_warehouse: The server's `spark.sql.warehouse.dir`, as this machine sees it.
        alert_webhook: Where an alert is posted, as a JSON object with `text`.
        alert_email: Who gets an alert as mail, from `alert_sender`, by the server `smtp_host`.
        alert_quarantine_percent: Percentage of a feed's rows that may be in quarantine without an
        alert.
        alert_draft_days: Days that a draft may wait for approval without an alert.
        log_to_stdout: Whether the structured log goes to stdout too, a JSON object a line.
        pages_url: The URL of Dagster's pages; alerts link to it.
        board_email: Who gets the board pack as mail, by the same server; with commas between them.
        smtp_port: The server's port; what goes with `smtp_security` when left out.
        smtp_security: `starttls`, `tls` from the first byte, or `none`. When left out `none` for a
            server on this machine, else `starttls`.
        smtp_user: Who logs in to the mail server, with `smtp_password`; nobody when left out.
        login_metadata_url: With the other five, who may see the dashboard; see `Login`.
        reporting_currency: The currency in which amounts of several currencies are compared, at
            indicative rates.
        readers: Who may read `published/` and `outbox/`: the home's owner, its group, or all.
        allowed_hosts: Names under which browsers reach the web servers through a proxy, with commas
            between them.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, env_ignore_empty=True
    )

    home: Path = Field(default_factory=_data_folder)
    landing: Path | str | None = None
    agreements: Path | None = None
    ern_offsets: dict[str, str] = Field(default_factory=dict)
    settling_seconds: float = Field(default=5, ge=0, allow_inf_nan=False)
    dbt_threads: int = Field(default=2, ge=1)
    duckdb_threads: int | None = Field(default=None, ge=1)
    duckdb_memory_mib: int | None = Field(default=None, ge=256)
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark_host: str = "127.0.0.1"
    spark_port: int = Field(default=10_000, ge=1, le=65_535)
    spark_user: str = "linernotes"
    spark_password: str = Field(default="", repr=False)
    spark_tls: bool = False
    spark_warehouse: Path | None = None
    alert_webhook: str = Field(default="", repr=False)
    alert_email: str = ""
    alert_sender: str = ""
    alert_quarantine_percent: float = Field(default=1, ge=0, le=100, allow_inf_nan=False)
    alert_draft_days: int = Field(default=5, ge=0)
    pages_url: str = ""
    log_to_stdout: bool = False
    board_email: str = ""
    smtp_host: str = "localhost"
    smtp_port: int | None = Field(default=None, ge=1, le=65_535)
    smtp_security: Literal["starttls", "tls", "none"] | None = None
    smtp_user: str = ""
    smtp_password: str = Field(default="", repr=False)
    login_metadata_url: str = ""
    login_client_id: str = ""
    login_client_secret: str = Field(default="", repr=False)
    login_redirect_uri: str = ""
    login_cookie_secret: str = Field(default="", repr=False)
    login_allowed: str = ""
    allowed_hosts: str = ""
    reporting_currency: str = Field(default="EUR", pattern="[A-Z]{3}")
    readers: modes.Readers = "owner"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The file is chosen when the settings are created, not when this module is imported."""
        try:
            file = env_file()
        except ValueError:  # the validator below has the message
            file = None
        lines = DotEnvSettingsSource(settings_cls, env_file=file, env_file_encoding="utf-8")
        return init_settings, env_settings, lines

    @model_validator(mode="before")
    @classmethod
    def _every_name_is_known(cls, values: Any) -> Any:
        """A misspelt name would be a setting without effect."""
        known = OTHER_NAMES | {PREFIX + name.upper() for name in cls.model_fields}
        places = [("the environment", list(os.environ))]
        if file := env_file():
            lines = _lines_of(file)
            is_ours = any(name.upper().startswith(PREFIX) for name in lines)
            if is_ours and (reason := modes.why_open(file)):
                raise ValueError(reason)
            places.append((str(file), list(lines)))
        for place, names in places:
            for name in names:
                if name.upper().startswith(PREFIX) and name.upper() not in known:
                    near = get_close_matches(name.upper(), known - OTHER_NAMES, 1, 0.0)
                    raise ValueError(
                        f"{name} in {place} is not a setting; the nearest is {near[0]}"
                    )
        return values

    @field_validator("landing", mode="before")
    @classmethod
    def _is_a_folder_or_a_bucket(cls, place: Any) -> Any:
        if place is None or str(place).startswith("s3://"):
            return place and str(place).rstrip("/")
        return Path(cls._is_no_address(place)).expanduser().resolve()

    @field_validator("home", "agreements", "spark_warehouse", mode="before")
    @classmethod
    def _is_no_address(cls, path: Any) -> Any:
        """Refuses a URL, which would be read as a folder below the current one."""
        if "://" in str(path):
            raise ValueError(f"{path} is a URL; give the path of a folder on this machine")
        return path

    @field_validator("home", "agreements", "spark_warehouse")
    @classmethod
    def _from_anywhere(cls, path: Path | None) -> Path | None:
        """The absolute path, which is valid in every folder."""
        return path and path.expanduser().resolve()

    @field_validator("home")
    @classmethod
    def _is_a_folder(cls, home: Path) -> Path:
        unusable = sorted(set(str(home)) & NOT_IN_PATHS)
        if unusable:
            raise ValueError(
                f"the path {str(home)!r} contains {' '.join(map(ascii, unusable))}, which the"
                " path of a home must not contain; choose another folder"
            )
        if home.exists() and not home.is_dir():
            raise ValueError(f"{home} is not a folder")
        return home

    @field_validator("ern_offsets")
    @classmethod
    def _are_offsets(cls, offsets: dict[str, str]) -> dict[str, str]:
        wrong = sorted(offset for offset in offsets.values() if not OFFSET.fullmatch(offset))
        if wrong:
            raise ValueError(
                f"{wrong[0]!r} is not an offset from UTC; write it as +01:00, -05:30 or Z"
            )
        return offsets

    @field_validator("allowed_hosts")
    @classmethod
    def _are_names(cls, hosts: str) -> str:
        wrong = [name for name in _listed(hosts) if not HOST_NAME.fullmatch(name)]
        if wrong:
            raise ValueError(
                f"{wrong[0]!r} is not a host name; write it as reports.example.org, without "
                "https://, port and path"
            )
        return hosts

    @property
    def allowed_names(self) -> list[str]:
        return _listed(self.allowed_hosts)

    @property
    def duckdb_mebibytes(self) -> int:
        """The memory limit of a build or a month-end, in MiB."""
        return self.duckdb_memory_mib or default_mebibytes()

    @property
    def duckdb_memory(self) -> str:
        """The same as DuckDB reads it."""
        return f"{self.duckdb_mebibytes}MiB"

    @property
    def landing_root(self) -> Path:
        """The folder of the landing zone; meaningless if it is a bucket."""
        return self.landing if isinstance(self.landing, Path) else self.home / "landing"

    @property
    def landing_place(self) -> Path | str:
        """The landing zone: a folder, or the URL of a bucket."""
        return self.landing or self.landing_root

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
    def spark_warehouse_root(self) -> Path:
        return self.spark_warehouse or self.home / "warehouse" / "spark" / "tables"

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

    @property
    def login_file(self) -> Path:
        """The login of the dashboard, if the settings do not have it."""
        return self.home / "login.toml"

    @property
    def runs_file(self) -> Path:
        """The history of runs."""
        return self.home / "runs.jsonl"

    @property
    def home_file(self) -> Path:
        """The version of the home."""
        return self.home / "home.json"

    @property
    def reported_file(self) -> Path:
        """The alerts that were sent, so that each is sent once."""
        return self.home / "told.json"

    @property
    def demonstration_mark(self) -> Path:
        """What `linernotes demo` leaves in the homes that it makes."""
        return self.home / ".linernotes-demo"

    @property
    def is_begun(self) -> bool:
        """Whether the home has anything that was loaded, published or issued."""
        return any(
            root.exists() for root in (self.lake_root, self.published_root, self.ledger_root)
        )

    @property
    def environment(self) -> dict[str, str]:
        """The same settings as variables, for programs that run in another folder."""
        given = self.model_dump(exclude_none=True)
        variables = {PREFIX + name.upper(): str(value) for name, value in given.items()}
        return variables | {ENV_FILE: os.devnull}

"""Structured logs: one JSON object per line, in the home and optionally on stdout.

Modules use Python's `logging`, with searchable fields in `extra`. Values of rows are never logged,
because they may be personal.
"""

import logging
import sys
from logging.handlers import RotatingFileHandler
from typing import Any

from linernotes.base.settings import Settings

LOG_FILE = "linernotes.jsonl"
_MOST_BYTES = 20 * 1024 * 1024
_KEPT_FILES = 10
MARK = "linernotes_log"
OURS = ("linernotes", "orchestration", "expectations")
# Libraries that send spans and lineage; they report unreachable receivers here, not on the
# terminal.
SENDERS = ("opentelemetry", "openlineage")


def start_logging(settings: Settings, *, to_stdout: bool = True, **always: object) -> None:
    """Writes records from now on to `logs/linernotes.jsonl`, and to stdout if that is set.

    Args:
        settings: The home, and `log_to_stdout`.
        to_stdout: False keeps stdout free whatever the setting, for output that programs read.
        always: Fields of every record, such as the run's id.
    """
    import structlog

    folder = settings.home / "logs"
    handlers: list[logging.Handler] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handlers.append(
            RotatingFileHandler(
                folder / LOG_FILE, maxBytes=_MOST_BYTES, backupCount=_KEPT_FILES, encoding="utf-8"
            )
        )
    except OSError:
        pass
    if settings.log_to_stdout and to_stdout:
        handlers.append(logging.StreamHandler(sys.stdout))

    def add_always(
        _: Any, __: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        event.update(always)
        return event

    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_always,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
        ],
    )
    for name in (*OURS, *SENDERS):
        logger = logging.getLogger(name)
        for handler in [one for one in logger.handlers if getattr(one, MARK, False)]:
            logger.removeHandler(handler)
            handler.close()
        logger.setLevel(logging.INFO if name in OURS else logging.WARNING)
        for handler in handlers:
            handler.setFormatter(formatter)
            setattr(handler, MARK, True)
            logger.addHandler(handler)

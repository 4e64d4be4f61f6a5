"""Untrusted bytes, and single values. `test_ern.py` tests the contents of messages."""

import datetime as dt
import time
from decimal import Decimal

import pytest

from linernotes.ingestion.ern import parse_message, xml
from linernotes.ingestion.errors import RefusedFile
from tests.fixtures.ern_messages import message

LATIN = '<?xml version="1.0" encoding="ISO-8859-1"?>'
WIDE = '<?xml version="1.0" encoding="UTF-16"?>'
BOMB = '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "prologue",
    [
        "<!DOCTYPE m>",
        "\n<!-- a\n note --><?a pi?>\n<!DOCTYPE m [<!ELEMENT m ANY>]>",
        BOMB,
        '<!DOCTYPE m SYSTEM "http://192.0.2.1/m.dtd">',
        '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_message_with_a_dtd_is_refused_in_any_encoding(prologue: str, encoding: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{encoding.upper()}"?>'

    with pytest.raises(RefusedFile, match="DTD"):
        parse_message(message(prologue=prologue, declaration=declaration).encode(encoding))


def test_message_with_an_undeclared_entity_is_refused() -> None:
    with pytest.raises(RefusedFile, match="not well-formed"):
        parse_message(message(message_id="&x;").encode())


def test_message_with_doctype_only_in_a_comment_is_read() -> None:
    data = message(prologue="<!-- <!DOCTYPE m> -->").encode()

    assert parse_message(data).message_id == "QM-1"


def test_prologue_of_very_many_comments_is_read_at_once() -> None:
    data = message(prologue="<!-- a --> " * 20_000).encode()
    started = time.monotonic()

    parse_message(data)

    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"PK\x03\x04",
        message().encode()[:900],
        message().encode() + b"<more/>",
        (message(prologue="<a>" * 300 + "</a>" * 300)).encode(),
        message(message_id="a\x01b").encode(),
    ],
)
def test_bytes_that_are_not_well_formed_are_refused(data: bytes) -> None:
    with pytest.raises(RefusedFile, match="well-formed"):
        parse_message(data)


def test_message_nested_without_measure_is_refused() -> None:
    deep = "<a>" * 3000 + "</a>" * 3000

    with pytest.raises(RefusedFile, match="well-formed"):
        parse_message(message(releases=deep).encode())


@pytest.mark.parametrize(
    ("declaration", "encoding", "reported"),
    [
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-8", "utf-8"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-8-sig", "utf-8"),
        ('<?xml version="1.0"?>', "utf-8", "utf-8"),
        ("", "utf-8", "utf-8"),
        (LATIN, "latin-1", "iso-8859-1"),
        (WIDE, "utf-16", "utf-16"),
        ('<?xml version="1.0" encoding="UTF-16LE"?>', "utf-16-le", "utf-16le"),
    ],
)
def test_message_in_its_declared_encoding_is_read(
    declaration: str, encoding: str, reported: str
) -> None:
    text = message(message_id="QM-é", declaration=declaration).lstrip()

    parsed = parse_message(text.encode(encoding))

    assert (parsed.message_id, parsed.encoding) == ("QM-é", reported)


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<?xml version="1.0" encoding="UTF-8"?>', "latin-1"),
        ('<?xml version="1.0"?>', "latin-1"),
        ('<?xml version="1.0" encoding="US-ASCII"?>', "utf-8"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-16"),
        (WIDE, "utf-8"),
        (LATIN, "utf-8-sig"),
        (LATIN, "utf-16"),
        ('<?xml version="1.0" encoding="no-such"?>', "utf-8"),
    ],
)
def test_message_in_another_encoding_than_declared_is_refused(
    declaration: str, encoding: str
) -> None:
    text = message(message_id="QM-é", declaration=declaration)

    with pytest.raises(RefusedFile, match=r"XML (says|declares)"):
        parse_message(text.encode(encoding))


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("PT3M26.2S", 206_200),
        ("PT1H2M21S", 3_741_000),
        ("PT0S", 0),
        ("PT0.0005S", 0),
        ("P1DT1S", 86_401_000),
        ("P0Y0M0DT0H3M0S", 180_000),
        ("PT206.2004S", 206_200),
        ("P1Y", None),
        ("P1M", None),
        ("PT", None),
        ("P", None),
        ("3:26", None),
        ("-PT3S", None),
        ("PT9999999999S", None),
        (None, None),
    ],
)
def test_duration_is_whole_milliseconds_or_nothing(
    duration: str | None, expected: int | None
) -> None:
    assert xml.milliseconds(duration) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026-05-04T10:00:00Z", dt.datetime(2026, 5, 4, 10)),
        ("2026-05-04T10:00:00.5+02:00", dt.datetime(2026, 5, 4, 8, 0, 0, 500_000)),
        ("2026-05-04T10:00:00", None),
        ("2026-05-04T24:00:00Z", None),
        ("2026-05-04T23:59:60Z", None),
        ("2026-02-30T10:00:00Z", None),
        ("0001-01-01T00:00:00+09:00", None),
        (None, None),
    ],
)
def test_moment_is_utc_or_nothing(sent: str | None, expected: dt.datetime | None) -> None:
    assert xml.moment(sent) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [("33.3", Decimal("33.3")), (".5", Decimal("0.5")), ("1e2", None), ("1,5", None), ("", None)],
)
def test_decimal_is_exact_or_nothing(sent: str, expected: Decimal | None) -> None:
    assert xml.decimal(sent) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026", "2026"),
        ("2026-04", "2026-04"),
        ("2026-04-30", "2026-04-30"),
        ("2026-13", None),
        ("2026-02-30", None),
        ("April 2026", None),
        (None, None),
    ],
)
def test_partial_date_of_the_calendar_is_kept_as_sent(
    sent: str | None, expected: str | None
) -> None:
    assert xml.partial_date(sent) == expected

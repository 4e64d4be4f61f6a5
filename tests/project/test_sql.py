"""Holds what SQL may say: one text for two engines, and the house's way of writing it.

What the models mean is tested elsewhere; nothing here runs SQL.
"""

import re
from pathlib import Path

import pytest

JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
SQL_COMMENT = re.compile(r"--[^\n]*")
TEXT = re.compile(r"'(?:[^']|'')*'")

# Pattern -> what to write instead.
BANNED = {
    r"//": "the int_div macro",
    r"(?<![/])/(?![/])": "the div_round or int_div macro: plain division is inexact",
    r"\bhugeint\b|\bint128\b": "the t_wide_int macro",
    r"\bstring_agg\b|\blistagg\b|\bgroup_concat\b": "the ordered_list macro",
    r"\blist_\w+\s*\(|\blist\s*\(": "array_agg, array_contains, array_sort or a macro",
    r"\bstrftime\b|\bdate_format\b": "a date; months are formatted at the edge, or by month_text",
    r"\bunnest\b|\bexplode\b": "the explode_list macro",
    r"\bexclude\b": "the columns by name",
    r"\basof\b": "a join on the interval",
    r"->": "a macro for JSON; arrow lambdas do not port",
    r"\bregexp_replace\b": "a macro: the engines replace the first or all matches",
    r"\bignore\s+nulls\b": "filter (where ... is not null)",
    r"\bduckdb\b|\bspark\b": "no engine by name",
    r'"': "unquoted names and single-quoted texts",
    r"\bdouble\b|\bfloat\b|\breal\b": "decimal",
    r"\bavg\s*\(|\bstddev|\bapprox": "a sum and a count through div_round, or the quantile macro",
    r"\bsign\s*\(": "the sign_of macro: a double on one engine",
    r"\bdiv\b|\bdivide\s*\(": "the int_div macro: `div` wraps beyond 2^63",
    r"\bvarchar\b|\btext\b": "the t_str macro",
    r"\bright\s+(outer\s+)?join\b": "left join",
    r"\bgroup\s+by\s+\d|\border\s+by\s+\d": "group by all; order by a name",
}
# Inside Jinja only these matter.
BANNED_JINJA = {
    r"\btarget\.type\b|\btarget\.name\b": "an adapter.dispatch macro",
    r"\bsafe_cast\b|\bdbt\.listagg\b": "try_cast; the ordered_list macro",
}


# Types that both engines know by these names; `varchar` has to have a length on Spark.
TYPE = re.compile(r"string|bigint|integer|boolean|date|timestamp|decimal\(\d+,\d+\)|array<string>")


def model_files() -> list[Path]:
    root = Path(__file__).resolve().parents[2]
    return [
        path.relative_to(root)
        for folder in ("models", "tests/data")
        for path in sorted((root / folder).rglob("*.sql"))
    ]


def macro_files() -> list[Path]:
    root = Path(__file__).resolve().parents[2]
    return [path.relative_to(root) for path in sorted((root / "macros").rglob("*.sql"))]


def bare_sql(text: str) -> str:
    """The SQL without comments, Jinja and texts, with its lines where they were."""
    for pattern in (JINJA_COMMENT, JINJA, SQL_COMMENT):
        text = pattern.sub(lambda match: "\n" * match[0].count("\n") + " ", text)
    return TEXT.sub("''", text)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("select a / b", "/"),
        ("select a // b", "//"),
        ("select cast(a as hugeint)", "hugeint"),
        ('select "a"', '"'),
        ("select list_sort(a)", "list_sort("),
        ("select sign(a) * b", "sign("),
        ("select a div b", "div"),
        ("select cast(a as varchar)", "varchar"),
    ],
)
def test_ban_of_a_token_finds_it(text: str, token: str) -> None:
    hits = [match[0] for rule in BANNED for match in re.finditer(rule, bare_sql(text))]

    assert token in hits


def test_ban_of_a_token_ignores_comments_jinja_and_texts() -> None:
    text = "-- a / b\n{# strftime #}select '1/2' as x, {{ div_round('a', 'b', 2) }}"

    hits = [rule for rule in BANNED if re.search(rule, bare_sql(text))]

    assert hits == []


@pytest.mark.parametrize("file", model_files(), ids=str)
def test_model_uses_no_token_of_one_engine(root: Path, file: Path) -> None:
    text = (root / file).read_text(encoding="utf-8")
    without_comments = JINJA_COMMENT.sub("", text)

    found = [
        f"{file}:{sql[: match.start()].count(chr(10)) + 1} has {match[0]!r}: use {instead}"
        for sql, rules in ((bare_sql(text), BANNED), (without_comments, BANNED_JINJA))
        for rule, instead in rules.items()
        for match in re.finditer(rule, sql, re.IGNORECASE)
    ]

    assert not found, "\n".join(found)


def test_contracts_name_types_that_both_engines_know(root: Path) -> None:
    """A contract of `varchar` held on DuckDB, and Spark refused the whole project."""
    stated = re.compile(r"data_type:\s*(.+)")
    found = [
        (file.relative_to(root), match[1])
        for folder in ("models", "seeds")
        for file in sorted((root / folder).rglob("*.yml"))
        for match in stated.finditer(file.read_text(encoding="utf-8"))
    ]

    wrong = [f"{file}: {name}" for file, name in found if not TYPE.fullmatch(name.strip())]

    assert len(found) > 1000
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("file", model_files(), ids=str)
def test_model_file_has_at_most_200_lines(root: Path, file: Path) -> None:
    count = len((root / file).read_text(encoding="utf-8").splitlines())

    assert count <= 200, f"{file} has {count} lines: split it"


@pytest.mark.parametrize("file", macro_files(), ids=str)
def test_macro_file_holds_one_macro_of_its_name_with_its_reason(root: Path, file: Path) -> None:
    text = (root / file).read_text(encoding="utf-8")

    names = re.findall(r"\{%-?\s*(?:macro|materialization|test)\s+(\w+)", text)
    public = {re.sub(r"^(default|spark|duckdb)__", "", name) for name in names}

    assert text.startswith("{#"), f"{file}: open with a comment that says why the macro exists"
    assert public == {file.stem}, f"{file} holds {sorted(public)}: one macro a file, of its name"


@pytest.mark.parametrize("file", macro_files(), ids=str)
def test_macro_that_dispatches_speaks_for_both_engines(root: Path, file: Path) -> None:
    text = (root / file).read_text(encoding="utf-8")

    if "adapter.dispatch" in text:
        for engine in ("default", "spark"):
            assert f"macro {engine}__{file.stem}" in text, f"{file} lacks {engine}__{file.stem}"

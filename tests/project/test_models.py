"""Holds the names, descriptions, types and owners of models, seeds and reports.

The facts come from dbt's manifest; what the models compute is tested beside them.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

Node = dict[str, Any]

# Folder under models/ -> what its models are called.
GRAMMAR = {
    "staging": r"stg_(?P<owner>[a-z]+(_[a-z]+)*)__[a-z][a-z0-9_]*",
    "intermediate": r"int_(?P<owner>[a-z]+(_[a-z]+)*)__[a-z][a-z0-9_]*",
    "marts": r"(dim|fct)_[a-z][a-z0-9_]*",
    "reports": r"rpt_(?P<owner>partner|executive|regulator)__[a-z][a-z0-9_]*",
    "quality": r"[a-z][a-z0-9_]*",
}
# Ending of a column -> the types that it may have in marts and reports.
ENDINGS = {
    "_amount": r"decimal\(\d+,\s*\d+\)",
    "_count": r"bigint|integer",
    "_share": r"decimal\(\d+,\s*\d+\)",
    "_rate": r"decimal\(\d+,\s*\d+\)",
    "_at": r"timestamp",
    "_date": r"date",
    "_month": r"date",
    "_id": r"varchar|string|text",
    "_code": r"varchar|string|text",
    "_name": r"varchar|string|text",
    "_nano": r"bigint|decimal\(\d+,\s*\d+\)",
}
# People know these by another ending than the grammar would give them.
BOOLEANS = r"(is|has|can|was)_\w+|automated_detection|pays_free_uses"


def folder_of(model: Node) -> str:
    return Path(model["original_file_path"]).parts[1]


def title_of(model: Node) -> str:
    return f"{model['original_file_path']} ({model['name']})"


def public_columns(models: list[Node]) -> list[tuple[Node, str, str]]:
    return [
        (model, name, (column.get("data_type") or "").lower())
        for model in models
        if folder_of(model) in {"marts", "reports", "quality"}
        for name, column in model["columns"].items()
    ]


def test_model_name_follows_the_grammar_of_its_folder(models: list[Node]) -> None:
    wrong = []
    for model in models:
        path = Path(model["original_file_path"])
        match = re.fullmatch(GRAMMAR.get(folder_of(model), "(?!)"), model["name"])
        owner = match and match.groupdict().get("owner")
        if not match or "__" in model["name"].replace("__", "", 1):
            wrong.append(f"{path}: {model['name']} is no name for models/{folder_of(model)}/")
        elif owner and owner not in path.parts:
            wrong.append(f"{path}: the name says {owner}, the folder does not")

    assert not wrong, "\n".join(wrong)


def test_model_description_begins_with_its_grain(models: list[Node]) -> None:
    wrong = [
        f"{title_of(model)}: {model['description'][:60]!r}"
        for model in models
        if not re.match(r"One row (per|for)\b", model["description"].strip())
    ]

    assert not wrong, "say what a row is first ('One row per ...'):\n" + "\n".join(wrong)


def test_model_file_opens_with_its_grain(models: list[Node], root: Path) -> None:
    wrong = []
    for model in models:
        text = (root / model["original_file_path"]).read_text(encoding="utf-8")
        comments = re.findall(r"^--\s*(.*)", text, re.MULTILINE)
        if not comments or not comments[0].startswith("One row"):
            wrong.append(title_of(model))

    assert not wrong, "the first comment says what a row is ('-- One row per ...'):\n" + "\n".join(
        wrong
    )


def test_models_of_a_folder_are_described_in_its_own_file(models: list[Node]) -> None:
    wrong = []
    for model in models:
        path = Path(model["original_file_path"])
        patch = (model["patch_path"] or "").split("://")[-1]
        if not re.fullmatch(rf"{path.parent}/_\w+__models\.yml", patch):
            wrong.append(f"{path} is described in {patch or 'no file'}")

    assert not wrong, "one _<folder>__models.yml per folder:\n" + "\n".join(wrong)


def test_description_file_has_at_most_500_lines(root: Path) -> None:
    long = [
        f"{path.relative_to(root)}: {count} lines"
        for path in (root / "models").rglob("*.yml")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 500
    ]

    assert not long, "split the folder, not the file:\n" + "\n".join(long)


def test_text_of_many_columns_has_one_home(root: Path) -> None:
    """A text that fifty columns repeat is mended in forty of them."""
    texts = Counter(
        column["description"]
        for path in (root / "models").rglob("*.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", ())
        for column in model.get("columns", ())
        if "{{" not in column.get("description", "{{")
    )

    often = [f"{n} times: {text}" for text, n in texts.items() if n > 10 and len(text) >= 25]

    assert len(texts) > 1000
    assert not often, "give it a block in models/columns.md:\n" + "\n".join(often)


def test_closed_list_of_a_feed_is_checked_by_the_intake_alone(manifest: dict[str, Any]) -> None:
    """A model that only passes a feed's column on repeated the list of the feed's contract."""
    nodes = manifest["nodes"]
    lists = [
        nodes[node["attached_node"]]
        for node in nodes.values()
        if (node.get("test_metadata") or {}).get("name") == "accepted_values"
    ]

    repeated = [
        model["name"]
        for model in lists
        if model["path"].startswith("staging/")
        and all(one.startswith("source.") for one in model["depends_on"]["nodes"])
        and not any(".raw_door__" in one for one in model["depends_on"]["nodes"])
    ]

    assert lists
    assert not repeated, f"the intake refuses such rows: {sorted(set(repeated))}"


def test_seed_is_described_with_every_column(manifest: dict[str, Any], root: Path) -> None:
    wrong = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "seed":
            continue
        path = root / node["original_file_path"]
        header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        described = {name for name, column in node["columns"].items() if column["description"]}
        if not node["description"]:
            wrong.append(f"{node['name']}: no description")
        if missing := set(header) - described:
            wrong.append(f"{node['name']}: no description of {sorted(missing)}")

    assert not wrong, "\n".join(wrong)


def test_source_table_is_named_raw_and_described(manifest: dict[str, Any]) -> None:
    wrong = [
        f"{source['original_file_path']}: {source['source_name']}.{source['name']}"
        for source in manifest["sources"].values()
        if source["source_name"] != "raw"
        or not re.fullmatch(r"raw_[a-z]+(_[a-z]+)*__[a-z][a-z0-9_]*", source["name"])
        or not source["description"]
    ]

    assert not wrong, "\n".join(wrong)


def test_public_model_has_an_enforced_contract_and_typed_columns(models: list[Node]) -> None:
    wrong = []
    for model in models:
        if folder_of(model) not in {"marts", "reports", "quality"}:
            continue
        if not model["config"]["contract"]["enforced"]:
            wrong.append(f"{title_of(model)}: the contract is not enforced")
        if model["access"] != "public":
            wrong.append(f"{title_of(model)}: access is {model['access']}")
        if not model["columns"]:
            wrong.append(f"{title_of(model)}: no columns")

    assert not wrong, "\n".join(wrong)


def test_public_column_has_the_type_that_its_name_says(models: list[Node]) -> None:
    wrong = []
    for model, name, data_type in public_columns(models):
        for ending, allowed in ENDINGS.items():
            if name.endswith(ending) and not re.fullmatch(allowed, data_type):
                wrong.append(f"{title_of(model)}: {name} is {data_type}, not {allowed}")
        if data_type == "boolean" and not re.fullmatch(BOOLEANS, name):
            wrong.append(f"{title_of(model)}: {name} is a boolean, so call it is_ or has_")

    assert not wrong, "\n".join(wrong)


def test_public_column_holds_no_binary_float(models: list[Node]) -> None:
    wrong = [
        f"{title_of(model)}: {name} is {data_type}"
        for model, name, data_type in public_columns(models)
        if re.search(r"double|float|real", data_type)
    ]

    assert not wrong, "\n".join(wrong)


def test_public_amount_stands_beside_a_currency(models: list[Node]) -> None:
    wrong = []
    for model in models:
        if folder_of(model) not in {"marts", "reports"}:
            continue
        columns = list(model["columns"])
        amounts = [name for name in columns if name == "amount" or name.endswith("_amount")]
        if amounts and not any(name.endswith("currency_code") for name in columns):
            wrong.append(f"{title_of(model)}: {amounts} without currency_code")

    assert not wrong, "\n".join(wrong)


def test_public_table_shows_no_user_key(models: list[Node]) -> None:
    wrong = [
        f"{title_of(model)}: {name}"
        for model, name, _ in public_columns(models)
        if name in {"user_key", "idempotency_key", "prompt", "device_id"}
    ]

    assert not wrong, "\n".join(wrong)


def test_report_belongs_to_a_group(reports: list[Node]) -> None:
    wrong = [title_of(report) for report in reports if not report["config"].get("group")]

    assert not wrong, "give a +group in dbt_project.yml:\n" + "\n".join(wrong)


def test_report_describes_every_column(reports: list[Node]) -> None:
    wrong = [
        f"{title_of(report)}: {name}"
        for report in reports
        for name, column in report["columns"].items()
        if not column["description"].strip()
    ]

    assert not wrong, "\n".join(wrong)


def test_model_and_seed_has_a_grain_test(manifest: dict[str, Any]) -> None:
    """A third of the models, those that make money among them, did not prove their grain."""
    tested = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "grain"
    }

    wrong = [
        title_of(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] in {"model", "seed"} and node["unique_id"] not in tested
    ]

    assert not wrong, "no test `grain` with the key:\n" + "\n".join(wrong)


def test_report_has_a_unit_test(reports: list[Node], manifest: dict[str, Any]) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}

    wrong = [title_of(report) for report in reports if report["name"] not in tested]

    assert not wrong, "no unit test of the arithmetic:\n" + "\n".join(wrong)


def test_report_has_an_exposure_that_names_who_receives_it(
    reports: list[Node], manifest: dict[str, Any]
) -> None:
    exposed = {
        node
        for exposure in manifest["exposures"].values()
        if exposure["owner"] and exposure["description"]
        for node in exposure["depends_on"]["nodes"]
    }

    wrong = [title_of(report) for report in reports if report["unique_id"] not in exposed]

    assert not wrong, "no exposure in an __exposures.yml:\n" + "\n".join(wrong)


def test_partner_report_names_partner_and_month(reports: list[Node]) -> None:
    wrong = [
        title_of(report)
        for report in reports
        if report["name"].startswith("rpt_partner__")
        and not {"partner_id", "report_month"} <= report["columns"].keys()
    ]

    assert not wrong, "partner_id and report_month are what a package is cut by:\n" + "\n".join(
        wrong
    )


def test_data_test_with_arguments_says_what_to_do(manifest: dict[str, Any]) -> None:
    wrong = []
    for node in manifest["nodes"].values():
        metadata = node.get("test_metadata") if node["resource_type"] == "test" else None
        # A failing row of `grain` itself says what is wrong: repeated keys, or empty columns.
        if not metadata or metadata["name"] == "grain":
            continue
        arguments = set(metadata["kwargs"]) - {"model", "column_name"}
        if arguments and not node["description"].strip():
            wrong.append(f"{node['original_file_path']}: {node['name']}")

    assert not wrong, "give these a name and a description:\n" + "\n".join(wrong)


def test_singular_data_test_says_what_it_claims(root: Path) -> None:
    files = sorted((root / "tests" / "data").rglob("*.sql"))
    if not files:
        pytest.skip("there are no singular data tests")

    wrong = [
        str(file.relative_to(root))
        for file in files
        if "__" not in file.stem
        or "--" not in file.read_text(encoding="utf-8").split("\nselect")[0]
    ]

    assert not wrong, "named <table>__<claim>, opening with a comment:\n" + "\n".join(wrong)

"""The outputs of the warehouse: the published file, the partner packages, their delivery.

Nothing is computed here. The code that makes packages is imported when it is needed: it takes a
second, and each of Dagster's processes loads this module.
"""

import dagster as dg

from linernotes.base.checked_runs import require_run
from linernotes.base.published import open_published
from linernotes.warehouse import PUBLIC_SCHEMAS, publication_lock, publish
from orchestration.assets.figures import publication_metadata
from orchestration.assets.models import warehouse_models
from orchestration.markdown import markdown_table
from orchestration.partitions import as_month, partner_months, partners
from orchestration.resources import Home

PUBLIC_MODELS = [spec.key for spec in warehouse_models.specs if spec.key.path[0] in PUBLIC_SCHEMAS]


@dg.asset(
    deps=PUBLIC_MODELS,
    group_name="published",
    owners=["team:partner_reporting"],
    kinds={"duckdb"},
    pool="warehouse",
)
def published_warehouse(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """The warehouse file for all readers, replaced as a whole. One file per publication.

    It waits for all blocking checks on its tables, and requires the record of the run that made it:
    if that record is missing or has a failed check, nothing is published.
    """
    settings = home.settings
    with publication_lock(settings):
        path = publish(settings)
        with open_published(settings) as connection:
            figures = publication_metadata(connection)
            names = connection.execute(
                "select distinct partner_id from marts.dim_partners"
            ).fetchall()
            run = require_run(connection, path, "it has no record in Dagster")
    context.instance.add_dynamic_partitions(str(partners.name), [name for (name,) in names])
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(path)),
            "known_at": run.known_at.isoformat(),
            "invocation_id": run.invocation_id,
            **figures,
        }
    )


@dg.asset(
    deps=["published_warehouse", "statement_drafts", "issued_statements"],
    partitions_def=partner_months,
    group_name="packages",
    owners=["team:partner_reporting"],
    kinds={"python"},
)
def partner_packages(context: dg.AssetExecutionContext, home: Home) -> dg.MaterializeResult:
    """The files of a partner for a month. One package per partner, month and version.

    Writing a package again gives the same bytes, or a new version if its statements have changed.
    """
    from linernotes.packages import write_packages

    keys = context.partition_key.keys_by_dimension  # type: ignore[attr-defined]
    packages = write_packages(home.settings, as_month(keys["month"]), keys["partner"])
    rows = [(p.version, p.state, "new" if p.is_new else "as before", p.path) for p in packages]
    files = [file for package in packages for file in package.path.iterdir() if file.is_file()]
    return dg.MaterializeResult(
        metadata={
            "packages": dg.MetadataValue.md(
                markdown_table(("version", "state", "content", "folder"), rows)
            ),
            "files": dg.MetadataValue.md(
                markdown_table(
                    ("file", "bytes"),
                    [(file.name, file.stat().st_size) for file in sorted(files)],
                )
            ),
            "byte_count": dg.MetadataValue.int(sum(file.stat().st_size for file in files)),
        }
    )


class Redelivery(dg.Config):
    """Whether to send again what has arrived before."""

    again: bool = False


@dg.asset(
    deps=["partner_packages"],
    partitions_def=partner_months,
    group_name="packages",
    owners=["team:partner_reporting"],
    kinds={"python"},
    # The delivery itself makes, counts and records its attempts.
    pool="delivery",
)
def delivered_packages(
    context: dg.AssetExecutionContext, home: Home, config: Redelivery
) -> dg.MaterializeResult:
    """Packages delivered to partners' targets. One delivery per partner, month and version.

    Drafts, packages that fail verification and packages that have arrived before are not sent; set
    `again` to send the last again. Without a target the package stays in the outbox.
    """
    from linernotes.delivery import deliver_packages, newest_packages

    keys = context.partition_key.keys_by_dimension  # type: ignore[attr-defined]
    packages = newest_packages(home.settings, as_month(keys["month"]), keys["partner"])
    shipments = deliver_packages(home.settings, packages, again=config.again)
    troubles = [shipment for shipment in shipments if shipment.is_trouble]
    if troubles:
        raise dg.Failure("; ".join(f"{one.outcome}: {one.reason}" for one in troubles))
    rows = [(s.version, s.outcome, len(s.files), s.sent_bytes, s.target) for s in shipments]
    headings = ("version", "outcome", "files", "bytes", "target")
    return dg.MaterializeResult(
        metadata={"deliveries": dg.MetadataValue.md(markdown_table(headings, rows))}
    )

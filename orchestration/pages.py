"""Dagster's web pages, protected from other sites' pages: a program that `linernotes up` runs.

`webserver.py` and `servers.py` start and end it.
"""

import sys

import uvicorn
from dagster import DagsterInstance
from dagster._cli.workspace.cli_target import WorkspaceOpts, workspace_opts_to_load_target
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._utils.log import configure_loggers
from dagster_webserver.version import __version__
from dagster_webserver.webserver import DagsterWebserver
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from linernotes.base.ports import Guard, own_names
from linernotes.base.settings import Settings
from orchestration.webserver import DEFINITIONS

# As in `dagster dev`.
STATEMENT_MILLISECONDS, POOL_SECONDS, POOL_OVERFLOW, POLL_MILLISECONDS = 15_000, 3_600, 20, 2_000
BODIES = ("application/json", "application/graphql")
METHOD_NOT_ALLOWED, UNSUPPORTED_MEDIA_TYPE = 405, 415


class Pages(DagsterWebserver):
    """Dagster's web server; GraphQL accepts only POST requests with a JSON or GraphQL body.

    An image or a form on another site cannot send either.
    """

    async def graphql_http_endpoint(self, request: Request) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if request.method == "POST" and kind not in BODIES:
            return PlainTextResponse(
                f"GraphQL takes {' or '.join(BODIES)}.\n", UNSUPPORTED_MEDIA_TYPE
            )
        # The page for writing queries; it executes nothing.
        is_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
        if request.method != "POST" and not is_page:
            return PlainTextResponse(
                "GraphQL is asked by POST.\n", METHOD_NOT_ALLOWED, {"Allow": "POST"}
            )
        return await super().graphql_http_endpoint(request)


def guarded(context: WorkspaceProcessContext, names: frozenset[str]) -> Starlette:
    """The pages as an application, for a server with these host names."""
    app = Pages(context, live_data_poll_rate=POLL_MILLISECONDS).create_asgi_app()
    app.add_middleware(Guard, names=names)
    return app


def main() -> None:
    """Serves the pages for the environment's Dagster home until it is stopped."""
    host, port = sys.argv[1], int(sys.argv[2])
    names = own_names(host, Settings().allowed_names)
    configure_loggers(log_level="INFO")
    target = workspace_opts_to_load_target(WorkspaceOpts(module_name=(DEFINITIONS,)))
    with DagsterInstance.get() as instance:
        instance.optimize_for_webserver(STATEMENT_MILLISECONDS, POOL_SECONDS, POOL_OVERFLOW)
        with WorkspaceProcessContext(instance, target, version=__version__) as context:
            app = guarded(context, names)
            uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()

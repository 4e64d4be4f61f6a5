"""Runs statements on a Thrift server: a program of the Spark environment with JSON as input and
output.

`thrift.py` starts it. It imports nothing of the project, because that environment lacks its
libraries.
"""

import json
import os
import sys

from dbt.adapters.spark.connections import build_ssl_transport  # ty: ignore[import-not-found]
from pyhive import hive  # ty: ignore[import-not-found]


def main() -> None:
    """Reads the address, then lists of statements, one list per line, from the standard input. For
    each list it writes a line with the rows of every statement. An error of the server is written
    as `{"error": text}`, and ends the program.
    """
    request = json.loads(sys.stdin.readline())
    # The libraries print errors on the standard output, which must contain only the answer.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    login = {
        "host": request["host"],
        "port": request["port"],
        "username": request["user"],
        "auth": "LDAP" if request["password"] else "NONE",
        "password": request["password"] or None,
        "kerberos_service_name": None,
    }
    try:
        # Like dbt: if the server lets a client set it, the check sees dbt's value.
        configuration_wanted = {"spark.sql.ansi.enabled": "false"}
        if request["tls"]:
            transport = build_ssl_transport(**login)
            connection = hive.connect(
                thrift_transport=transport, configuration=configuration_wanted
            )
        else:
            connection = hive.connect(**login, configuration=configuration_wanted)
        with connection, connection.cursor() as cursor:
            for line in sys.stdin:
                found = [rows_of(cursor, statement) for statement in json.loads(line)]
                print(json.dumps(found, default=str), file=answer, flush=True)
    except Exception as error:
        print(json.dumps({"error": message_of(error)}), file=answer, flush=True)


def rows_of(cursor: hive.Cursor, statement: str) -> list[dict[str, object]]:
    """The rows of a statement; empty if it returns none."""
    cursor.execute(statement)
    names = [column[0] for column in cursor.description or []]
    rows = cursor.fetchall() if names else []
    return [dict(zip(names, row, strict=True)) for row in rows]


def message_of(error: Exception) -> str:
    """The server's own message, without Thrift's stack."""
    status = getattr(error.args[0], "status", None) if error.args else None
    return str(getattr(status, "errorMessage", None) or error or type(error).__name__)


if __name__ == "__main__":
    main()

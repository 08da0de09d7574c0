"""Export the calls of an agent to Parquet, and query them with DuckDB.

The second run fetches only what is new. Needs `pip install 'cartesia-calls[export]' duckdb` and
CARTESIA_API_KEY:

    python examples/export_and_query.py AGENT_ID FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from cartesia_calls.export import export

ERRORS_A_DAY = """
    SELECT record.day, count(DISTINCT record.call_id) AS calls,
           count(*) FILTER (logs.level = 'ERROR') AS errors
    FROM read_parquet('record/**/*.parquet', hive_partitioning = true) AS record
    LEFT JOIN read_parquet('logs/**/*.parquet') AS logs USING (call_id)
    GROUP BY ALL ORDER BY ALL
"""


def main(agent_id: str, folder: str) -> None:
    """Export the last week, and print the errors of each day."""
    result = export(
        agents=agent_id, to=folder, since="7d", format="parquet", include=("logs", "record")
    )
    print(f"{result.exported} calls exported, {result.present} already there.")
    with duckdb.connect() as database:
        database.execute("SET file_search_path = ?", [str(Path(folder).resolve())])
        for day, calls, errors in database.execute(ERRORS_A_DAY).fetchall():
            print(f"{day}: {errors} errors in {calls} calls")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The document is what the API does: schemathesis asks, and nothing breaks."""

from __future__ import annotations

import os
from pathlib import Path

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from plugin.api import door
from plugin.clock import Clock
from plugin.store.database import Database
from tests.api.conftest import program_on

EXAMPLES = int(os.environ.get("API_EXAMPLES", "65"))
"""In all; `API_EXAMPLES=2000` for the long run."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_every_answer_is_as_the_document_says(
    sqlite_db: Database, clock: Clock, tmp_path: Path
) -> None:
    program = program_on(sqlite_db, clock, tmp_path)
    program.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", program.client.application)
    operations = [result.ok() for result in schema.get_all_operations()]
    door.PER_MINUTE, usual = 10**9, door.PER_MINUTE
    headers = {"Authorization": f"Bearer {program.keys['settings']}"}
    try:
        for operation in operations:

            @settings(
                max_examples=max(5, EXAMPLES // len(operations)),
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @schema_given(operation)
            def ask(case: schemathesis.Case) -> None:
                case.call_and_validate(checks=CHECKS, headers=headers)

            ask()
    finally:
        door.PER_MINUTE = usual


def schema_given(operation):  # type: ignore[no-untyped-def]  # a library's own decorator
    from hypothesis import given

    return given(case=operation.as_strategy())

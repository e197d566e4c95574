"""The table in the docs is the table in the code."""

from __future__ import annotations

from pathlib import Path

from plugin.verbs import CONNECTIONS, Verb, can

PAGE = Path(__file__).parents[2] / "docs" / "connections.md"


def test_the_page_says_what_the_code_chooses_by() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|\n ").split("|")]
        for line in PAGE.read_text().splitlines()
        if line.startswith("|")
    ]
    header, said = rows[0], rows[2:]
    assert {row[1].strip("`") for row in said} == {str(verb) for verb in Verb}
    for connection in CONNECTIONS:
        column = header.index(connection)
        built = {row[1].strip("`") for row in said if row[column] == "built"}
        assert built == {str(verb) for verb in CONNECTIONS[connection]}, connection


def test_whatever_nobody_connected_is_done_by_a_person() -> None:
    assert not any(can("never heard of it", verb) for verb in Verb)
    assert not any(can("by_hand", verb) for verb in Verb)

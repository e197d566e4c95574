"""The shop's own letters: what may stand in them, and that nothing in them can do harm."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin import letters
from plugin.actions import Letter
from plugin.words.templates import MOST_RESULT, MOST_SOURCE, BadTemplate, render
from tests.words.test_letters import as_mail, to_customer

NOT_ALLOWED = [
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ lines.__class__ }}",
    "{% for line in lines %}{{ line.__init__ }}{% endfor %}",
    "{{ 'a' * 10**9 }}",
    "{{ order ~ order }}",
    "{{ order % order }}",
    "{% for i in range(10**9) %}x{% endfor %}",
    "{% for i in [1, 2, 3] %}x{% endfor %}",
    "{% for a in lines %}{% for b in lines %}x{% endfor %}{% endfor %}",
    "{% for a in lines recursive %}{{ loop(lines) }}{% endfor %}",
    "{% for a, b in lines %}x{% endfor %}",
    "{% for a in lines if a %}x{% endfor %}",
    "{% set x = order %}",
    "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    "{% include 'passwd' %}",
    "{% import 'os' as os %}",
    "{% extends 'base' %}",
    "{% block a %}{% endblock %}",
    "{% with %}{% endwith %}",
    "{% filter upper %}x{% endfilter %}",
    "{{ order.upper() }}",
    "{{ order.format }}",
    "{{ order[0] }}",
    "{{ '%99999999d'|format(1) }}",
    "{{ order|center(99999999) }}",
    "{{ order|attr('x') }}",
    "{{ lines|map('upper') }}",
    "{{ order if lines }}",
    "{{ order is defined }}",
    "{{ cycler() }}",
    "{{ " + "(" * 4000 + "order" + ")" * 4000 + " }}",
    "{{ " + "not " * 2000 + "order }}",
    "{% if order %}" * 300 + "x" + "{% endif %}" * 300,
    "{{ " + "9" * 9000 + " }}",
]
UNREADABLE = [
    "{{ order",
    "{% if order %}",
    "{% endfor %}",
    "{# ",
    "{% tea %}",
    "{%" * 99,
]


def own(body: str, letter: Letter = Letter.REFUNDED, subject: str = "About it") -> letters.Text:
    return to_customer(letter, own=(subject, body))


@pytest.mark.parametrize("source", NOT_ALLOWED)
def test_what_a_letter_does_not_need_is_refused(source: str) -> None:
    assert letters.problems(Letter.REFUNDED, "About it", source) == ["not_allowed"]
    assert letters.problems(Letter.REFUNDED, source, "Hello") == ["not_allowed"]


@pytest.mark.parametrize("source", UNREADABLE)
def test_what_cannot_be_read_names_its_line(source: str) -> None:
    (problem,) = letters.problems(Letter.REFUNDED, "About it", f"Hello\n{source}")
    assert problem in {"syntax:line 2", "not_allowed"}


def test_the_line_is_the_merchants_own() -> None:
    body = "Hello\n{% if order %}\n{{ order }}\n{% endif %}\n{{ order order }}"
    assert letters.problems(Letter.REFUNDED, "About it", body) == ["syntax:line 5"]


@pytest.mark.parametrize("source", [*NOT_ALLOWED, *UNREADABLE, "{{ foo }}", "", " ", "\ud800"])
def test_a_letter_that_cannot_be_filled_in_goes_out_in_our_words(source: str) -> None:
    assert own(source) == to_customer(Letter.REFUNDED)
    assert to_customer(Letter.REFUNDED, own=(source, "Hello")) == to_customer(Letter.REFUNDED)


@pytest.mark.parametrize(
    ("letter", "subject", "body", "found"),
    [
        (Letter.REFUNDED, "a", "{{ amount }} {{ foo }} {{ foo }}", ["unknown_variable:foo"]),
        (Letter.CANCELLED, "a", "{{ amount }}", ["unknown_variable:amount"]),
        (
            Letter.CANCELLED,
            "{{ bar }}",
            "{{ foo }}",
            ["unknown_variable:bar", "unknown_variable:foo"],
        ),
        (Letter.CANCELLED, "a", "{{ line.title }}", ["not_allowed"]),
        (
            Letter.CANCELLED,
            "a",
            "{% for line in lines %}{{ line.price }}{% endfor %}",
            ["unknown_variable:line.price"],
        ),
        (Letter.CANCELLED, "a\nBcc: b", "Hello", ["subject_lines"]),
        (Letter.CANCELLED, "", "Hello", ["empty"]),
        (Letter.CANCELLED, "a", "{# nothing #}", ["empty"]),
        (Letter.CANCELLED, "a", "x" * (MOST_SOURCE + 1), ["too_long"]),
        (Letter.CANCELLED, "a", "{{ link }}" * 1000 + " ", ["too_long"]),
        (Letter.CANCELLED, "a", "{{ lines }}" * 900, []),
        (Letter.CANCELLED, "a", "{% raw %}{{ foo }}{% endraw %}", []),
        (Letter.CANCELLED, "a", "{{ order|upper }} {{ link|default('x', true) }}", []),
        (
            Letter.CANCELLED,
            "a",
            "{% if order == '#1' or not link %}a{% elif link %}b{% endif %}",
            [],
        ),
        (Letter.CANCELLED, "a", "{{ 'a' if order else 'b' }}", []),
        (
            Letter.CANCELLED,
            "a",
            "{% for x in lines %}{{ loop.index }} {{ x.title }}, {{ x.count }}{% endfor %}",
            [],
        ),
    ],
)
def test_problems_are_named_when_a_letter_is_saved(
    letter: Letter, subject: str, body: str, found: list[str]
) -> None:
    assert letters.problems(letter, subject, body) == found


def test_an_own_letter_is_sent_as_written() -> None:
    body = (
        "Ciao {{ customer_name }}\n\n{% for line in lines %}\n* {{ line.title }}: "
        "{{ line.count }}\n{% endfor %}\n{% if reason %}\nnever\n{% endif %}\n{{ link }}\n\n\n\nBye"
    )
    known = body.replace("{% if reason %}\nnever\n{% endif %}\n", "")
    assert letters.problems(Letter.CANCELLED, "On {{ order_name }}", known) == []
    text = to_customer(Letter.CANCELLED, own=("On {{ order_name }}", known))
    assert text == letters.Text(
        subject="On #1001",
        body="Ciao Anna\n\n* Paper lamp: 2\n* Tea cup: 1\nhttps://desk.example/report/abc\n\nBye\n",
    )


def test_a_result_that_grows_too_long_is_refused() -> None:
    body = "{{ lines }}" * 900
    many = [("x" * 500, 1)] * 500
    text = to_customer(Letter.CANCELLED, own=("a", body), lines=many)
    assert text == to_customer(Letter.CANCELLED, lines=many)
    assert len(text.body) < MOST_RESULT


def test_values_are_shown_and_never_run() -> None:
    hostile = "{{ 7 * 7 }}{% for i in lines %}{{ link.__class__ }}"
    text = to_customer(
        Letter.CANCELLED,
        own=("{{ customer_name }}", "{{ customer_name }} {{ lines }}"),
        customer_name=hostile,
        lines=[(hostile, 1)],
    )
    assert text == letters.Text(hostile, f"{hostile} - {hostile} × 1\n")


def test_an_own_subject_is_one_header() -> None:
    text = to_customer(
        Letter.CANCELLED, own=("a\r\nBcc: b@c.d\x00\u202e", "Hello\x07\u202e\r\nyou")
    )
    assert text == letters.Text("a Bcc: b@c.d", "Hello\nyou\n")
    as_mail(text)


PIECES = st.sampled_from(
    [
        *("{{", "}}", "{%", "%}", "{#", "#}", "-%}", "if", "for", "in", "else", "endif", "endfor"),
        *("lines", "order", "line", ".title", "|", "upper", "(", ")", "*", "**", "9", "'", "\n"),
        *("range", "__class__", "[", "]", " ", "loop", "not", "and", "raw", "endraw", "~", "=="),
    ]
)


@given(pieces=st.lists(PIECES | st.text(max_size=5), max_size=30))
def test_nothing_a_merchant_can_write_raises(pieces: list[str]) -> None:
    source = " ".join(pieces)
    found = letters.problems(Letter.CANCELLED, "About it", source)
    text = to_customer(Letter.CANCELLED, own=("About it", source))
    as_mail(text)
    if set(found) - {"empty", "too_long"}:
        assert text == to_customer(Letter.CANCELLED)
    with suppress(BadTemplate):
        render(source, {"lines": "x"})

"""How often was it tried: every question asked, form sent, call made and line logged is a probe.

A test that asks nothing finds nothing, so each has a floor; together they are more than 500.
"""

from __future__ import annotations

from collections import Counter

PROBES: Counter[str] = Counter()
"""By the test that made them."""
LATEST = [""]
"""The test that runs."""
FLOORS = {
    "test_her_own_pages_show_nothing_of_his": 80,
    "test_his_values_in_a_path_open_nothing": 20,
    "test_his_values_in_a_question_bring_nothing": 15,
    "test_nothing_she_sends_reaches_what_is_his": 250,
    "test_what_she_reads_is_hers": 80,
    "test_what_is_his_is_not_there": 60,
    "test_what_she_changes_is_not_his": 200,
    "test_her_link_shows_nothing_of_the_other_shop": 5,
    "test_his_pictures_and_cases_are_not_behind_her_link": 5,
    "test_what_is_sent_to_her_link_changes_nothing_of_his": 60,
    "test_every_call_is_one_shops_and_carries_its_token": 150,
    "test_log_lines_name_shops_and_numbers_and_no_words": 50,
}
AT_LEAST = 500


def probed(count: int = 1) -> None:
    """So many answers, calls or lines were looked through."""
    PROBES[LATEST[0]] += count

"""Every class of bad input that is known, and where it is shown what becomes of it.

Rows that stand in this folder carry their id in the name of the test (`W12 a list`). Those that
were shown elsewhere already are pointed at here; a test looks whether they are still there.
"""

from __future__ import annotations

from collections.abc import Mapping


def _ids(letter: str, numbers: str) -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for number in numbers.split())


WEBHOOKS = _ids(
    "W",
    "1 2 4 5 7 8 10 11 13 14 16 17 19 20 22 23 25 26 28 29 31 32 34 "
    "35 37 38 40 41 43 44 46 47 49 50 52 53 55 56 58",
)
CUSTOMER_PAGE = _ids(
    "P",
    "1 3 4 6 7 9 10 12 13 15 16 18 19 21 22 24 25 27 28 30 31 33 34 36 37 39 40 42 43 45 46 48 49",
)
ADMIN = _ids("A", "1 2 4 5 7 8 10 11 13 14 16 17 19 20 22 23 25 26 28 29 31 32 34 35 37 38")
CONFIGURATION = _ids("C", "2 3 5 6 8 9 11 12 14 15 17 18 20 21 23 24")
REMOTES = _ids("R", "1 2 4 5 7 8 10 11 13 14 16 17 19 20 22 23")
CATALOGUE = (*WEBHOOKS, *CUSTOMER_PAGE, *ADMIN, *CONFIGURATION, *REMOTES)

_SIGNED = "webhooks/test_signature.py::test_everything_else_is_refused"
_REFUSED = "evidence/test_pictures.py::test_what_is_no_good_picture_is_refused_by_a_code"
_PARKED = "webhooks/test_reading.py::test_a_person_has_to_look"

ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    # --- Webhooks
    "W1": (_SIGNED, "webhooks/test_shopify_refusals.py::test_who_cannot_sign_is_turned_away"),
    "W2": (_SIGNED, "webhooks/test_shopify_refusals.py::test_who_cannot_sign_is_turned_away"),
    "W4": (_SIGNED, "webhooks/test_shopify_refusals.py::test_who_cannot_sign_is_turned_away"),
    "W5": (_SIGNED, "webhooks/test_shopify_refusals.py::test_w5_a_newline_in_the_signature"),
    "W7": (
        "webhooks/test_shopify_refusals.py"
        "::test_w7_the_previous_secret_while_it_is_rotated_and_after",
    ),
    "W8": (
        _SIGNED,
        "webhooks/test_shopify_refusals.py::test_w8_two_signature_headers_one_in_each_spelling",
    ),
    "W10": ("webhooks/test_shopify_refusals.py::test_w10_a_compressed_body",),
    "W11": (
        _PARKED,
        "webhooks/test_shopify_door.py::test_w11_an_empty_body_is_kept_for_the_reader_to_park",
    ),
    "W13": (_PARKED,),
    "W16": (_PARKED, "webhooks/test_reading.py::test_it_says_no_quickly"),
    "W19": ("webhooks/test_customers.py::test_w19_nul_is_left_out_and_noted",),
    "W22": (
        "webhooks/test_shopify_refusals.py::test_w22_the_largest_body_and_one_byte_more",
        "webhooks/test_shopify_refusals.py::test_w22_chunked_without_a_length_is_cut_at_the_limit",
        "app/test_limits.py::test_a_body_of_unknown_length_is_cut_at_the_same_limit",
    ),
    "W23": ("webhooks/test_shopify_refusals.py::test_w23_less_body_than_announced",),
    "W26": (
        "webhooks/test_shopify_door.py::test_the_real_inbox_has_it_once_on_both_databases",
        "store/test_inbox.py::test_the_same_delivery_at_the_same_moment_is_kept_once",
    ),
    "W28": ("app/test_deliveries.py::test_the_same_body_under_another_id_has_no_second_effect",),
    "W29": (
        "app/test_deliveries.py::test_a_body_replayed_for_another_shop_moves_nothing_there",
        "isolation/test_webhooks.py::test_a_body_that_names_the_other_shop_is_put_aside",
    ),
    "W31": (
        "webhooks/test_shopify_door.py::test_w31_line_breaks_in_the_shop",
        "webhooks/test_shopify_door.py::test_w31_upper_case_is_the_same_shop",
    ),
    "W34": (
        "webhooks/test_shopify_door.py::test_w34_an_id_of_ten_thousand_letters_is_kept_as_its_hash",
    ),
    "W37": ("app/test_deliveries.py::test_an_older_version_after_a_newer_is_ignored_as_stale",),
    "W38": (
        "app/test_deliveries.py::test_a_shipment_before_its_order_is_kept_and_the_order_fetched",
    ),
    "W40": (
        "app/test_deliveries.py::test_the_echo_of_our_own_refund_is_matched_by_its_mark",
        "casework/test_refund_once.py::test_a_webhook_that_overtakes_our_own_record_settles_it",
    ),
    "W41": ("casework/test_refund_once.py::test_a_refund_by_hand_in_the_store_withdraws_ours",),
    "W44": ("webhooks/test_order_refusals.py::test_w44_each_currency_has_its_own_smallest_unit",),
    "W47": (
        "webhooks/test_customers.py::test_w47_the_country_is_passed_on_and_never_made_up",
        "webhooks/test_customers.py::test_w47_hong_kong_is_not_guessed_from_the_address",
        "policy/test_cancellation.py"
        "::test_an_unknown_route_is_asked_about_and_a_day_later_taken_to_be_abroad",
    ),
    "W49": (
        "webhooks/test_customers.py::test_w49_no_address_or_two_is_no_address",
        "webhooks/test_customers.py::test_w49_a_customer_who_is_not_shown",
    ),
    "W50": ("pages/test_pages.py::test_nothing_a_stranger_wrote_is_more_than_text",),
    "W52": (
        "webhooks/test_shopify_refusals.py::test_w52_a_forged_uninstall_is_turned_away",
        "app/test_deliveries.py::test_uninstalling_stops_everything_and_later_events_are_ignored",
    ),
    "W53": ("app/test_privacy.py::test_a_shop_that_came_back_is_not_forgotten",),
    "W56": (
        "app/test_deliveries.py::test_a_flood_of_one_shop_does_not_starve_another",
        "store/test_inbox.py::test_a_flood_of_one_shop_does_not_starve_another",
    ),
    "W58": ("webhooks/test_shopify_refusals.py::test_w58_no_other_path_and_no_redirect",),
    # --- The customer's page
    "P1": ("customer/test_links.py::test_every_link_that_opens_nothing_gets_the_same_page",),
    "P3": (
        "customer/test_links.py::test_a_link_opens_its_own_order_and_no_other",
        "isolation/test_customers.py::test_his_pictures_and_cases_are_not_behind_her_link",
    ),
    "P7": (
        "customer/test_files.py::test_a_byte_over_the_limit_is_too_large",
        "customer/test_files.py::test_a_form_longer_than_any_may_be_is_refused_before_it_is_read",
        "app/test_limits.py::test_a_body_too_large_for_its_address_ends_at_its_headers",
    ),
    "P10": (
        "customer/test_reports.py::test_a_broken_form_is_refused_in_words",
        "customer/test_reports.py::test_a_boundary_inside_a_file_is_part_of_the_file",
    ),
    "P12": ("customer/test_files.py::test_a_name_is_only_words",),
    "P13": ("customer/test_files.py::test_a_name_is_only_words",),
    "P15": (_REFUSED,),
    "P21": (_REFUSED,),
    "P24": (
        "evidence/test_pictures.py::test_every_way_to_write_colours_is_shown",
        "evidence/test_pictures.py::test_every_way_to_hold_a_camera_ends_upright",
        "evidence/test_pictures.py"
        "::test_a_picture_of_a_thousand_scans_is_done_within_the_examiners_time",
    ),
    "P25": (
        "evidence/test_pictures.py"
        "::test_nothing_the_camera_wrote_is_left_and_the_picture_stands_upright",
    ),
    "P28": (
        "evidence/test_videos.py::test_a_video_is_looked_into_and_stills_are_taken",
        "evidence/test_videos.py::test_twelve_hours_are_too_long",
        "evidence/test_videos.py::test_sound_is_no_video_even_with_a_cover",
        "evidence/test_videos.py::test_a_video_of_more_than_4096_points_is_refused",
    ),
    "P30": ("evidence/test_videos.py::test_no_still_says_where_it_was_taken",),
    "P31": (
        "evidence/test_videos.py::test_other_kinds_of_film_are_refused",
        "evidence/test_videos.py::test_an_old_telephones_3gp_that_names_mp4_beside_it_is_taken",
    ),
    "P33": (
        "evidence/test_keep.py::test_the_same_file_a_hundred_times_is_one_file",
        "customer/test_files.py::test_a_case_holds_ten_files_and_then_says_so",
        "customer/test_files.py::test_a_shop_without_room_says_so_and_keeps_the_report",
    ),
    "P34": ("evidence/test_pictures.py::test_what_hides_in_a_good_picture_is_in_no_copy",),
    "P36": (
        "evidence/test_keep.py::test_a_break_half_way_leaves_nothing",
        "evidence/test_keep.py::test_what_no_case_needs_is_swept_and_what_one_needs_stays",
        "customer/test_files.py::test_a_file_that_went_away_meanwhile_gets_no_row",
    ),
    "P37": ("customer/test_files.py::test_a_full_disk_is_said_with_when_to_try_again",),
    "P39": ("customer/test_reports.py::test_any_words_are_kept_shortened_and_shown_as_text",),
    "P42": (
        "customer/test_reports.py::test_the_same_form_again_is_the_same_report",
        "customer/test_reports.py::test_a_second_tab_joins_the_case_that_is_open",
        "customer/test_reports.py::test_a_form_a_day_old_is_taken",
    ),
    "P45": ("customer/test_links.py::test_any_wish_of_a_browser_gets_an_answer",),
    "P46": (
        "customer/test_links.py::test_only_the_page_itself_changes_anything",
        "customer/test_links.py::test_every_answer_keeps_the_link_to_itself_and_out_of_frames",
    ),
    "P48": (
        "clients/test_letter.py::test_exactly_one_address_or_nothing_is_sent",
        "pages/test_login.py::test_what_is_no_address_is_said_to_be_none",
        "pages/test_roles.py::test_an_address_is_one_and_whole",
    ),
    "P49": (
        "browser/test_accessible.py::test_no_page_breaks_a_rule_of_wcag",
        "browser/test_accessible.py::test_no_page_scrolls_sideways_on_the_smallest_phone",
        "browser/test_flows.py::test_everything_is_there_without_script",
    ),
    # --- The desk and its API
    "A1": (
        "clients/test_shopify_session_token.py::test_a_bad_token_proves_nothing",
        "pages/test_embedded.py::test_a_bad_token_opens_nothing",
        "pages/test_embedded.py::test_a_token_from_before_the_uninstall_is_not_used_again",
    ),
    "A2": (
        "pages/test_embedded.py::test_the_shop_is_the_tokens_whatever_the_address_says",
        "pages/test_pages.py::test_a_changed_form_changes_nothing_but_what_its_key_names",
    ),
    "A4": (
        "pages/test_roles.py::test_money_needs_its_own_right",
        "audit/test_shown.py::test_who_may_not_move_money_and_tries_is_remembered",
    ),
    "A5": (
        "casework/test_refund_once.py"
        "::test_a_double_click_pays_once_and_the_second_learns_who_was_first",
        "api/test_api.py::test_a_step_is_approved_once_and_only_with_the_scope_for_money",
    ),
    "A7": ("api/test_cases.py::test_an_amount_is_a_whole_number_of_minor_units",),
    "A8": (
        "api/test_api.py::test_a_bad_body_is_refused",
        "api/test_api.py::test_a_body_that_is_not_plain_json_is_refused",
    ),
    "A10": ("api/test_inbox.py::test_a_cursor_opens_its_own_list_alone",),
    "A14": (
        "api/test_policy.py::test_the_policy_is_published_over_what_was_seen_and_only_over_that",
        "api/test_policy.py::test_settings_are_changed_over_what_was_seen",
    ),
    "A16": (
        "app/test_telling.py::test_an_address_that_could_do_harm_is_refused",
        "app/test_telling.py::test_a_name_that_leads_inside_is_not_followed",
        "app/test_telling.py::test_the_connection_goes_to_the_address_that_was_judged",
    ),
    "A17": (
        "words/test_templates.py::test_what_a_letter_does_not_need_is_refused",
        "words/test_templates.py::test_what_cannot_be_read_names_its_line",
        "words/test_templates.py::test_a_result_that_grows_too_long_is_refused",
        "words/test_templates.py::test_nothing_a_merchant_can_write_raises",
    ),
    "A19": (
        "pages/test_settings_pages.py"
        "::test_the_test_letter_goes_to_the_merchant_and_to_nobody_else",
    ),
    "A20": (
        "pages/test_inbox.py::test_a_cell_cannot_become_a_formula",
        "pages/test_figures.py::test_no_cell_is_taken_for_a_formula",
    ),
    "A22": (
        "pages/test_authorisation.py::test_a_bad_way_back_is_refused_and_nothing_is_asked_or_kept",
        "pages/test_authorisation.py::test_an_invitation_is_good_once",
        "pages/test_authorisation.py::test_an_invitation_is_good_in_its_own_browser_alone",
        "pages/test_authorisation.py::test_nobody_is_sent_to_another_place_than_a_store",
    ),
    "A23": (
        "pages/test_authorisation.py::test_a_store_that_gives_less_leaves_no_half_installed_shop",
        "pages/test_embedded.py::test_an_exchange_that_fails_leaves_no_half_installed_shop",
    ),
    "A31": ("api/test_api.py::test_a_name_that_is_there_twice_is_named",),
    "A32": (
        "pages/test_inbox.py::test_one_row_that_has_changed_meanwhile_leaves_the_others_alone",
        "api/test_inbox.py::test_a_bulk_action_is_told_first_and_then_done_row_by_row",
    ),
    "A34": (
        "pages/test_needs_authorisation.py::test_every_page_says_so_until_the_app_is_opened",
        "clients/test_http.py::test_lost_access_says_which_kind",
    ),
    "A35": (
        "pages/test_roles.py::test_who_was_removed_is_let_in_no_more",
        "pages/test_login.py::test_who_is_removed_is_out_at_once_and_stays_out_until_a_new_link",
    ),
    "A38": ("pages/test_policy.py::test_two_people_publishing_at_once_do_not_undo_each_other",),
    # --- Settings and surroundings
    "C2": (
        "app/test_cli.py::test_an_old_database_is_not_served_and_the_way_out_is_said",
        "store/test_database.py::test_a_database_of_another_make_is_refused_by_name",
    ),
    "C3": ("store/test_database.py::test_wal_only_where_it_loses_nothing",),
    "C6": (
        "app/test_settings.py::test_a_bad_setting_is_named",
        "app/test_key_rotation.py::test_the_old_key_is_not_needed_any_more",
    ),
    "C8": (
        "app/test_settings.py::test_a_bad_setting_is_named",
        "pages/test_policy.py::test_a_bad_policy_is_not_published",
    ),
    "C9": ("api/test_policy.py::test_terms_that_do_not_go_together_are_refused",),
    "C12": (
        "clients/test_smtp.py::test_a_login_that_is_refused_needs_a_person",
        "clients/test_smtp.py::test_a_server_that_offers_no_tls_gets_nothing",
        "clients/test_smtp.py::test_a_certificate_nobody_vouches_for_is_refused",
    ),
    "C14": ("evidence/test_check.py::test_an_examiner_that_dies_fails_one_upload_and_says_so",),
    "C15": ("policy/test_business_days.py::test_a_calendar_that_cannot_be_used_names_the_line",),
    "C17": (
        "evidence/test_keep.py::test_a_file_is_kept_under_its_content_and_nobody_else_may_read_it",
    ),
    # --- What services answer
    "R1": ("clients/test_shopify_refund_outcomes.py::test_what_an_answer_to_a_refund_means",),
    "R2": (
        "clients/test_shopify_other.py::test_throttled_calls_say_how_long_to_wait",
        "clients/test_shopify_refund_outcomes.py::test_what_an_answer_to_a_refund_means",
    ),
    "R4": (
        "clients/test_shopify_changes.py::test_a_job_that_failed_is_refused_with_the_reason",
        "clients/test_shopify_changes.py::test_a_job_nobody_knows_any_more_is_refused",
        "casework/test_second_look.py::test_a_cancel_job_that_fails_ends_with_a_person",
    ),
    "R5": (
        "clients/test_http.py::test_retry_after_is_read_within_bounds",
        "clients/test_http.py::test_without_retry_after_half_a_minute",
    ),
    "R7": (
        "app/test_token_answers.py::test_a_401_says_what_is_needed_and_asks_no_more",
        "pages/test_needs_authorisation.py"
        "::test_a_refund_waits_and_goes_out_once_the_app_was_opened",
    ),
    "R8": (
        "clients/test_http.py::test_what_may_have_arrived_is_open_for_a_write",
        "clients/test_http_sockets.py::test_a_real_server_that_breaks_off",
    ),
    "R13": ("clients/test_1688.py::test_an_answer_in_a_chinese_charset_is_read",),
    "R14": (
        "casework/test_after_sales.py::test_a_second_result_is_refused",
        "casework/test_after_sales.py"
        "::test_a_result_cannot_be_recorded_before_the_claim_was_handed_in",
    ),
    "R16": ("clients/test_http_sockets.py::test_a_real_server_that_breaks_off",),
    "R17": (
        "casework/test_late_path.py"
        "::test_a_supplier_who_would_pay_another_sum_is_a_question_for_a_person",
    ),
    "R19": (
        "webhooks/test_mail.py::test_a_letter_that_can_never_arrive",
        "webhooks/test_mail.py::test_a_letter_called_spam",
        "casework/test_after_sales.py::test_an_address_that_refused_our_mail_gets_no_more",
    ),
    "R20": (
        "clients/test_http.py::test_a_certificate_that_is_not_good_is_never_overlooked",
        "clients/test_smtp.py::test_a_certificate_nobody_vouches_for_is_refused",
    ),
    "R22": (
        "clients/test_shopify_pages.py::test_pages_that_run_in_a_circle_end",
        "clients/test_tmall.py"
        "::test_a_conversation_is_read_to_its_end_and_a_repeating_page_ends_it",
    ),
    "R23": ("clients/test_shopify_order.py::test_unknown_words_of_enums_are_passed_on",),
}

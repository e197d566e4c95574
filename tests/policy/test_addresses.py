"""Addresses: good ones raise no doubt, bad ones name the field. Every name is made up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.addresses import FIELDS, Doubt, check

GOOD = [
    # country, line1, line2, city, province, zip
    ("IT", "Via Roma 1", "", "Torino", "TO", "10121"),
    ("IT", "Via Garibaldi, 12/B", "Scala A", "Milano", "Milano", "20121"),
    ("IT", "Piazza Navona 5", "", "Roma", "RM", "I-00186"),
    ("DE", "Hauptstraße 12a", "", "Berlin", "", "10115"),
    ("DE", "Am Ring 4", "c/o Muster", "Köln", "NW", "D-50667"),
    ("FR", "12 rue de la Paix", "", "Paris", "", "75002"),
    ("FR", "Bâtiment C, 3 allée des Pins", "", "Lyon", "", "69003"),
    ("ES", "Calle Mayor 7, 3º B", "", "Madrid", "M", "28013"),
    ("PT", "Rua Augusta 100", "", "Lisboa", "", "1100-053"),
    ("NL", "Keizersgracht 123", "", "Amsterdam", "", "1015 CJ"),
    ("NL", "Damrak 1", "", "Amsterdam", "", "1012LG"),
    ("BE", "Rue Neuve 5", "bte 2", "Bruxelles", "", "1000"),
    ("AT", "Ringstraße 3/4/12", "", "Wien", "", "1010"),
    ("CH", "Bahnhofstrasse 10", "", "Zürich", "ZH", "8001"),
    ("PL", "ul. Długa 5 m. 3", "", "Warszawa", "", "00-238"),
    ("CZ", "Dlouhá 12", "", "Praha", "", "110 00"),
    ("SE", "Storgatan 4", "", "Stockholm", "", "111 51"),
    ("SE", "Storgatan 4", "", "Stockholm", "", "11151"),
    ("DK", "Nørregade 7, 2. tv", "", "København", "", "1165"),
    ("NO", "Karl Johans gate 1", "", "Oslo", "", "0154"),
    ("FI", "Mannerheimintie 1 A 2", "", "Helsinki", "", "00100"),
    ("GB", "Rose Cottage", "Mill Lane", "Ambridge", "", "WR1 2AB"),
    ("GB", "10 High Street", "", "London", "", "SW1A1AA"),
    ("IE", "Oak House", "Main Street", "Galway", "Galway", "H91 AB12"),
    ("US", "1 Main St", "Apt 4", "Springfield", "IL", "62701"),
    ("US", "PO Box 12", "", "Juneau", "AK", "99801-1234"),
    ("US", "742 Evergreen Terrace", "", "Portland", "Oregon", "97201"),
    ("CA", "100 King St W", "", "Toronto", "ON", "M5H 1J9"),
    ("CA", "5 rue Principale", "", "Montréal", "QC", "H2Y1C6"),
    ("AU", "Unit 3, 12 George St", "", "Sydney", "NSW", "2000"),
    ("NZ", "12 Queen Street", "", "Auckland", "", "1010"),
    ("JP", "千代田1-1", "", "千代田区", "東京都", "100-0001"),
    ("KR", "세종대로 110", "", "중구", "서울특별시", "04524"),
    ("SG", "10 Anson Road #12-34", "", "Singapore", "", "079903"),
    ("HK", "Wing Building", "Queen's Road Central", "Central", "Hong Kong Island", ""),
    ("CN", "人民路十二号", "", "上海市", "上海市", "200001"),
    ("BR", "Rua das Flores 45", "", "São Paulo", "SP", "01001-000"),
    ("MX", "Av. Juárez 20", "", "Ciudad de México", "CDMX", "06010"),
    ("IL", "Dizengoff 50", "", "Tel Aviv", "", "6433222"),
    ("GR", "Ermou 15", "", "Athina", "", "105 63"),
    # The store's own words for a province are not in every list.
    ("JP", "Chiyoda 1-1", "", "Chiyoda", "JP-13", "1000001"),
    ("HK", "1 Nathan Road", "", "Tsim Sha Tsui", "KL", ""),
    ("IN", "Hill View", "MG Road", "Mumbai", "MH", "400001"),
    ("MX", "Av. Juárez 20", "", "Ciudad de México", "DF", "06010"),
    ("KR", "Sejong-daero 110", "", "Seoul", "KR-11", "04524"),
    ("TW", "忠孝東路1號", "", "台北市", "", "100"),
    ("RU", "ул. Ленина, д. 5", "", "Москва", "MOW", "101000"),
    ("IT", "Via Roma 1", "", "Milano", "Milan", "20121"),
    ("IT", "Corso Vecchio 4", "", "Iglesias", "CI", "09016"),
    ("US", "1 Main St", "", "San Juan", "PR", "00901"),
    ("US", "PSC 808 Box 20", "", "FPO", "AE", "09618"),
    # Houses that say they have no number, in words, or on the road.
    ("IT", "Via Nuova snc", "", "Lodi", "LO", "26900"),
    ("ES", "Calle Mayor, s/nº", "", "Madrid", "M", "28013"),
    ("BR", "Rua A, S/N", "", "Santos", "SP", "11010-000"),
    ("US", "One Liberty Plaza", "", "New York", "NY", "10006"),
    ("MT", "Dolphin Court", "Tower Road", "Sliema", "", "SLM1234"),
    ("AE", "Villa Jasmine, Al Wasl", "", "Dubai", "DU", "00000"),
    # The same code with and without its hyphen, space or country.
    ("PL", "ul. Długa 5", "", "Warszawa", "", "00238"),
    ("PT", "Rua Augusta 100", "", "Lisboa", "", "1100053"),
    ("LV", "Brīvības iela 5", "", "Rīga", "", "1010"),
    ("LV", "Brīvības iela 5", "", "Rīga", "", "LV-1010"),
    ("LT", "Gedimino pr. 5", "", "Vilnius", "", "LT-01103"),
    ("US", "1 Main St", "", "Dallas", "US-TX", "752011234"),
    ("IE", "1 Main Street", "", "Dublin", "D", "n/a"),
]

BAD = [
    ("", "Via Roma 1", "Torino", "", "10121", "country:country_missing"),
    ("ZZ", "Via Roma 1", "Torino", "", "10121", "country:country_unknown"),
    ("Italy", "Via Roma 1", "Torino", "", "10121", "country:country_unknown"),
    ("IT", "Via Roma 1", "Torino", "TO", "1012", "zip:zip_format"),
    ("IT", "Via Roma 1", "Torino", "TO", "1012I", "zip:zip_format"),
    ("IT", "Via Roma 1", "Torino", "TO", "", "zip:zip_missing"),
    ("IT", "Via Roma", "Torino", "TO", "10121", "line1:house_number_missing"),
    ("IT", "", "Torino", "TO", "10121", "line1:street_missing"),
    ("IT", "Via Roma 1", "", "TO", "10121", "city:city_missing"),
    ("DE", "Hauptstraße", "Berlin", "", "10115", "line1:house_number_missing"),
    ("DE", "Hauptstraße 12", "Berlin", "", "1011", "zip:zip_format"),
    ("DE", "Hauptstraße 12", "12345", "", "10115", "city:city_missing"),
    ("FR", "12 rue de la Paix", "Paris", "", "7500", "zip:zip_format"),
    ("FR", "rue de la Paix", "Paris", "", "75002", "line1:house_number_missing"),
    ("ES", "Calle Mayor", "Madrid", "M", "28013", "line1:house_number_missing"),
    ("ES", "Calle Mayor 7", "Madrid", "M", "280131", "zip:zip_format"),
    ("PT", "Rua Augusta 100", "Lisboa", "", "ABCD", "zip:zip_format"),
    ("NL", "Keizersgracht 123", "Amsterdam", "", "1015", "zip:zip_format"),
    ("NL", "Keizersgracht", "Amsterdam", "", "1015 CJ", "line1:house_number_missing"),
    ("GB", "10 High Street", "London", "", "12345", "zip:zip_format"),
    ("GB", "", "London", "", "SW1A 1AA", "line1:street_missing"),
    ("US", "1 Main St", "Springfield", "IL", "6270", "zip:zip_format"),
    ("US", "1 Main St", "Springfield", "", "62701", "province_code:province_missing"),
    ("US", "1 Main St", "Springfield", "Bavaria", "62701", "province_code:province_unknown"),
    ("US", "Main St", "Springfield", "IL", "62701", "line1:house_number_missing"),
    ("CA", "100 King St W", "Toronto", "ON", "12345", "zip:zip_format"),
    ("AU", "12 George St", "Sydney", "NSW", "200", "zip:zip_format"),
    ("SE", "Storgatan", "Stockholm", "", "111 51", "line1:house_number_missing"),
    ("PL", "ul. Długa 5", "Warszawa", "", "0023", "zip:zip_format"),
    ("JP", "千代田1-1", "千代田区", "東京都", "100", "zip:zip_format"),
    ("IE", "1 Main Street", "Dublin", "D", "D02AB", "zip:zip_format"),
    ("CA", "100 King St W", "Toronto", "", "M5H 1J9", "province_code:province_missing"),
    ("AU", "12 George St", "Sydney", "XX", "2000", "province_code:province_unknown"),
    ("IT", "Via Roma 1", "Torino", "ZZ", "10121", "province_code:province_unknown"),
    ("AT", "Ringstraße", "Wien", "", "1010", "line1:house_number_missing"),
    ("CH", "Bahnhofstrasse 10", "Zürich", "ZH", "80011", "zip:zip_format"),
    ("LV", "Brīvības iela 5", "Rīga", "", "101", "zip:zip_format"),
    ("IT", "🏠", "Torino", "TO", "10121", "line1:street_missing"),
]


def address(country, line1, city, province, code, line2="", name="Bianca Rossi"):
    return {
        "country": country,
        "name": name,
        "line1": line1,
        "line2": line2,
        "city": city,
        "province_code": province,
        "zip": code,
    }


@pytest.mark.parametrize(
    ("country", "line1", "line2", "city", "province", "code"),
    GOOD,
    ids=[f"{g[0]} {g[1]}" for g in GOOD],
)
def test_a_good_address_raises_no_doubt(country, line1, line2, city, province, code):
    assert check(address(country, line1, city, province, code, line2)) == ()


@pytest.mark.parametrize(("country", "line1", "city", "province", "code", "doubt"), BAD)
def test_a_bad_one_names_the_field(country, line1, city, province, code, doubt):
    found = check(address(country, line1, city, province, code))

    assert [f"{d.field}:{d.code}" for d in found] == [doubt]


def test_a_parcel_needs_somebody_to_receive_it():
    found = check(address("IT", "Via Roma 1", "Torino", "TO", "10121", name="--"))

    assert [d.code for d in found] == ["name_missing"]


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"country": None, "zip": 5},
        {"country": "IT", "line1": "x" * 5000, "zip": "\0"},
        {"country": "I\u0660", "line1": "🏠"},
        {
            "country": "IT",
            "line1": "Via Roma １",
            "city": "Torino",
            "name": "李",
            "zip": "１０１２１",
        },
    ],
)
def test_nothing_that_is_written_makes_it_fail(odd):
    check(odd)


COUNTRIES = st.sampled_from(["IT", "US", "GB", "LV", "JP", "AE", "CA", "DE", "XK", "HK"])
ODD = st.none() | st.text(max_size=40) | st.integers() | st.binary(max_size=5)


@settings(max_examples=150, deadline=None)
@given(COUNTRIES, st.dictionaries(st.sampled_from(FIELDS[1:]), ODD))
def test_doubts_name_fields_of_the_address_whatever_is_written(country, written):
    assert {doubt.field for doubt in check({**written, "country": country})} <= set(FIELDS)


@pytest.mark.parametrize(
    ("country", "line1", "line2", "field"),
    [
        ("US", "PO Box 12", "", "line1"),
        ("US", "1 Main St", "P.O. Box 12", "line2"),
        ("DE", "Packstation 101", "12345678", "line1"),
        ("FR", "Boîte postale 7", "", "line1"),
        ("ES", "Apartado 12", "", "line1"),
    ],
)
def test_a_box_is_doubted_only_where_the_line_does_not_go_there(country, line1, line2, field):
    codes = {"US": "99801", "DE": "10115", "FR": "75002", "ES": "28013"}
    provinces = {"US": "AK", "ES": "M"}
    told = address(country, line1, "City", provinces.get(country, ""), codes[country], line2)

    assert check(told) == ()
    assert check(told, boxes=False) == (Doubt(field, "po_box"),)


def test_every_fault_is_named_at_once():
    found = check(address("IT", "Via Roma", "", "", "1012", name=""))

    assert [doubt.code for doubt in found] == [
        "name_missing",
        "house_number_missing",
        "city_missing",
        "zip_format",
        "province_missing",
    ]

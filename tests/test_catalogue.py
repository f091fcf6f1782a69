"""Every code has its words in both languages, its numbers shown, and for customers only what they may hear."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.model import Evidence, Finding
from tests.build import at
from tests.household import (
    HIS_NUMBER,
    ME,
    SPOUSE,
    but,
    card,
    declared,
    flow,
    judged,
    marriage,
    paid,
    papers,
    without,
)
from validators import RULES
from validators.catalogue import (
    CATALOGUE,
    CATEGORIES,
    LANGS,
    MAY_ASK_ANEW,
    clears,
    customer,
    replaceable,
    sentence,
    word,
)

SUSPICION = re.compile(
    r"伪|造假|篡改|疑似|欺诈|嫌疑|可疑|fraud|forg|fake|tamper|suspect|suspicio", re.IGNORECASE
)
INTAKE: dict[str, dict[str, Any]] = {
    "FILE_UNSUPPORTED": {"kind": "rar"},
    "FILE_CORRUPT": {"reason": "truncated"},
    "FILE_ENCRYPTED": {},
    "FILE_TOO_LARGE": {"limit": "200000000 pixels", "found": "900000000 pixels"},
    "FILE_EMPTY": {},
    "FILE_DUPLICATE": {"same_as": "乙.pdf"},
    "ACTIVE_CONTENT": {"kinds": ["script", "launch"]},
    "APPLICATION_INVALID": {"line": 3, "key": "loan.years", "reason": "type"},
    "DOCUMENT_UNRECOGNISED": {"pages": ["2", "3"]},
    "PAGE_BLURRED": {"reason": "glare", "fields": ["name"]},
    "PAGE_CROPPED": {"side": "bottom_right", "reason": "cut", "fields": ["issue_date"]},
    "PAGE_UNREADABLE": {"pages": ["2"]},
}


def texts(code: str) -> Iterator[str]:
    """Every template of a code."""
    entry = CATALOGUE[code]
    for group in (entry.says, entry.settles, entry.asks):
        for pair in group.values():
            yield from pair.values()


def test_every_rule_has_its_words() -> None:
    """No rule raises a code that the catalogue does not know."""
    assert {rule.code for rule in RULES} <= set(CATALOGUE)
    assert set(INTAKE) <= set(CATALOGUE)
    assert len(CATALOGUE) == 79


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_an_entry_is_whole(code: str) -> None:
    """Each entry has a chapter, a title, a sentence and what settles it, in both languages, and well-formed braces."""
    entry = CATALOGUE[code]
    assert entry.category in CATEGORIES
    assert set(entry.title) == set(LANGS)
    assert "" in entry.says
    assert "" in entry.settles
    assert not entry.asks or "" in entry.asks
    for text in texts(code):
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(text))
    for variant, pair in entry.says.items():
        zh, en = ({n for _, n, _, _ in string.Formatter().parse(pair[lang]) if n} for lang in LANGS)
        assert zh == en, f"{code}.{variant} shows other values in English"


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_customers_hear_no_suspicion(code: str) -> None:
    """Authenticity and risk are not told to customers, but for the papers that may be asked for anew without a reason."""
    entry = CATALOGUE[code]
    if entry.category in ("authenticity", "risk"):
        assert entry.for_customers is (code in MAY_ASK_ANEW)
    for pair in entry.asks.values():
        for text in pair.values():
            assert not SUSPICION.search(text)
            assert code not in text


def test_the_officers_matter_is_not_the_customers() -> None:
    """A bad application.yaml is never told to the customer."""
    assert customer(Finding("APPLICATION_INVALID", "medium", {"line": 1, "key": "loan"}), "zh") is None


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", sorted(INTAKE))
def test_what_comes_before_the_rules_is_told_in_full(code: str, lang: str) -> None:
    """The findings of intake and reading fill every brace of their sentences."""
    found = Finding(code, "medium", INTAKE[code], (Evidence("甲.pdf", 2, document="id_card"),))
    for say in (sentence, clears, customer):
        text = say(found, lang)
        assert text is None or ("—" not in text and "{" not in text), text


def altered() -> Iterator[Finding]:
    """What the rules raise on papers with one thing changed each."""
    cases = [
        but(card(id_number="510107198803152666")),
        but(card(birth_date="1988-03-16", sex="M", valid_until="long_term")),
        but(card(valid_from="2006-11-01", valid_until="2026-10-30")),
        but(card(valid_from="2006-11-20", valid_until="2026-11-20")),
        but(card(sides=["front"], valid_from=None, valid_until=None)),
        but(paid(id_number=HIS_NUMBER, income_basis=None, seal_company="成都锦江商贸有限公司")),
        but(paid(name="欧阳文敬", monthly_income="38000.00", issue_date="2026-01-05")),
        but(paid(monthly_income_words="贰万捌仟元整", notes={"sealed": False})),
        but(paid(employer="成都锦江商贸有限公司", seal_company=None)),
        but(paid(position=at("工程师", 0.9), employer=None, unread=["employer"])),
        but(
            marriage(ME, ("王小明", HIS_NUMBER[:6] + "199001020313"), (ME, card().fields["id_number"].value))
        ),  # type: ignore[arg-type]
        but(flow(account_holder="欧阳**", filter="收支：收入")),
        but(flow(total_in="1.00", period_start="2026-08-01")),
        [*papers(), card("王小明", HIS_NUMBER[:6] + "199001020313", file="他.jpg")],
        [card()],
    ]
    for documents in cases:
        yield from judged(documents).findings
    yield from judged(without("pay_stub", "marriage_certificate"), application=False).findings
    yield from judged(application=declared(monthly_income=None)).findings


@pytest.mark.parametrize("lang", LANGS)
def test_raised_findings_are_told_in_full(lang: str) -> None:
    """Whatever the rules raise, every brace of its sentences is filled."""
    seen = set()
    for found in altered():
        seen.add(found.code)
        for say in (sentence, clears, customer):
            text = say(found, lang)
            assert text is None or ("—" not in text and "{" not in text), (
                found.code,
                dict(found.params),
                text,
            )
            assert text is None or lang == "en" or "_" not in text, text
    assert len(seen) > 15, seen


def test_the_arithmetic_is_in_the_sentence() -> None:
    """A sentence shows its numbers with separators and what they come to."""
    found = Finding(
        "INCOME_OVERSTATED",
        "high",
        {"declared": "38000.00", "verified": "25000.00", "basis": "gross", "source": "pay_stub", "months": 6},
        person=ME,
    )
    assert "38,000.00" in sentence(found, "zh")
    assert "52%" in sentence(found, "zh")
    assert "52%" in sentence(found, "en")
    ratio = Finding(
        "PAYMENT_TO_INCOME", "high", {"numerator": "19393.74", "denominator": "31475.00", "limit": "0.50"}
    )
    assert "61.6%" in sentence(ratio, "zh")
    assert "50%" in sentence(ratio, "en")


def test_variants_go_by_rule_reason_and_severity() -> None:
    """A sentence of its own holds for a rule, a reason or a severity that has one."""
    absent = Finding("MATERIAL_MISSING", "medium", {"material": "id_card", "reason": "absent"}, person=SPOUSE)
    other = Finding(
        "MATERIAL_MISSING", "medium", {"material": "id_card", "reason": "wrong_person"}, person=SPOUSE
    )
    assert sentence(absent, "zh") == "缺少周建国的身份证。"
    assert "他人" in sentence(other, "zh")
    several = Finding(
        "MATERIAL_MISSING", "medium", {"any_of": ["income_certificate", "bank_statement"]}, person=ME
    )
    assert "收入证明或银行流水" in sentence(several, "zh")


def test_a_replaced_paper_settles_all_but_authenticity() -> None:
    """A paper sent anew settles a finding, but for authenticity that is no customer's matter."""
    assert replaceable("DOCUMENT_STALE")
    assert replaceable("PAYSTUB_ARITHMETIC")
    assert not replaceable("BALANCE_CHAIN_BROKEN")
    assert not replaceable("ID_CHECKSUM")


def test_words_that_are_not_known_stay() -> None:
    """A material or field without words is shown as it is."""
    assert word("id_card", "zh") == "身份证"
    assert word("no_such_field", "en") == "no_such_field"


@pytest.mark.parametrize(
    ("params", "zh", "en"),
    [
        ({"found": "900000000 pixels", "limit": "200000000 pixels"}, ("90,000万像素", "20,000万像素"), ("900 megapixels", "200 megapixels")),
        ({"found": "250500000 bytes", "limit": "200000000 bytes"}, ("250.5 MB", "200 MB"), ("250.5 MB", "200 MB")),
        ({"found": "1200 pages", "limit": "1000 pages"}, ("1,200页", "1,000页"), ("1,200 pages", "1,000 pages")),
        ({"found": "4000 bytes", "limit": "1000 bytes"}, ("4,000字节", "1,000字节"), ("4,000 bytes", "1,000 bytes")),
    ],
)  # fmt: skip
def test_sizes_are_shown_in_units_that_people_use(
    params: dict[str, str], zh: tuple[str, ...], en: tuple[str, ...]
) -> None:
    """What is too large is said in MB, pixels and pages of the language, not in the words of the program."""
    found = Finding("FILE_TOO_LARGE", "medium", params, (Evidence(file="a.png"),), key="a.png")
    assert all(text in sentence(found, "zh") for text in zh)
    assert all(text in sentence(found, "en") for text in en)

"""Normal forms: dates, months, money, 大写, names, numbers, masks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import (
    as_date,
    clean,
    company_key,
    find_dates,
    mask_name,
    money,
    parse_date,
    parse_id_number,
    parse_money,
    parse_month,
    parse_upper_amount,
    printed,
    printed_name,
    same_masked,
    same_name,
    same_number,
    squeeze,
)

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
AMOUNTS = st.decimals(Decimal("0.01"), Decimal("999999999.99"), places=2)


# ---------------------------------------------------------------- characters


def test_radicals_become_characters_and_full_width_becomes_half_width():
    """Code points of radicals that some PDFs carry are the characters they show; punctuation stays."""
    assert clean("⻓沙⼾口：ＡＢ１２") == "长沙户口：AB12"
    assert squeeze(" 户 名 ： （甲）—１ ") == "户名:(甲)-1"


def test_layout_spaces_beside_chinese_vanish():
    """Names and addresses lose the spaces of the layout and keep those between Latin words."""
    assert printed("四川省 成都市 (高新区)") == "四川省成都市（高新区）"
    assert printed("John  Smith") == "John Smith"


def test_every_dot_of_a_name_is_the_middle_dot():
    """Full stops, bullets and katakana dots between the parts of a name are one sign."""
    for dot in "·•・．.‧":
        assert printed_name(f"阿卜杜拉{dot}买买提") == "阿卜杜拉·买买提"


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024年5月6日", "2024-05-06"),
        ("2024 年 05 月 06 日", "2024-05-06"),
        ("2024.5.6", "2024-05-06"),
        ("2024/05/06", "2024-05-06"),
        ("2024-05-06", "2024-05-06"),
        ("20240506", "2024-05-06"),
        ("２０２４年５月６日", "2024-05-06"),
        ("二〇二四年五月六日", "2024-05-06"),
        ("二○二四年十二月三十一日", "2024-12-31"),
        ("二零一九年十月二十日", "2019-10-20"),
        ("2026年2月30日", "2026-02-30"),
        ("2024年5月", "2024-05"),
    ],
)
def test_dates_in_every_way_of_writing(text: str, day: str):
    """A date is read in figures and in Chinese numerals; an impossible day keeps its form, a month its own."""
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text", ["", "5月6日", "24年5月6日", "2024年13月1日", "电话13812345678", "510107198805123456"]
)
def test_what_is_no_date_is_none(text: str):
    """A day without a year, a thirteenth month, telephone and identity numbers give no date."""
    assert parse_date(text) is None


def test_two_dates_are_found_in_order_with_their_places():
    """A term of validity is two dates, each with where it stands."""
    text = "有效期限2019.05.20-2039.05.20"
    found = find_dates(text)
    assert [day for day, _, _ in found] == ["2019-05-20", "2039-05-20"]
    assert [text[start:end] for _, start, end in found] == ["2019.05.20", "2039.05.20"]


@given(DAYS)
def test_a_day_comes_back_from_each_way_of_writing(day: date):
    """Every day of two centuries is read from four forms."""
    for form in ("%Y年%m月%d日", "%Y-%m-%d", "%Y.%m.%d", "%Y%m%d"):
        assert parse_date(day.strftime(form)) == day.isoformat()
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == day.isoformat()


def test_months_alone_and_compact():
    """A month is read with a sign or as six digits; eight digits are a day."""
    assert [parse_month(t) for t in ("2026年9月", "2026-09", "202609", "二〇二六年九月")] == ["2026-09"] * 4
    assert parse_month("九月") is None


def test_an_impossible_day_is_no_date():
    """What the calendar does not know has no value."""
    assert as_date("2026-02-30") is None
    assert as_date(None) is None
    assert as_date("2026-02-28") == date(2026, 2, 28)


# ---------------------------------------------------------------- money


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("¥18,088.75", "18088.75"),
        ("￥ 18，088.75元", "18088.75"),
        ("人民币25000元整", "25000"),
        ("CNY1,234,567.8", "1234567.8"),
        ("-1,200.00", "-1200.00"),
        ("－１，２００．００", "-1200.00"),
        ("1,200.00-", "-1200.00"),
        ("+300", "300"),
        ("0.00", "0.00"),
    ],
)
def test_amounts_in_every_way_of_writing(text: str, value: str):
    """Signs before and behind, full-width figures, currencies and separators."""
    assert parse_money(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "元", "1.234.56", "12,34.00", "1,2345", "12.345", "约3000", "1 200 x", "--5"]
)
def test_what_is_not_exactly_one_amount_is_none(text: str):
    """Separators in the wrong place are not guessed at: an amount read wrongly is worse than one not read."""
    assert parse_money(text) is None


@given(AMOUNTS, st.booleans(), st.sampled_from(["{:.2f}", "{:,.2f}", "¥{:,.2f}", "{:,.2f}元"]))
def test_money_goes_out_and_comes_back(amount: Decimal, negative: bool, form: str):
    """What is written in a usual form is read as the same amount, and its normal form as itself."""
    value = -amount if negative else amount
    assert parse_money(form.format(value).replace("¥-", "-¥")) == value
    assert parse_money(money(value)) == value


# ---------------------------------------------------------------- 大写

DIGITS = "零壹贰叁肆伍陆柒捌玖"


def in_words(amount: Decimal) -> str:
    """A small writer of 大写 by the rules of the grammar: 零 for a gap, groups of four, 整 without 分."""
    cents = int(amount * 100)
    whole, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    text, gap = "", False
    for place in range(len(str(whole)) - 1, -1, -1):
        digit = whole // 10**place % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + ("", "拾", "佰", "仟")[place % 4]
        gap = not digit
        if place in (4, 8) and whole // 10**place % 10**4:
            text, gap = text + ("万" if place == 4 else "亿"), gap and place == 4
    text += "元" if whole else ""
    text += DIGITS[jiao] + "角" if jiao else "零" if fen and whole else ""
    return text + (DIGITS[fen] + "分" if fen else "整")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("壹佰万零伍仟元整", "1005000"),
        ("壹万捌仟零捌拾捌元柒角伍分", "18088.75"),
        ("壹万元整", "10000"),
        ("人民币：贰万伍仟圆正", "25000"),
        ("人民币（大写）壹拾万元整", "100000"),
        ("拾伍元整", "15"),
        ("柒仟零壹拾捌圆捌角叁分", "7018.83"),
        ("贰万伍仟零佰零拾零元整", "25000"),
        ("×拾贰万伍仟×佰×拾×元整", "25000"),
        ("__贰_万_伍_仟_零_佰_零_拾_零_元整", "25000"),
        ("壹拾贰亿零叁佰万元整", "1203000000"),
        ("壹亿贰仟万元整", "120000000"),
        ("一万二千元", "12000"),
        ("伍角", "0.5"),
    ],
)
def test_amounts_in_words(text: str, value: str):
    """The grammar's own examples, slot forms with 零 or × for what is empty, handwriting's 一二三."""
    assert parse_upper_amount(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "元整",
        "伍仟陆仟元",
        "壹贰叁元",
        "壹万",
        "壹万贰万元",
        "万仟佰拾元整",
        "公司全称元",
        "二〇二六年九月",
        "壹万元叁拾",
    ],
)
def test_words_that_are_no_amount(text: str):
    """Units that do not fall, digits side by side, no 元, other words: not an amount."""
    assert parse_upper_amount(text) is None


@given(AMOUNTS)
def test_words_go_out_and_come_back(amount: Decimal):
    """Every amount below 1,000,000,000 that is written in words is read as itself."""
    assert parse_upper_amount(in_words(amount)) == amount
    assert parse_upper_amount("人民币" + in_words(amount).replace("元", "圆").replace("整", "正")) == amount


# ---------------------------------------------------------------- names and numbers


def test_identity_numbers_keep_their_mask():
    """A number is found among its label, its x is upper case, stars stay."""
    assert parse_id_number("公民身份号码 11010519491231002x") == "11010519491231002X"
    assert parse_id_number("510107********3456") == "510107********3456"
    assert parse_id_number("130503670401001") == "130503670401001"
    assert parse_id_number("账号6222021234567890123") is None


def test_masked_texts_are_held_against_their_whole():
    """Stars stand for what they hide and for nothing else."""
    assert same_masked("张*", "张三")
    assert same_masked("510107********3456", "510107198805123456")
    assert not same_masked("510107********3456", "510107198805123457")
    assert not same_masked("张*", "李四")
    assert same_masked("6222 **** 1234", "6222 **** 1234")


def test_numbers_of_fifteen_and_eighteen_digits_are_one_person():
    """An old number is the new one without its century and check digit."""
    assert same_number("130503670401001", "13050319670401001X")
    assert same_number("13050319670401001X", "130503670401001")
    assert not same_number("130503670401001", "13050319670401002X")


def test_a_rare_character_that_was_not_read_is_no_other_name():
    """A private code point, a box or a question mark stands for one character that a typewriter lacks."""
    assert same_name("王\ue123", "王喆")
    assert same_name("王□", "王喆")
    assert same_name("阿卜杜拉•买买提", "阿卜杜拉·买买提")
    assert not same_name("王喆", "王哲")


def test_a_company_is_the_same_with_other_brackets():
    """Brackets, spaces and （集团） do not make another company."""
    assert company_key("四川天府（集团）有限公司") == company_key("四川天府 有限公司")
    assert company_key("成都(高新)软件公司") == company_key("成都（高新）软件公司")
    assert company_key("成都甲公司") != company_key("成都乙公司")


def test_names_are_masked_behind_the_family_name():
    """Two-character family names stay whole, one mark for each character behind."""
    assert [mask_name(n) for n in ("张三", "欧阳文静", "司马光", "司马", "李")] == [
        "张*",
        "欧阳**",
        "司马*",
        "司*",
        "李*",
    ]

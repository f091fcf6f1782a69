"""application.yaml: what is exact stays exact, what is wrong is dropped alone with its line, and nothing can crash it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.application import SCHEMA, Application, Loan, Part, Payer, read_application, template
from pipeline.model import Finding
from pipeline.yamltree import Rows, Table
from tests.draws import any_text
from tests.papers import steps

WHOLE = """
applicants:                       # the first is the main borrower (主贷人)
  - name: 欧阳 文静
    id_number: 51010719880315264x
    role: borrower
    marital_status: married
    employment: salaried
    employer: 成都天府软件(高新)有限公司
    monthly_income: "25000.00"
    phone: 13800000000
    income_basis: gross
  - name: 买买提.阿不都
    role: spouse
loan:
  amount: 1200000
  years: 30
  annual_rate: 0.0345
  method: equal_installment
  existing_monthly_debt: 0
  parts: [{kind: provident_fund, amount: 500000.00, years: 30, annual_rate: "0.026", method: equal_principal}]
property:
  kind: new
  price: 1_800_000.5
  down_payment: "600,000.00"
  address: 成都市武侯区 天府大道1号
  city: 成都市
  use: residential
  monthly_fee: 3e2
homes_owned: 0
documented_payers: [{name: 某某, relation: 父亲}]
passwords: [123456, " a b ", 2026-06-10]
officer: 张三
branch: 高新支行
submitted_on: 2026-06-10
"""


def read(text: str | bytes) -> tuple[Application | None, list[tuple[Any, Any, Any]]]:
    data = text if isinstance(text, bytes) else text.encode()
    application, findings = read_application(data, "application.yaml")
    return application, [(f.params["line"], f.params["key"], f.params["reason"]) for f in findings]


def test_whole_application() -> None:
    """Every key of the contract is read, in any form that is exact, into its normal form."""
    application, problems = read(WHOLE)
    assert problems == []
    assert application is not None
    first, second = application.applicants
    assert application.borrower is first
    assert first.name == "欧阳文静"
    assert first.id_number == "51010719880315264X"
    assert first.employer == "成都天府软件（高新）有限公司"
    assert first.monthly_income == Decimal("25000.00")
    assert first.phone == "13800000000"
    assert second.name == "买买提·阿不都"
    assert second.employment is None
    assert application.loan == Loan(
        Decimal("1200000.00"),
        30,
        Decimal("0.0345"),
        None,
        "equal_installment",
        Decimal("0.00"),
        (Part("provident_fund", Decimal("500000.00"), 30, Decimal("0.026"), None, "equal_principal"),),
    )
    assert application.property.price == Decimal("1800000.50")
    assert application.property.monthly_fee == Decimal("300.00")
    assert application.homes_owned == 0
    assert application.documented_payers == (Payer("某某", "父亲"),)
    assert application.passwords == ("123456", " a b ", "2026-06-10")
    assert application.submitted_on == date(2026, 6, 10)


def test_plain_form() -> None:
    """The JSON form has money with two digits, the rate as declared, dates, only what was declared, and no password."""
    application, _ = read(WHOLE)
    assert application is not None
    plain = application.as_plain()
    assert plain["loan"]["amount"] == "1200000.00"
    assert plain["loan"]["annual_rate"] == "0.0345"
    assert plain["loan"]["parts"][0]["annual_rate"] == "0.026"
    assert plain["loan"]["existing_monthly_debt"] == "0.00"
    assert plain["homes_owned"] == 0
    assert plain["submitted_on"] == "2026-06-10"
    assert "employment" not in plain["applicants"][1]
    assert "lpr_bp" not in plain["loan"]
    assert "passwords" not in plain
    assert "123456" not in json.dumps(plain) + repr(application)


@pytest.mark.parametrize("form", ["25000", "25000.00", '"25000.00"', "25000.", "2.5e4", "+25000", "25_000", '"25,000.00"', "!!float 25000", "'25000'"])  # fmt: skip
def test_forms_of_money(form: str) -> None:
    """Any exact form of a number is the same amount."""
    application, problems = read(
        f"loan: {{amount: {form}}}" if "," not in form else f"loan:\n  amount: {form}"
    )
    assert problems == []
    assert application is not None
    assert application.loan.amount == Decimal("25000.00")
    assert str(application.loan.amount) == "25000.00"


@pytest.mark.parametrize("form", ["about 25000", "25000元", "0x61A8", "061650", "6:56:40", ".inf", ".nan", "yes", "25,00", '"1.234.567"', "二万", "２５０００"])  # fmt: skip
def test_inexact_money_is_refused(form: str) -> None:
    """What is no decimal number, and YAML's octal, base-60 and hexadecimal traps, is a finding and not an amount."""
    assert read(f"officer: 某某\nloan:\n  amount: {form}\n") == (Application(officer="某某"), [(3, "loan.amount", "type")])  # fmt: skip


@pytest.mark.parametrize("form", ["-1", "25000.005", "1e13"])
def test_money_out_of_range_is_refused(form: str) -> None:
    """A negative amount, one finer than a 分, one of more than a trillion is none."""
    assert read(f"loan:\n  amount: {form}\n") == (None, [(2, "loan.amount", "range")])


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(["{}", '"{}"', "{:,}", "{:f}"]))
def test_money_is_exact(amount: Decimal, form: str) -> None:
    """Every amount comes back to the 分, as a plain YAML number too: no binary fraction is ever between."""
    application, problems = read("loan:\n  amount: " + form.format(amount) + "\nofficer: 某某")
    assert problems == []
    assert application is not None
    assert application.loan.amount == amount


@given(st.decimals(min_value=0, max_value=Decimal("0.99"), places=12))
def test_rates_are_exact(rate: Decimal) -> None:
    """A rate keeps every digit that was declared."""
    application, problems = read(f"loan: {{annual_rate: {rate:f}}}\nofficer: 某某")
    assert problems == []
    assert application is not None
    assert application.loan.annual_rate == rate


@pytest.mark.parametrize("form", ["2026-06-10", '"2026-06-10"', "2026-6-10", "2026/06/10", "2026年6月10日", "20260610", "2026-06-10T09:30:00+08:00", "2026-06-10 09:30:00"])  # fmt: skip
def test_forms_of_dates(form: str) -> None:
    """A date as YAML's own, as a text, as Chinese write it, or with a time is the same day."""
    assert read(f"submitted_on: {form}") == (Application(submitted_on=date(2026, 6, 10)), [])


@pytest.mark.parametrize(("form", "reason"), [("2026-02-30", "range"), ("2026-06", "type"), ("soon", "type"), ("2026-06-10 or 2026-06-11", "type"), ("[2026-06-10]", "type")])  # fmt: skip
def test_no_dates(form: str, reason: str) -> None:
    """An impossible day, a month, two dates are none."""
    assert read(f"submitted_on: {form}") == (None, [(1, "submitted_on", reason)])


def test_bad_keys_are_dropped_alone() -> None:
    """Unknown keys, wrong types and unknown words cost themselves; each is one finding with its line and place."""
    application, problems = read(
        "applicants:\n"
        "  - name: 张三\n"
        "    rolle: borrower\n"
        "    role: boss\n"
        "  - 李四\n"
        "loan: many\n"
        "property:\n"
        "  price: 1800000\n"
        "  kind: [new]\n"
        "homes_owned: 1.5\n"
        "colour: red\n"
    )
    assert application is not None
    assert [person.name for person in application.applicants] == ["张三"]
    assert application.property.price == Decimal(1800000)
    assert application.loan == Loan()
    assert sorted(problems) == [
        (3, "applicants[0].rolle", "unknown"),
        (4, "applicants[0].role", "choice"),
        (5, "applicants[1]", "type"),
        (6, "loan", "type"),
        (9, "property.kind", "type"),
        (10, "homes_owned", "range"),
        (11, "colour", "unknown"),
    ]


def test_findings_say_where() -> None:
    """A finding is medium, bears the file, and has an id of its own for each key that stays the same when lines move."""
    _, one = read_application(b"colour: red\nsize: 1\n", "a/application.yaml")
    _, two = read_application(b"\n\nsize: 1\ncolour: red\n", "a/application.yaml")
    assert all(isinstance(f, Finding) and f.code == "APPLICATION_INVALID" for f in one)
    assert {f.severity for f in one} == {"medium"}
    assert {f.evidence[0].file for f in one} == {"a/application.yaml"}
    assert len({f.id for f in one}) == 2
    assert {f.id for f in one} == {f.id for f in two}


def test_duplicate_keys_are_not_believed() -> None:
    """Of a key that is there twice neither value counts, and the second place is told, once."""
    text = "officer: 某某\nloan:\n  amount: 1\n  amount: 2\n  amount: 3\n"
    assert read(text) == (Application(officer="某某"), [(4, "loan.amount", "duplicate")])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("loan:\n  amount: [1\nofficer: x\n", 3),
        ("loan:\n\tamount: 1\n", 2),
        ("a: b: c\n", 1),
        ("officer: 'x\n", 2),
        ("officer: x\n---\nofficer: y\n", 2),
        ("officer: *nobody\n", 1),
        ("officer: x\nbranch: \x07\n", 2),
        ('officer: "\\U99999999"\n', 1),
        ("\x00\x01\x02", 1),
    ],
)
def test_broken_yaml_drops_the_file(text: str, line: int) -> None:
    """What is no YAML is one finding at its line, without a value of it, and no application."""
    assert read(text) == (None, [(line, "", "syntax")])


@pytest.mark.parametrize("text", ["- 1\n", "some words\n", "42"])
def test_yaml_of_another_shape(text: str) -> None:
    """A list or a sentence is no application."""
    assert read(text) == (None, [(1, "", "type")])


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "null", "applicants:\nloan:\n", "applicants: []\nloan: {amount: , years: ~}\n", "applicants: [{name: ''}]"])  # fmt: skip
def test_nothing_declared_is_no_application(text: str) -> None:
    """An empty form declares nothing, and that is no fault."""
    assert read(text) == (None, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(encoding: str) -> None:
    """The encodings that editors on Chinese Windows write are read."""
    assert read("officer: 张三\n".encode(encoding)) == (Application(officer="张三"), [])


def test_unreadable_bytes() -> None:
    """Bytes of no encoding are one finding."""
    assert read(b"officer: \xff\xff\xff\xff\x81") == (None, [(1, "", "encoding")])


BOMBS = {
    "laughs": ("a: &a [x,x]\n" + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)), "size"),
    "deep list": ("officer: " + "[" * 1_000 + "]" * 1_000, "size"),
    "deep open list": ("officer: " + "[" * 100_000, "size"),
    "deep map": ("\n".join(" " * i + "a:" for i in range(500)), "size"),
    "many values": ("officer: [" + "x," * 50_000 + "]", "size"),
    "many keys": ("".join(f"k{i}: 1\n" for i in range(500)), "size"),
    "long": ("officer: " + "x" * 1_000_000, "size"),
    "self": ("applicants: &a [*a, *a]\nloan: &b {parts: [*b]}\n", "type"),
    "many rows": ("applicants: [" + "{name: x}," * 60 + "]", "size"),
    "long text": ("officer: " + "x" * 900_000, "range"),
    "long number": ("homes_owned: " + "9" * 900_000, "type"),
}  # fmt: skip


@pytest.mark.parametrize(("bomb", "reason"), BOMBS.values(), ids=BOMBS.keys())
def test_bombs_cost_nothing(bomb: str, reason: str) -> None:
    """A file that was made to cost time or memory is a finding, and found out without much work."""
    seen: list[Any] = []
    assert steps(lambda: seen.extend(read(bomb))) < 1_000_000
    application, problems = seen
    assert application is None
    assert problems[0][2] == reason


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system [echo]", "!secret x", "!!set {a, b}"])
def test_tags_are_not_obeyed(tag: str) -> None:
    """A tag never makes an object."""
    assert read(f"officer: {tag}") == (None, [(1, "officer", "type")])


def test_problems_hold_no_values() -> None:
    """A finding names place and reason, never what was written there: it may be a password."""
    _, findings = read_application(
        b"passwords: [{a: hunter2}]\nofficer: [hunter2]\nloan: hunter2\n", "application.yaml"
    )
    assert len(findings) == 3
    assert "hunter2" not in repr(findings)


@given(st.binary(max_size=300) | any_text(300).map(str.encode))
def test_no_bytes_crash_it(data: bytes) -> None:
    """Whatever the bytes are, there is an application or not, and findings or not, and all of it goes into JSON."""
    application, findings = read_application(data, "application.yaml")
    json.dumps([dict(f.params) for f in findings], ensure_ascii=False).encode()
    json.dumps(application.as_plain() if application else None, ensure_ascii=False).encode()
    assert {finding.code for finding in findings} <= {"APPLICATION_INVALID"}


def test_template_reads_clean() -> None:
    """The form that `dossier new` writes has no fault and declares nothing."""
    assert read(template()) == (None, [])


def test_template_names_every_key() -> None:
    """The form shows every key that can be declared, and no other."""

    def same(shape: Any, value: Any) -> bool:
        if isinstance(shape, Rows):
            return not value or all(same(shape.row, row) for row in value)
        if isinstance(shape, Table):
            return set(value) == set(shape.keys) and all(same(shape.keys[key], value[key]) for key in value)
        return value is None

    tree = yaml.safe_load(template())
    assert same(SCHEMA, tree)
    assert tree["applicants"]

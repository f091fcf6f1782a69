"""Dated parameters: their days, their sources, a bank's own file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from validators.parameters import Parameters


def test_a_value_holds_from_its_day_until_the_next() -> None:
    """The national floor of the down payment was 25 % until 2024-09-23 and is 15 % since."""
    parameters = Parameters.load()
    assert parameters.at(date(2024, 9, 23)).number("down_payment_floor") == Decimal("0.25")
    assert parameters.at(date(2024, 9, 24)).number("down_payment_floor") == Decimal("0.15")
    assert parameters.at(date(2001, 1, 1)).number("down_payment_floor") == Decimal("0.25"), (
        "before the first the earliest"
    )


def test_every_default_has_a_source() -> None:
    """No number of the defaults stands there without where it comes from."""
    plain = Parameters.load().as_plain()
    assert plain["payment_to_income_limit"][0]["value"] == "0.50"
    assert all(one["source"] for dated in plain.values() for one in dated)


def test_a_banks_file_replaces_whole_lists(tmp_path: Path) -> None:
    """What the bank names holds as the bank says, on every day; the rest stays."""
    own = tmp_path / "bank.toml"
    own.write_text(
        '[[down_payment_floor]]\nvalue = "0.20"\nfrom = 2020-01-01\nsource = "本行信贷政策"\n', "utf-8"
    )
    values = Parameters.load(own).at(date(2026, 1, 1))
    assert values.number("down_payment_floor") == Decimal("0.20")
    assert values.number("payment_to_income_limit") == Decimal("0.50")


def test_a_value_without_a_source_never_weighs_more_than_medium(tmp_path: Path) -> None:
    """A builder's or bank's number without a source may ask for papers, not stop a case."""
    own = tmp_path / "bank.toml"
    own.write_text('[[payment_to_income_limit]]\nvalue = "0.40"\nfrom = 2020-01-01\n', "utf-8")
    day = date(2026, 1, 1)
    assert Parameters.load(own).at(day).severity("high", "payment_to_income_limit") == "medium"
    assert Parameters.load(own).at(day).severity("low", "payment_to_income_limit") == "low"
    assert Parameters.load().at(day).severity("high", "payment_to_income_limit") == "high"


@pytest.mark.parametrize(
    "text",
    [
        '[[no_such_name]]\nvalue = "1"\nfrom = 2020-01-01\n',
        '[[down_payment_floor]]\nvalue = "0.20"\n',
        '[[down_payment_floor]]\nvalue = 0.2\nfrom = 2020-01-01\n',
        '[[down_payment_floor]]\nvalue = "a fifth"\nfrom = 2020-01-01\n',
        '[[down_payment_floor]]\nvalue = "0.2"\nfrom = 2020-01-01\nnote = "?"\n',
        'down_payment_floor = "0.2"\n',
        '[[statement_months]]\nvalue = { salaried = "6" }\nfrom = 2020-01-01\n',
        '[[tax_brackets]]\nvalue = ["0.03"]\nfrom = 2020-01-01\n',
        '[[tax_brackets]]\nvalue = "0.03"\nfrom = 2020-01-01\n',
        'not toml',
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_its_name(tmp_path: Path, text: str) -> None:
    """A mistake in a bank's file ends the command in a sentence that names the file."""
    own = tmp_path / "bank.toml"
    own.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"bank\.toml"):
        Parameters.load(own)


def test_a_missing_file_is_told() -> None:
    """So does a file that is not there."""
    with pytest.raises(UsageError, match=r"nowhere\.toml"):
        Parameters.load(Path("nowhere.toml"))

"""Calendar months and working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.months import (
    add_months,
    add_working_days,
    is_workday,
    last_day,
    months_between,
    payday,
    shift,
    whole_months,
    working_days,
)

DAYS = st.dates(date(2018, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(("start", "end", "months"), [
    (date(2026, 5, 1), date(2026, 7, 31), ["2026-05", "2026-06", "2026-07"]),
    (date(2026, 5, 2), date(2026, 7, 30), ["2026-06"]),
    (date(2025, 12, 1), date(2026, 1, 31), ["2025-12", "2026-01"]),
    (date(2024, 2, 1), date(2024, 2, 29), ["2024-02"]), (date(2024, 2, 1), date(2024, 2, 28), []),
    (date(2026, 5, 10), date(2026, 5, 20), []),
])  # fmt: skip
def test_whole_months_lie_wholly_within(start: date, end: date, months: list[str]) -> None:
    """A month counts from its first to its last day, leap days included."""
    assert whole_months(start, end) == months


def test_months_are_counted_over_the_turn_of_a_year() -> None:
    """December goes on to January, and back."""
    assert shift("2025-12", 1) == "2026-01"
    assert shift("2026-01", -13) == "2024-12"
    assert list(months_between("2025-11", "2026-02")) == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert list(months_between("2026-02", "2026-01")) == []
    assert last_day("2024-02") == date(2024, 2, 29)
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)


@given(DAYS, st.integers(-60, 60))
def test_working_days_are_counted_and_added_alike(day: date, count: int) -> None:
    """Going so many working days on or back is so many working days away, on a working day."""
    if count:
        there = add_working_days(day, count)
        assert is_workday(there)
        assert working_days(day, there) == count + (count < 0 and not is_workday(day))


@given(DAYS, DAYS)
def test_working_days_are_those_of_the_calendar(start: date, end: date) -> None:
    """The count is what one gets day by day, and turns its sign with the direction."""
    first, last = sorted((start, end))
    if (last - first).days < 400:
        days = [first + timedelta(days=offset) for offset in range(1, (last - first).days + 1)]
        assert working_days(first, last) == sum(map(is_workday, days)) == -working_days(last, first)


@given(st.integers(2018, 2026), st.integers(1, 12), st.integers(1, 31))
def test_a_pay_day_is_a_working_day_not_after_its_date(year: int, month: int, day: int) -> None:
    """On a rest day pay comes before it (工资支付暂行规定 第七条); in a short month its last day counts."""
    due = payday(f"{year}-{month:02}", day)
    assert is_workday(due)
    assert due <= min(last_day(f"{year}-{month:02}"), date(year, month, 1) + timedelta(days=day - 1))


def test_a_year_whose_holidays_are_not_announced_has_plain_weeks() -> None:
    """Monday to Friday, until the calendar of the State Council is out."""
    assert is_workday(date(2031, 1, 6))
    assert not is_workday(date(2031, 1, 5))

"""Calendar months and working days (国务院办公厅's calendar of holidays and swapped weekends)."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, lru_cache

import chinese_calendar

DAY = timedelta(days=1)


def month_of(day: date) -> str:
    """The month of a day, `YYYY-MM`."""
    return f"{day.year:04}-{day.month:02}"


@cache
def first_day(month: str) -> date:
    """The first day of a `YYYY-MM`; ValueError for other text."""
    return date(int(month[:4]), int(month[5:7]), 1)


@cache
def last_day(month: str) -> date:
    """The last day of a `YYYY-MM`."""
    first = first_day(month)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def shift(month: str, by: int) -> str:
    """The month `by` months later, or earlier for a negative number."""
    index = int(month[:4]) * 12 + int(month[5:7]) - 1 + by
    return f"{index // 12:04}-{index % 12 + 1:02}"


def add_months(day: date, months: int) -> date:
    """The same day of a later or earlier month, its last day where it has no such day."""
    month = shift(month_of(day), months)
    return min(last_day(month), first_day(month) + timedelta(days=day.day - 1))


def months_between(first: str, last: str) -> Iterator[str]:
    """The months from `first` to `last`, both included; none where they are the wrong way round."""
    while first <= last:
        yield first
        first = shift(first, 1)


def whole_months(start: date, end: date) -> list[str]:
    """The calendar months that lie wholly within the days given, both included."""
    first = month_of(start) if start.day == 1 else shift(month_of(start), 1)
    last = month_of(end) if end == last_day(month_of(end)) else shift(month_of(end), -1)
    return list(months_between(first, last))


@cache
def is_workday(day: date) -> bool:
    """Whether people work on a day; where the calendar of its year is not published yet, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@cache
def _counts(year: int) -> tuple[int, ...]:
    """The working days of a year before its first day, up to its first, its second …"""
    counts = [0]
    day = date(year, 1, 1)
    while day.year == year:
        counts.append(counts[-1] + is_workday(day))
        day += DAY
    return tuple(counts)


@lru_cache(16_384)
def working_days(start: date, end: date) -> int:
    """The working days from `start` to `end`, negative where `end` lies before; a rest day counts as the working day before it."""
    if end < start:
        return -working_days(end, start)
    whole = sum(_counts(year)[-1] for year in range(start.year, end.year))
    return whole + _counts(end.year)[end.timetuple().tm_yday] - _counts(start.year)[start.timetuple().tm_yday]


def add_working_days(day: date, count: int) -> date:
    """The working day `count` working days later, or earlier for a negative number."""
    step = DAY if count >= 0 else -DAY
    left = abs(count)
    while left:
        day += step
        left -= is_workday(day)
    return day


@cache
def payday(month: str, day: int) -> date:
    """The pay day of a month: day `day` or the month's last, on a rest day the nearest earlier working day (工资支付暂行规定 第七条)."""
    due = min(last_day(month), first_day(month) + timedelta(days=day - 1))
    while not is_workday(due):
        due -= DAY
    return due

"""For how long a resident identity card is issued at which age (findings.md, ID_TERM_IMPLAUSIBLE)."""

from __future__ import annotations

from datetime import date

from validators.case import later

TERMS: tuple[tuple[int, int | None], ...] = ((16, 5), (26, 10), (46, 20), (10_000, None))
"""Below this age at issue: a card of so many years; None is 长期."""
NEAR_BIRTHDAY = 60
"""So many days from the birthday on which the term changes, both terms pass."""
TEMPORARY_DAYS = 93
"""A temporary card lasts three months."""
FIRST_ISSUE = date(2004, 3, 29)
"""The first day of the second generation's cards."""


def years_later(day: date, years: int) -> date:
    """The same day `years` later; 29 February as 1 March where there is none."""
    year = min(day.year + years, date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age_on(birth: date, day: date) -> int:
    """Whole years of age on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def terms_for(birth: date, issued: date) -> set[int | None]:
    """The terms in years (None for 长期) that a card issued on that day may have; both where a boundary is near."""
    return {
        next(years for below, years in TERMS if age_on(birth, day) < below)
        for day in (later(issued, -NEAR_BIRTHDAY), issued, later(issued, NEAR_BIRTHDAY))
    }


def is_temporary(issued: date, until: date) -> bool:
    """Whether the term is that of a temporary card."""
    return 80 <= (until - issued).days <= TEMPORARY_DAYS


def term_of(issued: date, until: date) -> int | None:
    """The term in whole years, a day to either side allowed; None where it is no whole number of years."""
    years = round((until - issued).days / 365.2425)
    return years if years and abs((until - years_later(issued, years)).days) <= 1 else None


def term_fits(birth: date, issued: date, until: date | None) -> bool:
    """Whether a card issued on that day to a person of that birth may end on `until` (None for 长期)."""
    if until is None:
        return None in terms_for(birth, issued)
    if is_temporary(issued, until):
        return True
    years = term_of(issued, until)
    return years is not None and years in terms_for(birth, issued)

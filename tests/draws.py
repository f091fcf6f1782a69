"""What Hypothesis draws for several tests."""

from __future__ import annotations

from hypothesis import strategies as st


def any_text(most: int) -> st.SearchStrategy[str]:
    """Text of at most so many characters that UTF-8 can write.

    `st.text()` is the same, but the table of what a codec can write takes seconds to make."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=most)

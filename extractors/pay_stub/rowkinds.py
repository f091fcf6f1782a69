"""What a row of a slip is, told by the row and by those above it: a title, labels with words, a lone pair, answers to labels."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from extractors.pay_stub.above import Above
from extractors.pay_stub.amounts import REST
from extractors.pay_stub.cells import couples, once, role_of
from extractors.pay_stub.columns import stacked
from extractors.pay_stub.labels import MONEY, TEXTS, TITLE, key, meaning
from extractors.pay_stub.parts import is_month, known, money
from extractors.pay_stub.whose import BARE_NAME, SURNAMES
from pipeline.layout import Row
from pipeline.model import Line
from pipeline.text import find_dates, squeeze


def is_title(row: Row, values: Sequence[Line]) -> bool:
    titled = any(TITLE.search(squeeze(n.text)) and len(n.text) < 60 for n in row.lines)
    return titled and all(money(v.text) is None or is_month(v.text) for v in values) and len(row.lines) <= 4


def beneath(pending: Sequence[Row], row: Row) -> bool:
    """Whether a row is one value under one label, as the last of a grid of such pairs: it begins where that does, or
    both are of one column's middle."""
    over = pending[-1].lines
    if len(pending) > 1 or len(over) > 1 or len(row.lines) > 1:
        return False
    label, value = over[0], row.lines[0]
    fits = role_of(label) in MONEY or (role_of(label) == "pay_date" and len(find_dates(value.text)) == 1)
    level = abs(label.box[0] - value.box[0]) < 0.5 * row.height
    return fits and (level or abs(label.middle[0] - value.middle[0]) < 0.6 * row.height)


def answers(pending: Sequence[Row], row: Row) -> bool:
    """Whether a row of words tells what the row of labels above it asks: whose slip it is, in which department."""
    over = pending[-1].lines if len(pending) == 1 else ()
    roles = [role_of(n) for n in over]
    if len(over) < 2 or "name" not in roles or not all(r in (*TEXTS, "skip") for r in roles):
        return False
    own = [[o for o in over if stacked([o], n)] for n in row.lines]
    named = [n for n, o in zip(row.lines, own, strict=True) if [role_of(x) for x in o] == ["name"]]
    plain = squeeze(named[0].text) if len(named) == 1 else ""
    person = BARE_NAME.fullmatch(plain) and (plain[0] in SURNAMES or "·" in plain)
    return bool(person) and all(len(o) == 1 for o in own) and not any(known(n.text) for n in row.lines)


def pairs_of_text(row: Row, above: Sequence[Row]) -> bool:
    """姓名 张三 部门 财务部: labels, each with words behind it that are none."""
    parts = once(row.lines)
    if any(re.search(r"[:：]\s*$", n.text) and meaning(n.text) for n in parts[:-1]) or (
        parts and re.search(r"[:：]\s*$", parts[-1].text) and meaning(parts[-1].text)
    ):
        return True
    follow = sum(
        role_of(a) in (*TEXTS, "skip")
        and not known(b.text)
        and (len(parts) == 2 or b.box[0] - a.box[2] < 12 * row.height)
        for a, b in itertools.pairwise(parts)
    )
    unknown = sum(not known(n.text) for n in parts)
    over = [n for r in above[-2:] for n in r.lines]
    if sum(any(stacked([o], n) for o in over) for n in parts) > 0.5 * len(parts):
        return False
    return follow > 0 and unknown >= 0.4 * len(parts) and role_of(parts[0]) is not None


def is_rest(row: Row) -> bool:
    """Whether a row is 其他 with its amount, which is a line of a slip and no head."""
    return len(row.lines) == 2 and key(row.lines[0].text) in REST and money(row.lines[1].text) is not None


def unknown_pair(row: Row, above: Above) -> bool:
    """Whether a row under a section, or under heads of labels and amounts, is a label that nobody knows with its amount."""
    if not above.lists:
        return False
    found = couples(row)
    most = max(1, above.amounts // max(1, len(found)))
    return len(found) in (1, 2) and all(
        1 <= sum(money(v.text) is not None for v in values) <= most for _, values in found
    )

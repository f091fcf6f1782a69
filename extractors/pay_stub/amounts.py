"""The amounts of a slip's cells, and what its sums say of those that are printed more than once, or under no plain label."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product

from extractors.pay_stub.cells import Cell
from extractors.pay_stub.labels import MONEY, Kind, key
from extractors.pay_stub.parts import money
from extractors.pay_stub.proof import ABSENCE
from pipeline.model import Line

INSURED = ("pension", "medical", "unemployment")
INSURANCES = (*INSURED, "housing_fund")
"""What the employer pays a part of too."""
TAKEN = (*INSURANCES, "income_tax", "other_deductions")
REST = ("其他", "其它", "其余", "other", "others")
"""Labels of lines whose kind nothing but the sums tells."""
PLAIN: dict[str, tuple[str, ...]] = {
    "income_tax": (
        "个税",
        "个人所得税",
        "代扣个税",
        "本期个税",
        "本月个税",
        "代扣代缴个税",
        "代扣个人所得税",
    ),
    "housing_fund": ("公积金", "住房公积金", "公积金(个人)", "住房公积金(个人)", "个人公积金", "公积金个人"),
    "other_deductions": ("其他扣款", "其他扣除", "其它扣款"),
}
"""Of several lines for one role, the wordings that are it and no part of it."""


def text_of_cell(cell: Cell) -> str:
    return "".join(p.text for p in cell.pieces)


def amount_of(cell: Cell) -> Decimal:
    return money(text_of_cell(cell)) or Decimal(0)


def agreed(cells: Sequence[Cell]) -> Cell | None:
    """The cell of a role, where all that are printed for it say the same."""
    values = {money(text_of_cell(c)) if len(c.pieces) == 1 else None for c in cells}
    return cells[0] if len(values) == 1 else None


def joined_line(pieces: Sequence[Line]) -> Line:
    return Line("".join(p.text for p in pieces), pieces[0].box, min(p.confidence for p in pieces))


def persons_part(
    found: Mapping[str, Sequence[Cell]], chosen: Mapping[str, Cell | None], cells: Sequence[Cell]
) -> dict[str, Cell | None]:
    """Of insurances that are printed twice and differently (the person's part and the employer's, under heads that were not
    understood) the ones with which gross less what is taken is net, where just one choice does it."""
    open_ = [r for r in INSURANCES if chosen.get(r) is None and r in found]
    gross, net = chosen.get("gross_pay"), chosen.get("net_pay")
    if not open_ or gross is None or net is None or any(len(found[r]) > 3 for r in open_):
        return {}
    sure = [c for r in TAKEN if (c := chosen.get(r)) is not None]
    late = [c for c in cells if c.meaning == ("item", "deduction") and not any(c is s for s in sure)]
    wanted = amount_of(gross) - amount_of(net) - _sum(sure)
    rests = {Decimal(0), _sum([c for c in late if not ABSENCE.search(c.label)])}
    ways = [way for way in product(*(found[r] for r in open_)) if wanted - _sum(way) in rests]
    told = {tuple(amount_of(c) for c in way) for way in ways}
    return dict(zip(open_, ways[0], strict=True)) if len(told) == 1 else {}


def taken(sums: Mapping[str, Decimal]) -> Decimal:
    """What is taken from the gross, of a slip's amounts by role: the single insurances where there are any, else their sum."""
    insured = [r for r in INSURED if r in sums] or ["social_insurance"]
    roles = (*insured, "housing_fund", "income_tax", "other_deductions")
    return sum((sums[r] for r in roles if r in sums), Decimal(0))


def balance(sums: Mapping[str, Decimal]) -> Decimal | None:
    """Gross less what is taken less net, None where either is unknown."""
    if not {"gross_pay", "net_pay"} <= set(sums):
        return None
    return sums["gross_pay"] - taken(sums) - sums["net_pay"]


def twice(cell: Cell, cells: Sequence[Cell]) -> bool:
    """Whether an insurance stands once more under the same label."""
    return any(
        c is not cell and c.meaning == cell.meaning and key(c.label) == key(cell.label) and c.pieces
        for c in cells
    )


def kind_by_sum(
    cell: Cell,
    value: Decimal,
    columns: Mapping[str, int],
    worth: Mapping[int, Decimal],
    cells: Sequence[Cell],
) -> Kind:
    """What 其他 with its amount is: taken, where gross less all that is taken is net with it alone; earned, where the lines make
    the gross with it alone; "" where no sum tells. `columns` are the slip's cells by role, `worth` their amounts."""
    if key(cell.label) not in REST or not value or not {"gross_pay", "net_pay"} <= set(columns):
        return ""
    gross, net = worth[columns["gross_pay"]], worth[columns["net_pay"]]
    insured = [r for r in INSURED if r in columns] or [r for r in ("social_insurance",) if r in columns]
    roles = [*insured, *(r for r in ("housing_fund", "income_tax", "other_deductions") if r in columns)]
    taken = sum((abs(worth[columns[r]]) for r in roles), Decimal(0))
    mine = {columns[r] for r in roles}
    items = [c for c in cells if c.meaning.role == "item" and id(c) not in mine]
    late = _sum([c for c in items if c.meaning.kind == "deduction" and not ABSENCE.search(c.label)])
    absent = _sum([c for c in items if c.meaning.kind == "deduction" and ABSENCE.search(c.label)])
    earned = _sum([c for c in items if c.meaning.kind == "earning"])
    if gross - taken - late - abs(value) == net:
        return "deduction"
    return "earning" if earned and earned + value - absent == gross else ""


def _sum(cells: Sequence[Cell]) -> Decimal:
    return sum((abs(amount_of(c)) for c in cells), Decimal(0))


def by_sum(role: str, cells: Sequence[Cell], chosen: dict[str, Cell | None], flip: bool) -> Cell | None:
    """Of two different columns for one role the one with which gross − deductions = net, or the plainer wording."""
    if role not in ("gross_pay", "net_pay"):
        plain = [c for c in cells if key(c.label) in PLAIN.get(role, ())]
        return plain[0] if len(plain) == 1 else None
    sums = {name: amount_of(cell) for name, cell in chosen.items() if cell is not None}
    insured = [sums[n] for n in INSURED if n in sums] or [sums[n] for n in ("social_insurance",) if n in sums]
    taken = sum(
        (
            abs(v) if flip else v
            for v in [
                *insured,
                *(sums[n] for n in ("housing_fund", "income_tax", "other_deductions") if n in sums),
            ]
        ),
        Decimal(0),
    )
    other = sums.get("net_pay" if role == "gross_pay" else "gross_pay")
    if other is None or not taken:
        return None
    wanted = other + taken if role == "gross_pay" else other - taken
    fitting = [c for c in cells if abs(amount_of(c) - wanted) <= Decimal("0.01")]
    return fitting[0] if fitting and len({amount_of(c) for c in fitting}) == 1 else None


def pointless(cell: Cell, value: Decimal, cells: Sequence[Cell]) -> bool:
    """Whether an amount of OCR lost its point: it has none, though the slip's other amounts have."""
    if cell.sheet.source != "ocr" or not value or re.search(r"[.．,，]", cell.pieces[0].text):
        return False
    others = [
        p.text for c in cells for p in c.pieces if c is not cell and money(p.text) and c.meaning.role in MONEY
    ]
    general = any(re.search(r"[.．]\d$", t) for t in others) and not any(
        re.search(r"[.．]\d0$", t) for t in others
    )
    return not general and sum(bool(re.search(r"[.．]\d\d?", t)) for t in others) >= max(2, len(others) - 2)

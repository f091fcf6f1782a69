"""Whether a sheet is a payslip: by its title, by the words of pay and of what is taken from it, by amounts beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.pay_stub.labels import DEDUCTIONS, TITLE, meaning
from extractors.pay_stub.parts import known, money, split
from extractors.pay_stub.prose import prose
from extractors.pay_stub.spaced import joined
from pipeline.layout import rows
from pipeline.material import Claim
from pipeline.model import Line, Sheet
from pipeline.text import squeeze

FOREIGN = re.compile(
    r"纳税记录|完税证明|收入纳税明细|对账单|交易明细|交易流水|历史明细|账户明细|存款证明|兹证明|特此证明|收入证明|缴费证明|参保|权益记录|缴存证明|缴存明细|对方户名|对方账号"
    r"|交易日期|记账日期|联机余额|账户余额|借款合同|买卖合同|买受人|劳动合同|征信|信用报告|结婚登记|资产负债表|利润表|委托扣款"
)
"""Words of other papers, on which pay may be spoken of."""
WIDE = 5
"""A row of so many amounts is one of a pay table."""
PAID = re.compile("实发|实付|到手|应发|税后|税前")
"""Words of which a message that tells pay holds one."""
BEST = 2 * 0.2 + 3 * 0.1 + 3 * 0.03
"""The most that words of pay, of what is taken from it and of its parts can add to the score."""


def recognise(sheet: Sheet) -> list[Claim]:
    """One claim on the whole sheet, or none. Sheets that follow each other are read together: the reading tells whose
    slips they are. A table's rows without its head are claimed behind a page of payslips only."""
    score = _score(sheet)
    if score >= 0.5:
        return [Claim(round(score, 3), starts=False)]
    return [Claim(0.5, starts=False, alone=False)] if _bare(sheet) else []


def _bare(sheet: Sheet) -> bool:
    """Whether a sheet of a text layer holds rows of amounts and no head over them. On a picture of its own the columns may
    have moved, so that they could not be told."""
    table = rows(sheet.lines) if sheet.source == "text" else []
    wide = [row for row in table if sum(money(n.text) is not None for n in row.lines) >= WIDE]
    texts = [squeeze(n.text) for row in table for n in row.lines]
    told = any(m.role not in ("skip", "total") for t in texts if (m := meaning(t)) is not None)
    return len(wide) > 0.6 * len(table) and not told and not any(FOREIGN.search(t) for t in texts)


def _card(sheet: Sheet, parts: Sequence[Line], foreign: int) -> bool:
    """Whether a further sheet of a page is a card of a payslip's screen: labels of what is taken, and amounts, nothing else."""
    taken = {m.role for n in parts if (m := meaning(n.text)) is not None} & {*DEDUCTIONS, "social_insurance"}
    told = sum(known(n.text) or money(n.text) is not None for n in parts)
    return sheet.index > 0 and not foreign and len(taken) >= 2 and told >= 0.8 * len(parts)


def _message(sheet: Sheet, lines: Sequence[str]) -> bool:
    """Whether the pay is told in sentences."""
    speaks = any(PAID.search(t) for t in lines) and any("元" in t for t in lines)
    return speaks and bool(prose(sheet.lines, sheet)[0])


def _score(sheet: Sheet) -> float:
    lines = [squeeze(n.text) for n in sheet.lines if n.kind == "print"]
    titled = any(TITLE.search(t) and len(t) < 60 for t in lines)
    words = {word for t in lines for word in FOREIGN.findall(t)}
    foreign = sum(any(word in t for t in lines) for word in words)
    titled = titled or (not foreign and _message(sheet, lines))
    if not titled and BEST - 0.4 * foreign < 0.5:
        return 0.0  # a page of another paper, whatever words of pay it holds: most pages end here
    parts = split(joined(sheet.lines))
    texts = [squeeze(n.text) for n in parts]
    roles = {m.role for n in parts if (m := meaning(n.text)) is not None}
    earnings = sum(m == ("item", "earning") for m in map(meaning, texts))
    if not sum(money(n.text) is not None for n in parts):
        return 0.0
    pay = len(roles & {"gross_pay", "net_pay"})
    taken = len(roles & {*DEDUCTIONS, "social_insurance"})
    if not pay and not (titled and earnings >= 2):
        return 0.5 if _card(sheet, parts, foreign) else 0.0
    score = 0.35 * titled + 0.2 * pay + 0.1 * min(taken, 3) + 0.03 * min(earnings, 3)
    return max(0.0, min(0.99, score - (0.15 if titled and pay == 2 else 0.4) * foreign))

"""The body of a table: which printed lines may be rows, and which are sums, page marks, notes and headings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.bank_statement.labels import STOPS
from extractors.bank_statement.marks import labels_in
from extractors.bank_statement.stems import ANY_IN, ANY_OUT, SUM_ENDS, SUM_HEADS
from pipeline.model import Line
from pipeline.table.header import bands
from pipeline.table.kinds import squeezed, tokens

_NOTE = re.compile(
    r"，.*。$|^[(（*※★【]*(?:本次|本(?:明细|清单|对账单|流水|回单|账单|凭证|单据?|页|证明|表|电子|行|文件)|如(?:有|对|需|您)|以上|上述|请|敬请|注[:：]|此(?:单|件|明细|清单)|感谢|欢迎|尊敬)"
    r"|仅供.{2,12}(?:使用|参考|核对|之用)|为准|不作.{0,8}(?:凭证|依据|证明)|(?:无效|有效|使用|参考|查询|联系|咨询|核对|办理)[。.]$"
)
"""Sentences that stand under a table: what the paper is for, whom to ask."""
_PAGE_MARK = re.compile(
    r"-*第?\d{1,4}(?:页)?[/,，]?(?:共|of)?\d{0,4}页?-*|-*\d{1,4}-+|-*(?:共\d+页)?[,，/]?第\d+页(?:[,，/]?共\d+页)?-*|page\d+(?:of\d+)?|\d+of\d+"
)
"""A printed line that is only a page number; a bare number up to four digits is one where it stands alone."""
_SUM = re.compile(
    r"本页|[当每该]页(?:合计|小计|累计|共)|[本当每该][月日](?:合计|小计|累计|总计|发生额|收入[¥￥\d:：合总]|支出[¥￥\d:：合总])|本期(?:合计|小计|累计|共|收入|支出|转[入出]|增加|减少)|(?:承前|承上|上[页日期月笔次]|前[页期]|期[初末]|过次|转[次下])\S{0,2}(?:余额|结余|结存|余款)"
    r"|(?:打印|明细|记录|查询|交易)(?:结束|完毕)|以下(?:空白|无)|(?:已?与?(?:系统|原件|账面|柜面|底账)|经|已)?核对(?:一致|无误|相符|完毕)?$|(?:续|未完|完)$|(?:共|合计|总计|共计)?\d+[笔条](?:记录|交易|明细)?$"
)
"""What else begins the lines of sums and ends, marks before it left out."""
_WORDS, _HEADS, _ENDS = (f"(?:{'|'.join(w)})" for w in ((ANY_IN, ANY_OUT), SUM_HEADS, SUM_ENDS))
_VALUE = r"[:：(（]?(?:元|人民币)?[)）]?[:：]?(?:[(（]?共?\d{1,6}[笔条][)）]?[,，、]?(?:金额|合计|共计|计)*[:：]?)?[¥￥]?-?\d[\d,，]*\.\d\d"
_TOTAL = re.compile(
    rf"(?:{_HEADS}+{_WORDS}{_ENDS}*|{_WORDS}{_ENDS}+){_VALUE}|(?:{ANY_IN}){_VALUE}.{{0,6}}(?:{ANY_OUT}){_VALUE}"
    rf"|(?:{ANY_OUT}){_VALUE}.{{0,6}}(?:{ANY_IN}){_VALUE}"
)
"""A line without a date that sums up what came in or went out: 期间收入总额：12.00, or 收入 12.00 元；支出 3.00 元."""
_LABELLED = re.compile(r"[\u3400-\u9fff]{4,8}\s?[:：]")
_DAY = re.compile(
    r"\s*(?:19|20)\d\d\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}\s?日?(?:\s*\d\d[:：]\d\d(?:[:：]\d\d)?)?\s*"
)
_OF_PAPER = ("printed_at", "period", "period_start", "period_end", "serial_number")
_MARKS = "*＊(（【[-—<·… "
_NUMBERED = re.compile(r"第\d{1,4}页(?:[/,，(（]?共\d{1,4}页[)）]?)?")
_OF = re.compile(r"\d{1,3}[/／]\d{1,3}")
_LETTERS = re.compile(r"abc[d-z]*")
"""The names of a spreadsheet's columns, printed at the head of each page."""
_WEEKDAY = re.compile(r"[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?")
_MARK = re.compile(r"(?:^|(?<=\s))([-—–−])\s+(?=[\d¥￥])")


def body_of(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """The lines that may be rows, and those of subtotals, page marks and disclaimers."""
    kept: list[Line] = []
    dropped: list[Line] = []
    sums = [n for n in lines if any(t.kind == "money" for t in tokens(n.text))]
    end = max((n.box[3] + 0.3 * n.height for n in sums), default=0.0)
    last = [n for n in lines if sums and abs(n.box[3] + 0.3 * n.height - end) < 0.6 * n.height]
    for band in bands(lines):
        dated = any(t.kind == "date" for n in band[:4] for t in tokens(n.text))
        first = squeezed(band[0].text).lower()
        signed = dated and len(band) <= 2 and band[0].box[1] - end > 0.7 * band[0].height
        if signed and not _DAY.sub("", " ".join(n.text for n in band)):
            out = True  # the day under a letter's end
        else:
            out = first.startswith(STOPS) or _told(band[0].text) if dated else _ends(band, end, last)
        (dropped if out else kept).extend(band)
    return kept, dropped


def _told(text: str) -> bool:
    """Whether a line with a date begins with a label of the whole paper: when it was made, for which days."""
    found = labels_in(text)[:1] if _LABELLED.match(text) else []
    return bool(found) and found[0].start == 0 and found[0].role in _OF_PAPER


def _ends(band: Sequence[Line], end: float, last: Sequence[Line]) -> bool:
    """Whether a printed line without a date is a sum, a page's number, a sheet's letters or a sentence."""
    text = squeezed("".join(n.text for n in band)).lower()
    # Within the rows a bare number is the end of a wrapped account, not a page's number.
    page = (
        len(band) <= 4
        and bool(_PAGE_MARK.fullmatch(text))
        and (not text.isdigit() or (band[0].box[1] > end and not _goes_on(band, last)))
    )
    bare = text.lstrip(_MARKS)
    if page or _LETTERS.fullmatch(text) or _SUM.match(bare) or _TOTAL.match(bare):
        return True
    paged = band[0].box[1] > end and any(_OF.fullmatch(squeezed(n.text)) for n in band)
    return paged or _is_note(band) or any(_stops(squeezed(n.text).lower()) for n in band)


def _stops(plain: str) -> bool:
    plain = plain.lstrip(_MARKS)
    return plain.startswith(STOPS) or bool(_SUM.match(plain)) or bool(_NUMBERED.fullmatch(plain))


def without_weekdays(lines: Sequence[Line]) -> list[Line]:
    """The lines without those that only name a day of the week."""
    return [n for n in lines if len(n.text) > 5 or not _WEEKDAY.fullmatch(n.text.strip())]


def _goes_on(band: Sequence[Line], above: Sequence[Line]) -> bool:
    """Whether a lone number under the last row is the end of a wrapped account: close below, and in line with its begin."""
    line = band[0]
    return len(band) == 1 and any(
        abs(n.box[0] - line.box[0]) < 0.2 * n.height
        and line.box[1] - n.box[3] < 0.8 * n.height
        and n.text[-1:].isdigit()
        for n in above
    )


def _is_note(band: Sequence[Line]) -> bool:
    """Whether a printed line without dates and amounts is a sentence under the table."""
    if len(band) > 2 or any(t.kind in ("date", "money") for n in band for t in tokens(n.text)):
        return False
    text = squeezed("".join(n.text for n in band))
    return len(text) > 5 and bool(_NOTE.search(text))


def without_dashes(lines: Sequence[Line]) -> list[Line]:
    """The lines with the dash of an empty column of in or out cut from the amount beside it: a blank stands between."""
    found: list[Line] = []
    for line in lines:
        at = 0
        for m in _MARK.finditer(line.text):
            if line.text[at : m.start(1)].strip():
                found.append(line.cut(at, m.start(1)))
            found.append(line.cut(m.start(1), m.end(1)))
            at = m.end()
        found.append(line.cut(at) if at else line)
    return found

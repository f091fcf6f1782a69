"""Whether a sheet is an income certificate: by its title and by what such a paper must say."""

from __future__ import annotations

import re

from extractors.income_certificate.besides import without_watermark
from extractors.income_certificate.labels import (
    EMPLOYED,
    INCOME,
    LATIN_TITLE,
    NAMED,
    NAMED_TITLE,
    OTHERS,
    PLAIN_TITLE,
    TITLE,
    WHOSE,
    WIDE_TITLE,
)
from pipeline.layout import flow, rows
from pipeline.material import Claim
from pipeline.model import Sheet


def recognise(sheet: Sheet) -> list[Claim]:
    """By the title and by what such a paper must say: somebody, an employer, an income."""
    table = rows(without_watermark(sheet.lines))
    text = flow(table).text
    heads = [row.text.strip("《》-—一") for row in table[:8]]
    titled = any((TITLE.fullmatch(head) or NAMED_TITLE.fullmatch(head)) and "证明" in head for head in heads)
    wide = any(_is_wide_title(row.text) for row in table[:12])
    plain = any(PLAIN_TITLE.fullmatch(_bare(head)) for head in heads if head)
    says = [pattern.search(text) is not None for pattern in (WHOSE, INCOME, EMPLOYED)]
    says[0] = says[0] or ((titled or wide or plain) and NAMED.search(text) is not None)
    told = (wide or any(TITLE.fullmatch(head) or NAMED_TITLE.fullmatch(head) for head in heads)) and all(says)
    score = 0.5 if titled or told else 0.25 if TITLE.search(text) else 0.2 if plain else 0.0
    score += 0.2 if re.search("兹证明|兹有|特此证明|现证明|此证|证明如下|予以证明|情况属实", text) else 0.0
    score += 0.1 * sum(says) + (0.1 if all(says) else 0.0)
    above = [row.text for row in table[: 3 if titled else 6] if not _certifies(row.text)]
    if OTHERS.search("".join(above)):
        score -= 0.5
    return [Claim(min(1.0, score))] if score >= 0.5 else []


def _bare(head: str) -> str:
    """A heading without what another language and notes in brackets add, its number and its marks."""
    head = re.sub(r"[(（\[【](?!.*证明)[^()（）\[\]【】]*[)）\]】]", "", head)
    head = re.sub(r"^附[件表录]?[一二三四五六七八九十\d]*[-\d]*[:：、.]?", "", head)
    return re.sub(r"[A-Za-z/\s《》【】\[\]|:：]", "", head)


def _is_wide_title(head: str) -> bool:
    """Whether a heading is a title in a longer or another form, or in English alone."""
    bare = _bare(head)
    if not bare:
        return LATIN_TITLE.fullmatch(re.sub("[^A-Za-z]", "", head)) is not None
    return WIDE_TITLE.fullmatch(bare) is not None and OTHERS.search(bare) is None


def _certifies(head: str) -> bool:
    """Whether a heading names an income's certificate that tells of other things besides (收入及公积金缴存证明)."""
    return NAMED_TITLE.fullmatch(head) is not None and re.search("收入", head) is not None

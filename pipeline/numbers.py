"""Numbers that prove themselves, and single misread characters mended by their proof (findings.md, rule 2)."""

from __future__ import annotations

import re

from stdnum.cn import ric

from pipeline.model import Document, Field, Line
from pipeline.proof import Opinions, Readings, Suspect, agree, cell_of, held, mended, values_of, with_cells
from pipeline.text import squeeze

_GROUPS = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 "
    "土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 "
    "鄂伦春 赫哲 门巴 珞巴 基诺 穿青人"
)
ETHNICITIES = tuple(sorted(_GROUPS.split(), key=len, reverse=True))
"""The names of the ethnic groups as cards print them (GB/T 3304), longer ones first."""

LIKE_DIGITS = str.maketrans(
    {
        "O": "0",
        "o": "0",
        "D": "0",
        "l": "1",
        "I": "1",
        "|": "1",
        "Z": "2",
        "S": "5",
        "B": "8",
        "x": "X",
        "×": "X",
        "Ｘ": "X",
    }
)
"""Letters that stand for digits where only digits can be."""


def id_checks(number: str) -> bool:
    """Whether the 18th character is that of ISO 7064 MOD 11-2 over the first 17 (GB 11643)."""
    return bool(re.fullmatch(r"\d{17}[\dX]", number)) and str(ric.calc_check_digit(number)) == number[-1]


def id_plausible(number: str) -> bool:
    """Whether an 18-character number has a birth date of the calendar from 1900 on and a province that exists."""
    province = int(number[:2]) if number[:2].isdigit() else 0
    month, day = int(number[10:12]), int(number[12:14])
    born = 1900 <= int(number[6:10]) <= 2100 and 1 <= month <= 12 and 1 <= day <= 31
    return born and (11 <= province <= 65 or province in (71, 81, 82, 83) or number[0] == "9")


def mended_id_number(piece: Line) -> tuple[str | None, bool]:
    """The resident number that a piece of text prints, and whether a misread character of it was mended.

    A number that fails its check digit is mended where just one of the characters that the engine held possible
    makes it right; otherwise it is given as read, which a rule may then hold against the paper. None for a text that
    is no such number.
    """
    number = squeeze(piece.text).upper().translate(LIKE_DIGITS)
    if not re.fullmatch(r"\d{17}[\dX]|\d{15}|(?=.*\*)\d[\d*]{13,16}[\dX*]", number):
        return None, False
    if len(number) != 18 or "*" in number or id_checks(number):
        return number, False
    if len(squeeze(piece.text)) != len(piece.text):
        return number, False
    ways = set()
    for index, char, _ in piece.doubts:
        other = char.upper().translate(LIKE_DIGITS)
        if len(other) == 1 and (other.isdigit() or (other == "X" and index == 17)):
            tried = number[:index] + other + number[index + 1 :]
            if id_checks(tried) and id_plausible(tried):
                ways.add(tried)
    return (ways.pop(), True) if len(ways) == 1 else (number, False)


# ---------------------------------------------------------------- read again


def unproved_numbers(document: Document) -> list[Suspect]:
    """The resident numbers of a document, in its fields and its tables, that fail their check digit."""
    found = [Suspect("id_number")] if "id_number" in document.fields else []
    for table, rows in document.tables.items():
        found += [Suspect("id_number", table, row) for row, cells in enumerate(rows) if "id_number" in cells]
    return [suspect for suspect in found if _fails(str(cell_of(document, suspect).value))]


def numbers_read_again(document: Document, readings: Readings) -> Document:
    """The document with such numbers mended where just one reading makes them right, else held to a second reader."""
    numbers = {
        s: _number_read_again(cell_of(document, s), said)
        for s, said in readings.items()
        if s.name == "id_number"
    }
    return with_cells(document, numbers) if numbers else document


def _fails(number: str) -> bool:
    return re.fullmatch(r"\d{17}[\dX]", number) is not None and not id_checks(number)


def _number_read_again(cell: Field, opinions: Opinions) -> Field:
    """A number is mended by a whole reading, or by the characters in which a reading of its length differs, one by one."""
    own = str(cell.value)
    read = values_of(opinions, _resident_number)
    ways = {number for number in read if id_checks(number) and id_plausible(number)}
    for number in read:
        for i, (mine, other) in enumerate(zip(own, number, strict=True)):
            tried = own[:i] + other + own[i + 1 :]
            if mine != other and id_checks(tried) and id_plausible(tried):
                ways.add(tried)
    if len(ways) == 1:
        return mended(cell, ways.pop())
    return held(cell, not ways and agree(opinions, _resident_number, own))


def _resident_number(text: str) -> str | None:
    """The 18 characters at the end of a text: a label may stand before them, nothing after."""
    found = re.search(r"(\d{17}[\dX])$", squeeze(text).upper().translate(LIKE_DIGITS).rstrip(".,-"))
    return found[1] if found else None

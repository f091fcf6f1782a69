"""收入证明: running text with blanks, the bank's or the employer's form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from rapidfuzz.distance import Levenshtein

from extractors.income_words import mend, suspects
from pipeline.layout import MASKING, Reader, Row, find_labels, flow, rows
from pipeline.material import Claim, Material
from pipeline.model import Document, Line, Sheet
from pipeline.numbers import mended_id_number
from pipeline.record import Record, day_cell, money_cell, text_cell
from pipeline.text import (
    as_date,
    find_dates,
    money,
    parse_money,
    parse_month,
    parse_upper_amount,
    printed,
    printed_name,
)


class IncomeCertificate(Record):
    """What an employer certifies. `income_basis` is gross or net, absent where the paper does not say."""

    TYPE = "income_certificate"
    name = text_cell()
    id_number = text_cell()
    employer = text_cell()
    position = text_cell()
    employed_since = text_cell()
    monthly_income = money_cell()
    monthly_income_words = text_cell()
    annual_income = money_cell()
    income_basis = text_cell()
    issue_date = day_cell()
    contact_person = text_cell()
    contact_phone = text_cell()
    seal_company = text_cell()


CUES: dict[str, tuple[str, ...]] = {
    "name": (
        "兹证明", "兹有", "现证明", "特证明", "员工姓名", "职工姓名", "借款人姓名", "申请人姓名", "姓名", "我单位员工", "我公司员工", "我司员工",
        "本单位员工", "本公司员工", "我单位职工", "我公司职工", "本单位职工", "我院职工", "我校教职工", "我单位在职员工", "我公司在职员工", "我司在职员工",
        "本公司在职员工", "我公司正式员工", "我司正式员工", "我单位正式员工", "证明人姓名", "被证明人", "持证人", "当事人",
    ),
    "id_number": ("公民身份号码", "身份证号码", "身份证件号码", "身份证号", "证件号码", "身份证", "证件号"),
    "employer": (
        "单位名称", "单位全称", "公司名称", "公司全称", "企业名称", "工作单位", "证明单位", "出具单位", "单位公章", "公司公章", "单位盖章",
        "单位(公章)", "单位(盖章)", "单位(章)", "所在单位", "任职单位", "就职单位", "服务单位", "雇主", "用人单位名称", "开具单位", "出证单位", "单位", "单位名称(公章)", "单位名称(盖章)", "公司(盖章)", "公司(公章)", "(盖章)", "(公章)", "用人单位",
    ),
    "position": ("现担任职务", "担任职务", "现任职务", "工作岗位", "现任岗位", "任职岗位", "所任职务", "担任", "现任", "职务", "岗位", "职位", "职务名称", "从事"),
    "title": ("技术职称", "职称", "学历", "最高学历", "性别", "婚姻状况", "部门", "所在部门", "单位性质", "单位地址", "公司地址", "地址", "邮政编码", "邮编"),
    "employed_since": ("入职日期", "入职时间", "参加工作时间", "入职", "到岗日期", "起始工作时间", "到职日期", "到职时间", "进入本单位时间", "进单位时间", "任职时间", "任职起始", "聘用日期", "在职起始"),
    "contract": ("劳动合同期限", "合同期限", "合同期", "有效期"),
    "monthly_income": (
        "月均总收入", "月均收入总计", "月均收入", "月平均收入", "平均月收入", "每月收入", "每月税前收入", "每月税后收入", "月税前收入", "月税后收入",
        "税前月收入", "税后月收入", "月收入总计", "月总收入", "月收入", "月均工资收入", "月工资收入", "月工资", "月薪", "月均税前收入", "月均税后收入",
        "税前月均收入", "税后月均收入", "月均薪酬", "月应发工资", "每月工资",
        "平均每月收入", "每月平均收入", "月平均工资", "月均工资", "月度收入", "每月薪资", "月薪资", "每月薪酬", "月薪酬", "月均总额", "月收入水平",
        "每月税前工资", "每月税后工资", "税前月薪", "税后月薪", "月税前工资", "月税后工资", "每月应发工资", "每月实发工资", "月均报酬", "平均每月", "每月平均",
        "月平均税前收入", "月平均税后收入", "月均税前工资", "月均税后工资", "税前月工资", "税后月工资", "月收入(税前)", "月收入(税后)", "月均收入(税前)",
        "每月税前薪资", "每月税后薪资", "月均税前薪资", "月均税后薪资", "税前平均月收入", "税后平均月收入", "平均月薪", "月固定收入", "月均", "折合每月", "折合月", "月综合收入",
    ),
    "annual_income": ("年收入总计", "年总收入", "年均收入", "年收入", "年薪", "税前年收入", "税后年收入", "年度收入"),
    "part": ("其中工资收入", "工资收入", "奖金收入", "其他收入", "其中", "奖金", "津贴", "补贴"),
    "contact_person": (
        "人事联系人", "单位联系人", "联系人姓名", "联系人", "部门负责人", "负责人", "经办人姓名", "经办人", "填表人", "经手人", "核实人", "请联系", "请与", "联络人",
    ),
    "contact_phone": (
        "联系电话", "单位电话", "公司电话", "办公电话", "电话号码", "核实电话", "座机", "固定电话", "联系方式", "联络电话", "人事电话", "电话", "致电", "Tel", "TEL",
    ),
}  # fmt: skip
"""Phrases that introduce a value; those of `title`, `contract` and `part` only end the value before them."""
TITLE = re.compile(
    r"(?:个人|员工|职工|借款人|家庭|职业及|职业和|工作及|工作和|在职及|在职|工资|薪资|经济)*收入(?:情况)?证明(?:书|函)?"
)
PLAIN_TITLE = re.compile(r"(?:工作|在职|在岗|任职|薪资|薪酬|工资|职业)?证明(?:信|书|函)?")
NAMED_TITLE = re.compile(r".{0,12}(?:收入|工资|薪资|薪酬|月薪|待遇).{0,6}证明.{0,3}")
WHOSE = re.compile(r"身份证|证件号|\d{17}[\dX]")
INCOME = re.compile(r"月.{0,12}(?:收入|工资|薪)|年.{0,6}(?:收入|薪)|(?:收入|工资|薪).{0,8}月|月均")
EMPLOYED = re.compile(r"我单位|我公司|本单位|本公司|我司|我院|我校|员工|职工|任职|入职|职务|岗位")
"""What such a paper must say: whose it is, an income, an employment."""
OTHERS = re.compile(
    r"纳税记录|完税证明|对账单|交易明细|历史明细|存款证明|声明|结婚登记|买受人|工资条|工资单|工资表|缴存证明|缴费证明|参保|劳动合同$"
)
"""Words in the head of papers that also speak of somebody's income."""
_FORMS = (
    "有限责任公司|股份有限公司|有限公司|分公司|公司|集团|事务所|合伙企业|合作社|医院|卫生院|大学|学院|中学|小学|学校|幼儿园|研究院|研究所|设计院"
    "|银行|支行|委员会|管理局|税务局|公安局|教育局|局|中心|厂|矿|店|馆|院|所|站|社|部"
)
COMPANY = re.compile(
    rf"[\u4e00-\u9fff（）()A-Za-z·]{{2,40}}(?:{_FORMS})(?:[（(](?:特殊普通合伙|普通合伙|有限合伙|个人独资|集团)[）)])?"
)
"""The name of an employer: as long as it can be, up to the last word that ends such names."""
UPPER = re.compile(
    r"[零〇壹贰貳叁參肆伍陆陸柒捌玖拾佰仟万萬亿×Xx✕⊗]{1,}[零〇壹贰貳叁參肆伍陆陸柒捌玖拾佰仟万萬亿元圆角分×Xx✕⊗_]*[元圆][零壹贰貳叁參肆伍陆陸柒捌玖角分整正]*"
)
AMOUNT = re.compile(r"(?<![\d.])(\d{1,3}(?:[,，]\d{3})+(?:\.\d{1,2})?|\d+(?:\.\d{1,2})?)(万)?(?=元|整|\D|$)")
DATED = "日期|出具|开具|填表|签发|时间"
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金"
    "陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文施洪温安庞樊兰殷颜倪严牛陶季俞章鲁葛韦申尤毕聂焦向柳邢岳齐梅莫庄涂辛管祝"
    "左耿欧司上诸慕皇尉长令宇东南甘卫路包柯骆霍翟房关苗冉盛柴单纪艾裴丘冷詹席舒项曲凌费隋麦景时楼车褚古屈闵窦卓滕柏应宁蒲"
)
"""First characters of common surnames: asked for only where no label says that a name follows."""
ROLES = "员工|职工|教师|老师|教职工|医生|医师|护士|干部|工作人员|人员|职员|同事|成员|司机|经理|主任|工人|证明|兹有|现有|工程师|会计"
"""What somebody is called before his name."""
DEPARTMENT = re.compile(
    r"(?:人力资源|人事|劳资|财务|行政|综合|组织)[\u4e00-\u9fff]{0,4}?(?:部|处|科|中心|办公室)$"
)
NAME_END = r"(?=先生|女士|同志|[_,，。、（(;；:：/]|身份证|证件|公民|系|为|是|现|性别|于|自|在|男|女|$)"
TICKED, OPEN = "■☑√✓✔☒●▣◼×V", "□☐○◯◻口"


# ---------------------------------------------------------------- recognising


def recognise(sheet: Sheet) -> list[Claim]:
    """By the title and by what such a paper must say: somebody, an employer, an income."""
    table = rows(sheet.lines)
    text = flow(table).text
    heads = [row.text.strip("《》-—一") for row in table[:8]]
    titled = any(TITLE.fullmatch(head) or NAMED_TITLE.fullmatch(head) for head in heads)
    plain = any(PLAIN_TITLE.fullmatch(head) for head in heads)
    says = [pattern.search(text) is not None for pattern in (WHOSE, INCOME, EMPLOYED)]
    score = 0.5 if titled else 0.25 if TITLE.search(text) else 0.2 if plain else 0.0
    score += 0.2 if re.search("兹证明|兹有|特此证明|现证明|此证|证明如下|予以证明|情况属实", text) else 0.0
    score += 0.1 * sum(says) + (0.1 if all(says) else 0.0)
    if OTHERS.search("".join(row.text for row in table[: 3 if titled else 6])):
        score -= 0.5
    return [Claim(min(1.0, score))] if score >= 0.5 else []


# ---------------------------------------------------------------- reading


@cache
def _matcher() -> tuple[Any, Any]:
    """The cues as one spaCy PhraseMatcher over single characters; loaded at the first certificate."""
    import spacy
    from spacy.matcher import PhraseMatcher

    language = spacy.blank("zh")
    matcher = PhraseMatcher(language.vocab)
    for name, phrases in CUES.items():
        matcher.add(name, [language.make_doc(phrase) for phrase in phrases])
    return language, matcher


def prepare() -> None:
    """Loads spaCy and its matcher, more than a second, before the first certificate comes."""
    _matcher()


def cues(text: str) -> list[tuple[str, int, int]]:
    """(name, start, end) of the cues in a text, in order; of overlapping ones the longest counts. 主任职务 holds no 任职."""
    from spacy.util import filter_spans

    language, matcher = _matcher()
    doc = language.make_doc(text)
    spans = filter_spans(
        s for s in matcher(doc, as_spans=True) if not text.startswith("任职务", s.start_char)
    )
    return [(s.label_, s.start_char, s.end_char) for s in sorted(spans, key=lambda s: s.start_char)]


def extract(sheets: Sequence[Sheet]) -> list[Document]:
    """One certificate from its sheets; a second sheet adds what the first does not say."""
    documents = [_read(sheet) for sheet in sheets]
    first = documents[0]
    fields = {name: found for d in reversed(documents) for name, found in d.fields.items()}
    unread = tuple(u for d in documents for u in d.unread if u.name not in fields)
    pages = tuple(dict.fromkeys(p for d in documents for p in d.pages))
    return [Document(first.type, pages, 1.0, fields, {}, unread, first.notes)]


def _read(sheet: Sheet) -> Document:
    table = [row for row in rows(sheet.lines) if not MASKING.search(row.text)]
    text = flow(table)
    reader = Reader(sheet)
    found = cues(text.text)
    stretches = [
        (name, end, found[i + 1][1] if i + 1 < len(found) else len(text.text))
        for i, (name, _, end) in enumerate(found)
    ]
    _name(reader, text, stretches)
    _id_number(reader, text)
    _position(reader, text, stretches)
    _employed_since(reader, text, stretches)
    _income(reader, text, stretches)
    _basis(reader, text)
    _contact(reader, text, stretches)
    _employer(reader, table, text)
    _issue_date(reader, table)
    _seal(reader, sheet)
    sealed = bool(sheet.seals) if sheet.colour else None
    pages = ((sheet.file, sheet.page),)
    return Document(
        "income_certificate", pages, 1.0, reader.fields, {}, tuple(reader.unread), {"sealed": sealed}
    )


Stretches = Sequence[tuple[str, int, int]]


def _name(reader: Reader, text: Row, stretches: Stretches) -> None:
    pattern = re.compile(rf"[\s_:：为是]*([\u3400-\u9fff\U00020000-\U0003ffff·]{{2,16}}?){NAME_END}")
    for name, start, _ in stretches:
        found = pattern.match(text.text, start, _cell_end(text, start)) if name == "name" else None
        long = found is not None and len(found[1]) > 4 and "·" not in found[1]
        if found and long and (skip := _name_at_end(found[1])) is not None:
            name_at = found.start(1) + skip
            reader.put("name", text.cut(name_at, found.end(1)), printed_name(found[1][skip:]))
            return
        labelled = text.text[:start].endswith("姓名")
        if found and (labelled or not long) and _is_name(found[1], text.text[found.end() : found.end() + 6]):
            reader.put("name", text.cut(found.start(1), found.end(1)), printed_name(found[1]))
            return
    found = re.search(
        rf"(?:员工|职工|职员)(?=[{SURNAMES}])([\u3400-\u9fff]{{2,3}}|[\u3400-\u9fff]+·[\u3400-\u9fff·]+)(?=[,，（(]*(?:公民|居民)?(?:身份证|证件|[男女性]))",
        text.text,
    )
    if found:
        reader.put("name", text.cut(found.start(1), found.end(1)), printed_name(found[1]))
        return
    found = re.search(
        r"(?<![\u3400-\u9fff])([\u3400-\u9fff·]{2,5}?)(?:同志|先生|女士)(?!的电话|处|联系)",
        re.sub(
            "兹证明|证明|兹有|员工|职工|现有|我公司|我单位|我司|系", lambda m: "，" * len(m[0]), text.text
        ),
    )
    if found and not re.search("单位|公司|银行|联系|经理|尊敬", found[1]):
        reader.put("name", text.cut(found.start(1), found.end(1)), printed_name(found[1]))
        return
    found = re.search(r"([\u3400-\u9fff·]{2,16})[,，（(]?(?:公民|居民)?身份证", text.text)
    skip = _name_at_end(found[1]) if found else None
    if found and skip is not None:
        reader.put("name", text.cut(found.start(1) + skip, found.end(1)), printed_name(found[1][skip:]))


def _name_at_end(words: str) -> int | None:
    """Where a person's name begins at the end of a run of words (本校在职教师张三), None where that is not sure."""
    role = re.search(rf".*(?:{ROLES}|[是系为有])", words)
    start = role.end() if role else 0
    name = words[start:]
    if len(name) >= 2 and _is_name(name, "") and not re.search("附|持", name):
        return start
    ways = [n for n in (2, 3, 4) if len(words) >= n and words[-n] in SURNAMES]
    return len(words) - ways[0] if len(ways) == 1 and role is None and len(words) > 4 else None


def _cell_end(text: Row, start: int) -> int:
    """Where the piece of text ends in which a value after `start` begins; a single character at a row's end goes on."""
    begin = start
    while begin < len(text.text) - 1 and text.text[begin] in " _:：为是":
        begin += 1
    end = begin
    while end < len(text.text) and text.marks[end][0] == text.marks[begin][0]:
        end += 1
    return end if end - begin > 1 else len(text.text)


def _is_name(name: str, after: str) -> bool:
    """Whether a text that stands where a name may stand is one: by its first character, or by what follows it."""
    if re.search("单位|公司|员工|职工|本人|以下|下列|证明|银行|工作|部门|人员|情况|收入|同志", name):
        return False
    if "·" in name or (name[0] in SURNAMES and len(name) <= 4):
        return True
    return (
        re.match(r"[(（,，]?(?:先生|女士|同志|公民身份|居民身份|身份证|证件|性别|[男女][,，)）])", after)
        is not None
    )


def _id_number(reader: Reader, text: Row) -> None:
    for found in re.finditer(r"(?<![\dX*])[\dX*]{15}(?:[\dX*]{3})?(?![\dX*])", text.text.upper()):
        pieces = text.cut(found.start(), found.end())
        if len(pieces) == 1:
            number, inferred = mended_id_number(pieces[0])
        else:
            whole = Line(found[0], pieces[0].box, min(p.confidence for p in pieces))
            number, inferred = mended_id_number(whole)
        if number:
            reader.put("id_number", pieces, number, inferred=inferred)
            return


def _position(reader: Reader, text: Row, stretches: Stretches) -> None:
    for name, start, end in stretches:
        if name != "position":
            continue
        found = re.match(
            r"[\s_:：为是]*([\u4e00-\u9fffA-Za-z/·]{2,14}?)(?=职务|一职|工作|岗位|职位|之职|[,，。;；、（(_\d]|$)",
            text.text[start:end],
        )
        if found and found[1] not in ("职务", "岗位", "工作"):
            reader.put("position", text.cut(start + found.start(1), start + found.end(1)), printed(found[1]))
            return
    found = re.search(
        r"(?:单位|公司|我院|我校|我司|部门?|[,，。;；]|现|并)(?:担|就)?任([\u4e00-\u9fffA-Za-z]{2,12}?)(?=职务|一职|[,，。;；、])",
        text.text,
    )
    if found:
        reader.put("position", text.cut(found.start(1), found.end(1)), printed(found[1]))


def _employed_since(reader: Reader, text: Row, stretches: Stretches) -> None:
    """A date after 入职, or `自…起 / 至今 在我单位`; the term of the labour contract is none of it."""
    spans = [(s, e) for n, s, e in stretches if n == "employed_since"]
    barred = [(s, s + 40) for n, s, _ in stretches if n == "contract"]
    for found in re.finditer(r"(?:自|从|于)(.{6,14}?)(?:起|至今|开始|到现在|以来|入职|进入)", text.text):
        if not any(s <= found.start() <= e for s, e in barred):
            spans.append((found.start(1), found.end(1)))
    for found in re.finditer(
        r"(?:19|20)\d{2}年\d{1,2}月(?:\d{1,2}日)?(?=起|至今|开始|入职|加入|进入|到我|到本|来我|来本|在我|在本|参加)",
        text.text,
    ):
        if not any(s <= found.start() <= e for s, e in barred):
            spans.append((found.start(), found.end()))
    for start, end in spans:
        part = text.text[start:end]
        dates = find_dates(part)
        value = dates[0][0] if dates else parse_month(part)
        if value:
            first = re.search(r"\d{4}|[一二三四五六七八九〇○零]{4}", part)
            last = start + (dates[0][2] if dates else len(re.split(r"[月,，。起至]", part)[0]) + 1)
            reader.put(
                "employed_since", text.cut(start + (first.start() if first else 0), min(last, end)), value
            )
            return


def _income(reader: Reader, text: Row, stretches: Stretches) -> None:
    for name in ("monthly_income", "annual_income"):
        for kind, start, _ in stretches:
            if kind != name:
                continue
            stop = _sentence_end(
                text.text,
                start,
                [
                    s
                    for s in stretches
                    if s[0] in ("monthly_income", "annual_income", "part", "contact_phone")
                ],
            )
            _amounts(reader, text, name, start, stop)
            if name in reader.fields:
                break
    if "monthly_income" not in reader.fields and "annual_income" not in reader.fields:
        words = "收入|工资|薪酬|薪资|报酬|薪"
        found = re.search(
            rf"(?<!个)月[^年。]{{0,14}}?(?:{words})(?!.{{0,4}}(?:总额|累计|共计|合计))|(?:{words})[^年。]{{0,6}}?每?月",
            text.text,
        )
        if found:
            _amounts(
                reader, text, "monthly_income", found.end(), _sentence_end(text.text, found.end(), stretches)
            )
    if "monthly_income_words" not in reader.fields:
        for found in UPPER.finditer(text.text):
            if len(found[0]) >= 4 and "annual_income" not in reader.fields:
                _words(reader, text, found.start(), found.end())
                break


def _sentence_end(text: str, start: int, others: Stretches) -> int:
    """Where what is said of an amount ends: at the next cue of another amount, or two full stops on."""
    after = [s - 2 for _, s, _ in others if s > start + 2]
    return min([start + 90, *after, len(text)])


def _amounts(reader: Reader, text: Row, name: str, start: int, stop: int) -> None:
    part = text.text[start:stop]
    if re.match(r".{0,3}(?:总额|累计|共计)", part) and name == "monthly_income":
        return
    upper = next(
        (m for m in UPPER.finditer(part) if len(m[0]) >= 3 and parse_upper_amount(m[0]) is not None), None
    )
    if upper and name == "monthly_income":
        _words(reader, text, start + upper.start(), start + upper.end())
    figures = [
        m
        for m in AMOUNT.finditer(part)
        if part[m.end() : m.end() + 1] not in ("年", "月", "日", "%", "个", "次", "、")
    ]
    small = re.search("小写|¥", part)
    if small:
        figures = [m for m in figures if m.start() >= small.start()] or figures
    for m in figures:
        value = parse_money(m[1].replace("，", ","))
        if value is None or (value < 100 and not m[2]):
            continue
        value = value * 10_000 if m[2] else value
        reader.put(name, text.cut(start + m.start(), start + m.end()), money(Decimal(value)))
        return


def _words(reader: Reader, text: Row, start: int, end: int) -> None:
    pieces = text.cut(start, end)
    shown = re.sub(r"[\s_＿]", "", "".join(p.text for p in pieces))
    reader.put("monthly_income_words", pieces, shown if parse_upper_amount(shown) is not None else None)


def _basis(reader: Reader, text: Row) -> None:
    """税前 or 税后: the only one that is printed, or the one that is ticked."""
    spots = [(m.start(), m.end(), m[0]) for m in re.finditer("税前|税后", text.text)]
    kinds = {word for _, _, word in spots}
    marks = _marks(text.text, spots)
    between = text.text[spots[0][1] : spots[1][0]] if len(spots) == 2 else ""
    if len(kinds) == 2 and between in tuple(OPEN) and sorted(marks) == ["none", "open"]:
        _unseen_tick(reader, text, spots[0], spots[1])
        return
    chosen = spots[:1] if len(kinds) == 1 else []
    if len(kinds) == 2:
        marked = [s for s, mark in zip(spots, marks, strict=True) if mark == "ticked"]
        free = [s for s, mark in zip(spots, marks, strict=True) if mark == "open"]
        if len({s[2] for s in marked}) == 1:
            chosen = marked[:1]
        elif not marked and len({s[2] for s in free}) == 1:
            chosen = [s for s in spots if s[2] != free[0][2]][:1]
            chosen = chosen if re.search(rf"[{TICKED}]", text.text) else []
    elif chosen and marks[0] == "open":
        chosen = []
    for start, end, word in chosen:
        reader.put("income_basis", text.cut(start, end), "gross" if word == "税前" else "net")


def _unseen_tick(reader: Reader, text: Row, one: tuple[int, int, str], two: tuple[int, int, str]) -> None:
    """`(税前□税后)` where the place of a second box is wide enough for one: engines pass over filled boxes. The wide
    place tells on which side of the words the boxes stand; the word of the unseen one is given with doubt."""
    first = _wide(text, one[0] - 1, one[1])
    last = _wide(text, two[0], two[1] + 1)
    if first == last:
        return
    start, end, word = one if first else two
    pieces = [replace(piece, confidence=min(piece.confidence, 0.9)) for piece in text.cut(start, end)]
    reader.put("income_basis", pieces, "gross" if word == "税前" else "net")


def _wide(text: Row, start: int, end: int) -> bool:
    """Whether the characters from `start` to before `end` take more than half a character more room than usual."""
    if start < 0 or end > len(text.text) or len({text.marks[i][0] for i in range(start, end)}) > 1:
        return False
    line = text.lines[text.marks[start][0]]
    pitch = sorted(line.edge(i + 1) - line.edge(i) for i in range(len(line.text)))[len(line.text) // 2]
    return text.x(end - 1) - text.x(start) > (end - 1 - start + 0.6) * pitch


def _marks(text: str, spots: Sequence[tuple[int, int, str]]) -> list[str]:
    """What the box of each word is: ticked, open, none. Boxes stand before their words where the first one does."""
    around = [(text[max(0, start - 1) : start], text[end : end + 1]) for start, end, _ in spots]
    boxed = [pair for pair in around if _box(pair[0]) != "none" or _box(pair[1]) != "none"]
    side = 0 if boxed and _box(boxed[0][0]) != "none" else 1
    return [_box(pair[side]) for pair in around]


def _box(char: str) -> str:
    return "none" if not char else "ticked" if char in TICKED else "open" if char in OPEN else "none"


def _row_end(text: Row, start: int) -> int:
    """Where the printed row of the character before `start` ends in the running text."""
    before = text.lines[text.marks[max(0, start - 1)][0]]
    for index in range(start, len(text.text)):
        if text.lines[text.marks[index][0]].middle[1] > before.box[3]:
            return index
    return len(text.text)


def _contact(reader: Reader, text: Row, stretches: Stretches) -> None:
    for name, start, end in stretches:
        part = text.text[start : min(end, _row_end(text, start))]
        if name == "contact_person":
            found = re.match(
                r"[\s_:：(（签字章)）]*([\u3400-\u9fff·]{2,6}?)(?=先生|女士|[,，。;；_\d（(]|$)", part
            )
            if found and not re.search("电话|单位|公司|部门|日期", found[1]):
                reader.put(
                    "contact_person",
                    text.cut(start + found.start(1), start + found.end(1)),
                    printed_name(found[1]),
                )
        elif name == "contact_phone":
            found = re.match(
                r"[\s_:：]*((?:0\d{2,3}[-—－ ]?)?\d{7,8}(?:-\d{1,5})?|1\d{10}|400-?\d{3}-?\d{4})(?!\d)", part
            )
            if found:
                reader.put("contact_phone", text.cut(start + found.start(1), start + found.end(1)), found[1])
    if "contact_person" not in reader.fields:
        found = re.search(
            rf"(?:人力资源部|人事部|财务部|综合部|行政部|劳资科|人事科|办公室)[:：]?(?=[{SURNAMES}])([\u3400-\u9fff]{{2,3}})(?=[,，。（(;；]|电|先生|女士|\d|$)",
            text.text,
        )
        if found:
            reader.put("contact_person", text.cut(found.start(1), found.end(1)), printed_name(found[1]))


def _employer(reader: Reader, table: Sequence[Row], text: Row) -> None:
    """By its label, else the last row that is a company's name, else whose employee the text says somebody is."""
    for label in find_labels(table, {"employer": CUES["employer"]}):
        after = table[label.index + 1 : label.index + 2]
        for row in (label.row, flow([label.row, *after])):
            at = re.compile(r"[\s_:：()（）盖公章]*").match(row.text, label.end)
            company = COMPANY.match(row.text, at.end() if at else label.end)
            if company and _is_company(company[0]):
                _put_company(reader, row, company.start(), company.end())
                return
    lower = [row for row in table if row.top > table[len(table) // 3].top] if table else []
    for row in reversed(lower):
        company = COMPANY.search(row.text)
        if company and len(company[0]) >= 0.6 * len(re.sub(r"\W", "", row.text)) and _is_company(company[0]):
            _put_company(reader, row, company.start(), company.end())
            return
    for row in table[:3]:
        company = COMPANY.fullmatch(row.text)
        if company and _is_company(company[0]) and not TITLE.search(company[0]):
            _put_company(reader, row, company.start(), company.end())
            return
    company = re.search(
        rf"(?:系|是|为|在)([^系是为在,，。]{{2,40}}?(?:{_FORMS}))(?:的|正式|在职|员工|职工|工作)", text.text
    )
    if company and _is_company(company[1]):
        _put_company(reader, text, company.start(1), company.end(1))


def _is_company(text: str) -> bool:
    text = DEPARTMENT.sub("", text)
    return len(text) >= 4 and not re.search(
        r"贵行|我单位|本单位|我公司|本公司|兹|证明|盖章|银行.{0,6}[支分]行$", text
    )


def _put_company(reader: Reader, row: Row, start: int, end: int) -> None:
    office = DEPARTMENT.search(row.text[start:end])
    pieces = row.cut(start, start + office.start() if office else end)
    reader.put("employer", pieces, printed("".join(p.text for p in pieces)).replace(" ", ""))


def _issue_date(reader: Reader, table: Sequence[Row]) -> None:
    """The last date of the paper that stands in a row of little else."""
    for row in reversed(table):
        for value, start, end in reversed([*find_dates(row.text), *_under_a_seal(row.text)]):
            rest = re.sub(rf"\W|{DATED}|年月日|盖章|公章|单位", "", row.text[:start] + row.text[end:])
            if len(rest) <= 12:
                reader.put("issue_date", row.cut(start, end), value)
                return


def _under_a_seal(text: str) -> list[tuple[str, int, int]]:
    """A date after its label that has lost one of its two marks: 202610-28, 2026-1028."""
    found = re.search(rf"(?:{DATED})[:：_]*((20\d\d)[-./]?(\d\d)[-./]?(\d\d))(?!\d)", text)
    if found is None or len(found[1]) != 9 or as_date("-".join(found.groups()[1:])) is None:
        return []
    return [("-".join(found.groups()[1:]), found.start(1), found.end(1))]


def _seal(reader: Reader, sheet: Sheet) -> None:
    """The company on the arc of a seal. Curved letters mislead an engine that is sure of itself: a name that differs from
    the printed employer in one character alone is given with doubt."""
    for line in sheet.lines:
        company = COMPANY.search(printed(line.text).replace(" ", "")) if line.kind == "seal" else None
        if company and len(company[0]) >= 6:
            employer = reader.fields.get("employer")
            apart = 0 if employer is None else Levenshtein.distance(company[0], str(employer.value))
            sure = min(line.confidence, 0.9) if apart == 1 else line.confidence
            reader.put("seal_company", [replace(line, confidence=sure)], company[0])
            reader.unread = [u for u in reader.unread if u.name != "seal_company"]
            return


MATERIAL = Material(
    type="income_certificate",
    title="收入证明",
    english="income certificate",
    fields=(
        "name", "id_number", "employer", "position", "employed_since", "monthly_income", "monthly_income_words",
        "annual_income", "income_basis", "issue_date", "contact_person", "contact_phone", "seal_company",
    ),
    recognise=recognise,
    extract=extract,
    suspects=suspects,
    mend=mend,
    prepare=prepare,
    most_lines=200,
    required=("name", "employer", "monthly_income", "issue_date"),
)  # fmt: skip

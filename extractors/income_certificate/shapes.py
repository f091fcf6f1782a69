"""What a person's name, a position, a telephone, an employer's name look like, and that none of them is a label."""

from __future__ import annotations

import re

from extractors.income_certificate.cells import is_label
from extractors.income_certificate.labels import COMPANY, DEPARTMENT, FORMS, PART, SURNAMES, UNIT

HAN = "\u3400-\u9fff\U00020000-\U0003ffff"
NO_NAME = re.compile(
    "[我本](?:单位|公司|司|院|校|厂|行|局|所)|单位|公司|员工|职工|本人|以下|上述|下列|该|证明|银行|工作|部门|人员|情况|收入|同志|先生|女士|日期|电话|盖章|签字|签章|公章|姓名|身份|号码|职务|岗位"
    "|联系|联络|核实|核验|核查|查证|查验|验证|咨询|查询|致电|编号|男女|出生|性别|工资|人事|财务|行政|综合|有效|主管|经理|正式|在职|负责|经办|兹有|特此|贷款|申请|借款"
)
PHONE = re.compile(
    r"1\d{10}(?!\d)|(?:\(?0\d{2,3}\)?[-—－ ]?)?\d{7,8}(?:[-转]\d{1,5})?(?!\d)|[48]00-?\d{3,4}-?\d{3,4}(?!\d)"
)
NO_POST = re.compile(
    "收入|工资|薪|单位|公司|员工|职工|证明|身份|号码|姓名|兹|特此|工作人员|期间|以来|年限|属实|人民币|元|部门(?!经理|主管|主任|总监|负责人)|日期|联系|电话|签字|盖章|性别"
)
POST_END = re.compile(
    r"(?:员|师|长|理|监|管|任|工|手|匠|人|官|警|兵|士|生|裁|总|授|记|计|纳|秘|书|董事|监事|干事|理事|参事|领事|执事|助|顾问|代表|教练|教授|司机|研究|开发|销售"
    r"|运营|行政|人事|客服|财务|保安|保洁|厨师|技术|设计|策划|采购|质检|测试|产品|架构|算法|编辑|记者|主播|导购|督导|文秘|文职|运维|前台|法务|审计|市场"
    r"|推广|分析|维修|施工|物流|跟单|外贸|后勤|内勤|外勤|骑手|技师|[A-Za-z])(?:[(（][\u4e00-\u9fffA-Za-z]{1,6}[)）])?$"
)
"""How nearly all names of positions end."""
NO_COMPANY = re.compile(
    r"贵行|性质|[我本该此]单位|[我本该此]公司|我司|兹|证明|盖章|公章|承诺|以上|以下|真实|负责|责任|用于|办理|专用章|意见|如有|所填|填写|属实|单位名称|公司名称"
)
"""Words of sentences and labels, which no employer's name holds."""
NO_OFFICE = re.compile(
    r"内容|法律|地址|性质|信息|情况|联系|电话|收入|工资|职务|岗位|系统|生成|核验|扫描|任职|就职|加入|入职|工作|[的了在于与]|网站|人事|财务|人力"
)
"""Words that no name holds which ends as many words do (所, 部, 中心)."""
SIGNS = re.compile(r"(?:部|处|科|室|组|车间|所|站|社|店|馆|局|院|中心|厂|矿)$")
"""Ends that many words have: a name with such an end must be long to be an employer's."""
PARTNERS = "普通合伙|特殊普通合伙|有限合伙|个人独资|集团"


def is_person(name: str, *, labelled: bool = False) -> bool:
    """Whether a text is a person's name: 2 to 4 characters the first of which is a surname, or parts with a dot between;
    under a label any 2 to 8 characters that say nothing else."""
    if NO_NAME.search(name) or is_label(name):
        return False
    if "·" in name:
        return bool(re.fullmatch(rf"[{HAN}]+(?:·[{HAN}]+)+", name)) and len(name) <= 24
    return bool(re.fullmatch(rf"[{HAN}]{{2,{8 if labelled else 4}}}", name)) and (
        labelled or name[0] in SURNAMES
    )


def is_post(words: str) -> bool:
    """Whether a text can name a position at all."""
    plain = 2 <= len(words) <= 16 and bool(re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9/·()（）、&.-]+", words))
    return (
        plain
        and not NO_POST.search(words)
        and not is_label(words)
        and bool(re.search(r"[\u4e00-\u9fff]{2}|[A-Z]{2}", words))
    )


def post_in(words: str) -> tuple[int, int]:
    """Where a position stands in what is said of it: behind the department that it is in, before a 岗."""
    begin = max((m.end() for m in UNIT.finditer(words) if len(words) - m.end() >= 2), default=0)
    begin += len(words[begin:]) - len(words[begin:].lstrip("的"))
    tail = re.search(r"(?<=[\u4e00-\u9fff]{2})岗$", words[begin:])
    return begin, begin + tail.start() if tail else len(words)


def is_company(name: str) -> bool:
    """Whether a text that has the form of an employer's name is one: no words of a sentence, long enough for its end."""
    bare = DEPARTMENT.sub("", name)
    weak = SIGNS.search(bare) is not None and not re.search("(?:医院|学院|法院|检察院|卫生院)$", bare)
    if len(bare) < (6 if weak else 4) or (len(bare) <= 5 and PART.search(bare)):
        return False
    if not whole_brackets(name) or re.search("公司.*(?<!分)(?<!子)公司$", name):
        return False
    said = re.sub(rf"(?:{FORMS})(?:[（(](?:{PARTNERS})[)）])?$", "", bare)
    return not NO_COMPANY.search(said) and not (weak and NO_OFFICE.search(said))


def whole_brackets(name: str) -> bool:
    """Whether every bracket of a name has its other half: a seal's ink swallows single ones, and letters with them."""
    return not re.search(r"[()（）]", re.sub(r"[(（][^()（）]+[)）]", "", name))


def company_of(text: str) -> str | None:
    """The employer's name that a text is, whole; None for any other text."""
    found = COMPANY.fullmatch(text)
    return text if found and is_company(text) else None

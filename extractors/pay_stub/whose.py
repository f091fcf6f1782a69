"""Whose slip it is, where no label says it: companies, names and months in titles and in lines without a label."""

from __future__ import annotations

import re

from extractors.pay_stub.labels import TITLE
from pipeline.model import Line

COMPANY = re.compile(
    r"(?:[\u4e00-\u9fff]|[（(][\u4e00-\u9fff]{2,8}[）)]|[A-Za-z0-9·&]){3,40}?(?:有限责任公司|股份有限公司|有限公司|分公司|公司|集团|事务所|合伙企业|合作社"
    r"|医院|卫生院|大学|学院|中学|小学|学校|幼儿园|研究院|研究所|设计院|银行|支行|委员会|管理局|局|中心|厂|店|馆|院|所|站)"
    r"(?:[（(](?:[\u4e00-\u9fff]{2,10})[）)])?(?:[\u4e00-\u9fff]{2,12}(?:分公司|支行|分行|分院|分店|分所|分部))?"
)
ENGLISH_COMPANY = re.compile(
    r"[A-Z][A-Za-z&.-]*(?: [A-Z&(][A-Za-z&.()-]*)* (?:Co\.?,? ?Ltd\.?|Company Limited|Limited|Inc\.?|Corporation|LLC)"
)
NO_COMPANY = re.compile(
    r"合计|工资|薪|部门|本公司|我公司|账号|^(?!.{1,6}[省市县区州盟旗]).*中心$|机密|保密|有限公司.*有限公司|人力(?!.*公司)|财务部|专项|生成|打印|导出|查询|布局|\.xls|Sheet"
)
BARE_NAME = re.compile(
    r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}|[\u3400-\u9fff]{2,8}(?:·[\u3400-\u9fff]{2,10})+"
)
OF_TITLE = re.compile("(?<=.{4})(?:个人|员工|职工|教职工|人员|教师|全员|在编|在职|年度|月度|月份)+$")
"""Words between a company's name and a title that belong to the title."""
DESK = re.compile(r"(?:人力资源|人事|财务|行政|薪酬|综合管理)(?:部|中心|处|科|行政部)?")
"""What may follow a company's name under a letter."""
NAME = re.compile(
    r"[\u3400-\u9fff\U00020000-\U0003ffff][\u3400-\u9fff\U00020000-\U0003ffff·*＊]{1,14}|[A-Za-z]+(?: [A-Za-z]+){1,3}"
)
NO_NAME = re.compile(r"[部组科处室店队课线班厂区司院局中心岗员]$|工资|薪|奖|明细|本月|查看|确认|您好")
"""Ends and words of short texts beside a company's name that are nobody's name."""
GROUP = re.compile("[部组人员工师队班厂店管职全月年本各]")
"""Characters of words before a title that name many."""
UNTOLD = 0.9
"""The most that a name without a label, or a common surname, is worth."""
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公岳帅缑亢况郈有琴归海晋楚闫法汝鄢涂钦商牟佘佴伯赏墨哈谯笪年爱阳佟肖覃粟昂付代仝苑冼芦麦亓"
)
"""First characters of family names: what stands without a label beside the company's name is a person's only with one of them."""
DOUBLE = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "夏侯",
        "端木",
        "独孤",
        "南宫",
        "长孙",
        "宇文",
        "轩辕",
        "钟离",
        "闻人",
        "澹台",
        "公冶",
        "濮阳",
        "淳于",
        "单于",
        "太叔",
        "申屠",
        "呼延",
        "赫连",
        "万俟",
        "西门",
        "百里",
        "东郭",
        "拓跋",
        "鲜于",
    ]
)
"""Family names of two characters."""
GREETING = re.compile(
    r"(?:尊敬的|亲爱的|致|dear)?\s*([\u3400-\u9fff·]{2,6}?)\s*(?:先生|女士|同志|同事|老师)?\s*(?:[,，:：!！]?\s*(?:您好|你好)|[,，:：!！]\s*$)",
    re.I,
)


def name_in_title(text: str) -> tuple[int, int, bool] | None:
    """Where a title names a person (张三的工资条, 工资条 - 张三, 张三工资条), and whether it is surely one: words before
    a title may be anything."""
    found = re.search(r"(?:^|[\s（(—–-])([\u3400-\u9fff·]{2,4})的?(?=[）)\s]*$|\s+(?:19|20)\d\d|的)", text)
    if (
        found
        and found[1][0] in SURNAMES
        and not any(p.search(found[1]) for p in (TITLE, NO_COMPANY, COMPANY))
    ):
        return found.start(1), found.end(1), True
    whole = re.fullmatch(r"\s*([\u3400-\u9fff]{2,8}(?:·[\u3400-\u9fff]{2,10})+)\s*", text)
    if whole and not TITLE.search(text):
        return whole.start(1), whole.end(1), True
    behind = re.search(r"[）)]\s*([\u3400-\u9fff]{2,4})\s*$", text)
    if (
        behind
        and behind[1][0] in SURNAMES
        and not NO_NAME.search(behind[1])
        and TITLE.search(text[: behind.start()])
    ):
        return behind.start(1), behind.end(1), True
    title = TITLE.search(text)
    double = re.fullmatch(r"\s*([\u3400-\u9fff]{3,4})的?\s*", text[: title.start()]) if title else None
    if double and double[1][:2] in DOUBLE and not NO_NAME.search(double[1]):
        return double.start(1), double.end(1), False
    front = re.fullmatch(r"\s*([\u3400-\u9fff]{2,3})\s*", text[: title.start()]) if title else None
    if front and front[1][0] in SURNAMES and not GROUP.search(front[1]) and not NO_NAME.search(front[1]):
        return front.start(1), front.end(1), False
    return None


def before(line: Line, other: Line) -> bool:
    """Whether a line stands before another in one printed line."""
    return line.box[2] <= other.box[0] + 0.5 * line.height and (
        abs(line.middle[1] - other.middle[1]) < 0.4 * line.height
    )


def month_spot(text: str) -> tuple[int, int] | None:
    """Where a text names its month."""
    found = re.search(
        r"(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*月?份?|(?:19|20)\d{4}(?!\d)|(?:\d{1,2}|十[一二]?|[一二三四五六七八九])\s*月份?|[一二〇○零]{4}年[一二三四五六七八九十]{1,3}月"
        r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[. ,'-]*(?:19|20)?\d{2}", text, re.I,
    )  # fmt: skip
    return (found.start(), found.end()) if found else None


def companies(text: str) -> list[tuple[int, int]]:
    """Where a title or a line without a label names a company: from its beginning, or after a blank, to the company's end."""
    title, spot = TITLE.search(text), month_spot(text)
    if spot is None and (found := re.search(r"(?:19|20)\d\d年?", text)):
        spot = (found.start(), found.end())
    start, stop = 0, title.start() if title else len(text)
    if spot and spot[0] > 3:
        stop = min(stop, spot[0])
    elif spot and spot[1] < stop:
        start = spot[1]
    western = ENGLISH_COMPANY.search(text[start:stop])
    if western:
        return [(start + western.start(), start + western.end())]
    for piece in re.finditer(r"[^\s:：|—–_/]+", text[start:stop]):
        word = OF_TITLE.sub("", piece[0].strip("《》“”\"'-"))
        found = COMPANY.fullmatch(word) or COMPANY.match(word)
        if (
            found
            and (len(found[0]) >= 0.75 * len(word) or DESK.fullmatch(word[len(found[0]) :]))
            and len(found[0]) >= 4
            and not NO_COMPANY.search(found[0])
        ):
            at = start + piece.start() + piece[0].index(found[0])
            return [(at, at + len(found[0]))]
    return []

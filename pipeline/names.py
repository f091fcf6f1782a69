"""What a person's name can be: one that begins with no surname was more likely misread than borne."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import SURE, Document, Field, Row
from pipeline.proof import DOUBTED

SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁"
    "杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚"
    "程嵇邢滑裴陆荣翁荀羊於惠甄麴家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙"
    "叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿通边扈燕冀郏浦尚农温"
    "别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾"
    "毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公仉督岳帅缑亢况郈有琴归海晋楚闫法汝鄢涂钦商牟佘佴伯赏墨哈谯笪年爱阳佟言福肖佀冼苑战"
    "付仝代兰初修信侬保候傲储兀冀冒军冶凃凡刑初力劲勤化占卢厚原叶各同吾呼咎哀员呙哲唐善喇四图圣坚垄城塔增墙多太央头奉好妥姑娜孛字存宝"
    "官寸尔展岩岱峗崇嵩巨布希帖师幺庆库底开延张彦律忻忽恩悦惠戢扎才折招敬斯旷昂明是普智暨曲曼木来杞析林枚果枝柱栗校格桐梦植楼樵次欣款"
    "母毓汉池沐泥泮洛洪浮涂淡清渠温溥潭火烟炊热熊爨牙犹狐独玄玉珠理琚瑞璐甫由甲畅登皇盈盍睢知矫研礼祢秘移税稽立竹笃符练终维绳绪罕羽老"
    "者耐肇胖腾臧自至良色芦花苟英茆荘莎菅萨营葱蒿蔄蔚薛藏虎蚁衣衷裔覃觉言訾诗诺谌谟豆豹贝贠贡赫起足辉辜辽达迟逮逢遇道邝那郇郄郐郏郸鄞里"
    "野针钞铁铎银锁镡长问闪闭阿陀陇隋随雒雪零雪霜青静鞏韧顿颉风飞首香骞高魁鲜鹿黑默齐龚亓仡俎卿厦厍喬娄宛尉岐庹廉楊檀"
)
"""Single-character surnames: the Hundred Family Surnames in simplified form and those of the census beside them."""
DOUBLE = frozenset(
    ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "司空", "夏侯", "南宫", "端木", "独孤", "长孙",
     "宇文", "轩辕", "呼延", "闻人", "淳于", "申屠", "太史", "钟离", "百里", "东郭", "西门", "拓跋", "赫连", "澹台", "濮阳", "单于", "公冶",
     "宗政", "太叔", "仲孙", "鲜于", "闾丘", "司寇", "颛孙", "万俟", "第五", "梁丘", "左丘", "东门", "谷梁", "乐正", "漆雕", "壤驷", "公良",
     "夹谷", "宰父", "段干", "呼延", "亓官", "巫马", "公西", "羊舌", "微生", "纳兰", "完颜", "叶赫")
)  # fmt: skip
NAMES = frozenset(("name", "holder", "head_name", "account_holder", "contact_person", "spouse_name"))
"""The fields and columns that hold a person's name."""
SHORT = (2, 3)
"""Names of so many characters begin with a surname; longer ones may be of peoples who have none."""


def plausible(name: str) -> bool:
    """Whether a name begins as one can: with a surname, where it is short enough and Chinese throughout."""
    if len(name) not in SHORT or not all("\u3400" <= char <= "\u9fff" for char in name):
        return True
    return name[0] in SURNAMES or name[:2] in DOUBLE


def doubted(document: Document) -> Document:
    """The document with names that no one can bear held as doubtful where a picture was read: they accuse nobody."""
    fields = {name: _held(name, cell) for name, cell in document.fields.items()}
    tables = {
        table: [{name: _held(name, cell) for name, cell in row.items()} for row in rows]
        if _named(rows)
        else rows
        for table, rows in document.tables.items()
    }
    return replace(document, fields=fields, tables=tables)


def _named(rows: Sequence[Row]) -> bool:
    return any(NAMES & row.keys() for row in rows)


def _held(name: str, cell: Field) -> Field:
    if name not in NAMES or not SURE <= cell.confidence < 1.0 or plausible(str(cell.value)):
        return cell
    return replace(cell, confidence=DOUBTED)

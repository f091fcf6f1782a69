"""The words of a marriage certificate: labels, numbers, laws, registries."""

from __future__ import annotations

import re

LABELS = {
    "holder": ("持证人姓名", "持证人", "持有人", "证件持有人", "证照持有人", "持证者"),
    "registration_date": (
        "结婚登记日期",
        "婚姻登记日期",
        "登记日期",
        "登记时间",
        "发证日期",
        "发证时间",
        "结婚日期",
        "颁证日期",
        "办理日期",
    ),
    "certificate_number": (
        "结婚证字号",
        "结婚证编号",
        "结婚证号码",
        "结婚证号",
        "结婚证书号",
        "证件字号",
        "婚证字号",
        "证书字号",
        "证书编号",
        "证照编号",
        "字号",
    ),
    "authority": ("婚姻登记机关", "登记机关", "发证机关", "颁发机构", "发证单位", "颁证机关", "登记机构"),
    "registrar": ("婚姻登记员", "登记员"),
    "note": ("备注", "附注"),
}
PERSON = {
    "name": ("男方姓名", "女方姓名", "丈夫姓名", "妻子姓名", "姓名"),
    "sex": ("性别", "性別"),
    "nationality": ("国籍(地区)", "国籍", "國籍"),
    "birth_date": ("出生日期", "出生年月日", "出生年月", "出生时间", "出生", "生日"),
    "id_number": (
        "身份证件号码", "身份证件号", "身份证件编号", "居民身份证号码", "居民身份证号", "身份证编号", "身份证号码", "公民身份号码", "公民身份证号码",
        "身份证号", "证件号码", "证件编号", "证件号", "身份证",
    ),
    "other": ("民族", "证件类型", "文化程度", "职业", "住址", "婚姻状况", "年龄", "籍贯", "户籍地"),
}  # fmt: skip
"""What the persons page prints of each; `other` only ends the value before it."""
LABEL_WORDS = re.compile(
    "持证|持有|登记|日期|时间|字号|编号|机关|机构|备注|附注|姓名|性[别別]|[国國]籍|出生|身份|证件|号码|民族|住址|职业|年龄|户籍|籍贯|结婚|婚姻|证书"
)
"""Words of labels and titles, which no name of a person holds: a value that is one is none."""
NUMBER = re.compile(r"(?<![A-Z\d])(B?[JLI1]\d{6}[-一—－]?(?:19|20)\d{2}[-一—－]?\d{6})(?!\d)")
LEGACY_NUMBER = re.compile(
    r"[\u4e00-\u9fff〔〕（()）\[\]\d]{0,12}字第?[〔（(\[]?\d[^号\s]{0,16}号?|[〔（(\[]?\d{4}[〕）)\]]?[\u4e00-\u9fff]{1,8}第?\d{2,}号"
)
LEGACY_ALONE = re.compile(
    r"(?:结婚证|字号|编号|No\.?)?[:：]?([(（〔\[]?(?:\d{2,4}[)）〕\]]?)?[\u4e00-\u9fff]{1,10}(?:[(（〔\[]\d{2,4}[)）〕\]])?字[(（〔\[]?(?:\d{2,4}[)）〕\]])?第?[\d-]{2,16}号)",
    re.I,
)
"""A number of the years before 2004 that stands in a row of its own, without a label: 政字第980123号, (1998)武结字第0012号."""
LAW = re.compile(r"《(中华人民共和国(?:婚姻法|民法典))》?|(中华人民共和国(?:婚姻法|民法典))")
MARRIED = re.compile(r"结婚证|结婚申请|结婚登记|申请结婚|自愿结婚|结婚条件|关于结婚")
NOT_MINE = re.compile(
    r"离婚证|离婚登记|离婚申请|离婚协议|户主|常住人口|兹证明|收入证明|买卖合同|单身|声明书|声明人|无婚姻登记|信用报告|申请表|审批表"
)
AUTHORITY = re.compile(
    r"[\u4e00-\u9fff]{2,24}(?:民政局|民政厅|人民政府|街道办事处|婚姻登记处|婚姻登记中心|领事馆|大使馆)(?:婚姻登记处)?"
)

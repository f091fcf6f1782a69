"""What the labels of payslips mean: one role for each wording, found by the parts a wording is made of."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from rapidfuzz.distance import Levenshtein

from pipeline.text import squeeze

Kind = Literal["earning", "deduction", "employer", ""]


class Meaning(NamedTuple):
    """What a label stands for: a field or column of the record, "item" for a line of its own, "skip" for what is no field
    of a slip (累计, 基数, staff data), "total" for sums that are none either, "taxed" for what may be the taxable income; and the kind of its line."""

    role: str
    kind: Kind = ""


MONEY = (
    "gross_pay", "pension", "medical", "unemployment", "housing_fund", "social_insurance", "special_deductions",
    "taxable_income", "income_tax", "other_deductions", "net_pay",
)  # fmt: skip
"""The roles that hold an amount of the month."""
DEDUCTIONS = ("pension", "medical", "unemployment", "housing_fund", "income_tax", "other_deductions")
"""The roles that are also printed lines of the kind deduction."""
TEXTS = ("employer", "name", "id_number", "bank_account", "period", "pay_date")

_SUM = "(?:工资|薪资|薪酬|薪金|薪水|收入|金额|合计|总额|总计|总数|总和|共计|数额|小计|数|额|薪|款|项)"
_PAY = "(?:工资|薪资|薪酬|薪金|薪水|工薪|收入)"
_NOW = "(?:本月|本期|当月|当期|月)?"
_OWN = "个人|本人|个缴|个扣|自缴|自付|职工|员工|代扣代缴|代扣|代缴|应扣|应缴|扣缴|扣除|扣款|缴纳额|缴费额|月?缴存额|缴纳|缴费|缴存|缴|部分|承担|本月|本期|当月|当期|金额|小计|合计|总额|总计|扣|[()/、·.:_-]"
"""What may stand around an insurance's name and does not change what it is."""
_GROUP = re.compile(
    r"(?:个人|代扣)?(?:社保|社会保险|[三四五六]险)(?:个人)?(?:部分|缴纳)?[-–—·/_.(]*(?=基?本?(?:养老|医疗|医保|失业))|[三四五六]险[一二]金[-–—·/_.(]*(?=住?房?公积金|基?本?(?:养老|医疗|医保|失业))|减[-–—·/_.]*(?=\D{0,6}(?:养老|医疗|医保|失业|公积金|社保|个税|所得税))"
)
"""The group that an insurance is one of, printed before its name (社保-养老), or that it is taken off."""

ROLES: tuple[tuple[str, str], ...] = (
    ("net_pay", rf"{_NOW}(?:工资|薪资|最终)?(?:税后)?(?:本次)?(?:实发|实付|实领|实得|实收|实际发放|实际支付|实际到手|净发|净付|到手|净得){_SUM}*"),
    ("net_pay", rf"{_NOW}(?:税后|净){_SUM}+|税后(?:实发|应发){_SUM}*|(?:银行)?(?:打卡|到账|代发|转账|卡发|打款|汇款|支付|领取|入卡|到卡){_SUM}+|实际(?:到账|入账|领取|收入|所得|到手){_SUM}*|税后所得|净领{_SUM}*|(?:合计|总)实发{_SUM}*|银行(?:代发|实发|卡?发放|转账){_SUM}*|实发(?:总金额|人民币|现金)|(?:发放|代发)(?:金额|总额|净额)|应[发付](?:净额|净数)"),
    ("gross_pay", rf"{_NOW}(?:应发|应付|应得|应领){_SUM}*(?:\((?:税前|A)\))?|{_NOW}税前(?:(?:应发)?{_SUM}+|应发|总收入)|(?:工资|薪资)应发{_SUM}*|应发部分合计"),
    ("gross_pay", rf"{_NOW}{_PAY}(?:总额|合计|总计)|应发{_PAY}?(?:总额|合计|总计)|月薪(?:合计|总额|总计)|总(?:工资|薪资|收入)|合计应发|应付职工薪酬|应发总金额|应税前{_SUM}+|应发放(?:工资|项目?|部分)?{_SUM}*|(?:应发|发放|加|增|收入)(?:项目?|部分|类)?(?:合计|小计|总计|总额)"),
    ("pension", r"(?:机关|城镇)?(?:企业|事业)?(?:单位)?(?:职工)?基?本?养老(?:保险|统筹|社保)?[费金险]?"),
    ("medical", r"(?:城镇)?(?:职工)?基?本?(?:医疗(?:保险|统筹)?|医保)[费金险]?(?:[(+及、和/]*(?:含|包括)?(?:大病|大额|生育)(?:保险|医疗)?[费金)]*)?"),
    ("unemployment", r"失业(?:保险)?[费金险]?"),
    ("housing_fund", r"住?房?公积金|房积金|住房公积|住房基金"),
    ("social_insurance", r"社保[费金]?|社会保险[费金]?|三险|四险|五险|五险社保|(?:各项)?(?:社会)?保险[费]?|社保(?:三险|三项|费用)"),
    ("special_deductions", rf"{_NOW}(?:[六七]项|个税|个人所得税|专项|其中)*专项附加(?:扣除|抵扣|减除)?(?:合计|总额|小计|金额|额|项目?|本月|本期)*|专附扣除|附加专项扣除|{_NOW}(?:六项)?附加扣除(?:合计|总额|金额|额|项目?)?"),
    ("taxable_income", rf"{_NOW}(?:应?纳税?|应税|计税|应交税)所得(?:额|基数)*"),
    ("taxed", rf"{_NOW}(?:个税|个人所得税|所得税|工资|薪资)*(?:应税|计税|报税)(?:额|工资|薪资|薪酬|薪金|收入|金额|总额|合计|小计|总计|项目?|部分|基数|依据|基础)+|{_NOW}(?:个税|所得税)*(?:应?纳税|扣税)(?:工资|薪资|薪酬|薪金|收入|基数)额?|{_NOW}应纳税额基数|(?:个税|所得税|个人所得税|扣税|纳税)(?:计税|计算)?基数|(?:个税|所得税)?税基"),
    ("income_tax", rf"{_NOW}(?:代扣代缴|代扣|代缴|应代扣|应扣|应缴|实缴|应补|实扣|扣缴|预扣预缴|预扣|预缴|应预扣|扣)?(?:工资|薪资)?(?:个税|个人所得税|所得税|个人税|个调税|个所税|个人(?:收入)?调节税|工薪税)(?:税额|款|额|金额|扣款|扣除|代扣|合计)?"),
    ("income_tax", rf"{_NOW}(?:应纳|应缴|应代?扣缴?|实扣|代扣|预扣预缴|预扣|应预扣预?缴?|应补/?退?|应补\(退\))(?:税额|税款|税)|扣税额?|(?:代扣|代缴|代扣代缴|扣)?税金|{_NOW}税[款额]"),
    ("other_deductions", r"(?:税后)?(?:其他|其它|其余)(?:代|各项|款项|税后)?(?:扣款|扣除|代扣代缴|代扣|扣项|应扣|扣缴|减项|扣减|扣)(?:款项?|项目?|合计|金额|小计)?|扣(?:其他|其它)|(?:扣款|代扣|扣除)[-(]?(?:其他|其它)\)?|杂项(?:扣款|扣除|代扣)?|杂扣"),
    ("period", r"(?:工资|薪资|薪酬|薪金|计薪|发薪|所属|归属|核算|结算|统计|会计|计提|税款|计税|发放|支付|账单|考勤|费用|业务|所得|当月)*(?:的)?(?:月份|年月|所属期间?|所属月份?|所属年月|期间|周期|账期|月度|月)(?:年月)?|所属期|(?:工资|薪资|薪酬)?结算期间?|年月份|工资日期"),
    ("pay_date", r"(?:工资|薪资|薪酬|薪金|实际|银行)*(?:发放|发薪|支付|到账|付款|打款|转账|划款|汇款|转款|发款|发工资|入账|支薪|付薪|代发|实发|放款)(?:日期|日|时间|年月日)|发薪日期?|日期\((?:发放|支付)\)"),
    ("name", r"(?:员工|职工|职员|雇员|人员|教师|教职工|领款人|收款人|领取人|受款人|本人)?姓名|(?:员工|职工|人员)(?:名称|名字)|名字|户名|收款户名|账户名称?"),
    ("name", r"员工|职工|雇员|人员|领款人|领薪人|领取人|收款人|受薪人|收件人|收信人"),
    ("id_number", r"(?:居民|公民)?身份(?:证件?|证明)?(?:号码?|编号)?|有效证件号码?|(?:身份)?证件号码?|公民身份号码"),
    ("bank_account", r"(?:银行|工资|薪资|发薪|收款|开户行?|入账|代发|打卡|储蓄|借记|存折|个人)*(?:银行|工资)?(?:账号|帐号|卡号|账户|帐户|卡账号)|银行卡号?|工资卡|发放(?:账号|账户|卡号)"),
    ("employer", r"(?:工作|用人|发薪|发放|所属|所在|任职|就职|供职|受雇|聘用|签约|劳动合同|合同|缴纳|代发|支付|付薪|付款|服务|工资发放|扣缴)?(?:单位|公司|企业)(?:名称|全称)?|扣缴义务人(?:名称)?|(?:公司|企业)/单位(?:名称)?|单位/(?:公司|企业)(?:名称)?|雇主(?:名称)?|用工单位|(?:用工|用人|合同|发薪|签约|劳动合同|法人|付薪|雇佣|所属|缴纳)主体(?:名称|单位|公司)?|法人公司|发薪机构|工作单位名称"),
)  # fmt: skip
"""Role and pattern of the whole wording, modifiers (`_OWN`) left out for the insurances; earlier rows win."""

ENGLISH: dict[str, str] = {
    "netpay": "net_pay", "netsalary": "net_pay", "netamount": "net_pay", "takehomepay": "net_pay", "netincome": "net_pay", "totalnetpay": "net_pay",
    "grosspay": "gross_pay", "grosssalary": "gross_pay", "totalearnings": "gross_pay", "grossincome": "gross_pay", "totalgross": "gross_pay", "grossearnings": "gross_pay",
    "pension": "pension", "pensioninsurance": "pension", "endowment": "pension", "endowmentinsurance": "pension", "medical": "medical", "medicalinsurance": "medical",
    "unemployment": "unemployment", "unemploymentinsurance": "unemployment", "housingfund": "housing_fund", "providentfund": "housing_fund",
    "housingprovidentfund": "housing_fund", "socialinsurance": "social_insurance", "socialsecurity": "social_insurance",
    "specialdeduction": "special_deductions", "specialdeductions": "special_deductions", "specialadditionaldeduction": "special_deductions",
    "taxableincome": "taxable_income", "incometax": "income_tax", "iit": "income_tax", "individualincometax": "income_tax", "personalincometax": "income_tax", "tax": "income_tax",
    "otherdeduction": "other_deductions", "otherdeductions": "other_deductions", "payperiod": "period", "period": "period", "month": "period", "paymonth": "period",
    "salarymonth": "period", "payrollmonth": "period", "paydate": "pay_date", "paymentdate": "pay_date", "dateofpayment": "pay_date",
    "name": "name", "employeename": "name", "employee": "name", "idno": "id_number", "idnumber": "id_number", "idcardno": "id_number",
    "bankac": "bank_account", "bankaccount": "bank_account", "accountno": "bank_account", "bankaccountno": "bank_account",
    "employer": "employer", "company": "employer", "companyname": "employer",
    "totaldeductions": "total", "totaldeduction": "total", "department": "skip", "dept": "skip", "position": "skip", "employeeno": "skip", "employeeid": "skip", "staffno": "skip",
}  # fmt: skip

ENGLISH_ITEMS = (
    (re.compile(r"[a-z]{0,20}(?:salary|bonus|allowance|overtime|commission|subsidy|incentive|wage)s?"), Meaning("item", "earning")),
    (re.compile(r"[a-z]{0,20}(?:absence|unpaidleave|unionfee|annuity)"), Meaning("item", "deduction")),
)  # fmt: skip
CUMULATIVE = re.compile(r"累计|年累|本年|全年|年度|以前|上月|上期|ytd")
NO_PART = re.compile(
    r"基数|比例|税率|费率|速算|系数|标准$|单价|天数|时数|工时|小时|次数|出勤(?!奖|工资|津贴|补)|考勤天|计薪日|减除费用|免征|起征|扣除标准|专项扣除|免税|人数|余额|^[日时]薪|^(?:日|小时)工资$|年假(?!工资|补)|调休(?!工资|补)|成本"
)
STAFF = re.compile(
    r"工号|编号|序号|(?:人员|员工|职[工员]|教工|雇员|胸牌)号|(?:人员|员工|职工|工资项|项目)(?:编|代)码|^代码$|部门(?!奖|绩效|提成)|岗位$|职务$|职位$|职级$|职称$|级别$|等级$|签[字名收章]|备注|说明|入职(?!奖)|离职(?!补)|电话(?!.*[费补])|手机(?!.*[费补])|开户行|开户银行|银行名称|人员类[别型]|用工(?!单位|企业|公司)|状态|邮箱|性别|地区$|城市$|成本中心|项目组$|班组$|制表|审核|复核|批准|财务|经办|币种|单位:|no\.?$|打印|生成|第.+页"
)
RELIEF = re.compile(r"子女教育|继续教育|住房贷款利息|房贷利息|住房租金|赡养老人|婴幼儿|照护|个人养老金")
"""Single special deductions, which lower the tax and take nothing from the pay."""
INSURANCE = re.compile(r"养老|医疗|医保|失业|工伤|生育|公积金|社保|社会保险|五险|三险|年金|保险|残保")
COMPANY_SIDE = re.compile(r"单位|公司|企业|雇主|用人单位")
TOTAL = re.compile(
    r"(?:本月|本期|当月)?(?:合计|共计|总计)?(?:[三四五六]险[一二]金|社保公积金|社保及公积金|社保和公积金|扣款|扣发|扣项|代扣|扣除|应扣|扣缴|减项|实扣|代扣代缴|代扣项|扣款项|个人扣款|个人承担|个人缴纳|扣减|收入|应发|补贴|津贴|奖金|加班|福利|缺勤|考勤|单位|公司|企业|缴纳|承担|项目?|费用|工资|部分|个人|款)*(?:合计|小计|总额|总计|共计)?"
)
SUMMED = re.compile(r"合计|小计|总额|总计|共计|[三四五六]险[一二]金|社保(?:及|和|、)?公积金")
DEDUCTED = re.compile(
    r"扣|缺勤|事假|病假|旷工|迟到|早退|请假|会费|年金|水电|房租(?!补)|宿舍|罚|借款|还款|借支|预支|赔|大病|大额|补充(?:医疗|养老|公积金)|代缴|个人缴|党费|捐款|餐费$|互助|爱心|冲减|抵减|预发|预付|已发(?!放)"
)
EARNED = re.compile(
    r"工资|薪|奖|补[贴助偿]?|津贴|提成|加班|绩效|佣金|全勤|工龄|福利|餐补|话补|卫生费|其[他它](?:收入|应发|加项|发放)|车补|通讯|交通|高温|低温|取暖|降温|夜班|值班|岗位|职级|技能|学历|年资|生活费|分红|报销|过节|节日|激励|稿酬|课时|计件|保留|独生子女|书报|洗理|劳保|防暑|提留|差旅|差额|补发|安全"
)

SECTIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("employer", re.compile(r"(?:单位|公司|企业|雇主)(?:承担|缴纳|缴存|代缴|缴费|支付|负担|应缴)?(?:部分|项目?|明细|合计|费用|社保|五险一金|福利)*|employercontributions?")),
    ("earning", re.compile(r"(?:应发|应得|应付|收入|工资|薪资|薪酬|发放|加项|增项|所得|正向|税前)(?:工资|薪资)?(?:项目?|项|部分|明细|构成|组成|类)+|收入|加项|earnings?|payments?|income")),
    ("deduction", re.compile(r"(?:应扣|扣款|扣除|代扣代缴|代扣|代缴|扣缴|扣减|减项|税前扣除|个人扣款|个人承担|个人缴纳|个人代扣|社保公积金|五险一金|三险一金|社保个税|税款|个税|扣|减)(?:项目?|项|部分|明细|构成|类|款|个人部分)*|deductions?|减项")),
    ("other", re.compile(r"其他|其它|其他信息|其他项目?|备查|参考信息|参考|说明|个税信息|计税信息|专项附加扣除(?:明细|信息|项目?)|累计(?:信息|数据|明细)|others?")),
    ("staff", re.compile(r"基本信息|员工信息|个人信息|人员信息|考勤信息|出勤信息|考勤")),
)  # fmt: skip
"""Heads over groups of lines, and what they say of them."""

KIND_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("employer", re.compile("(?:单位|公司|企业)(?:承担|缴纳|缴存|部分|负担)")),
    (
        "earning",
        re.compile(
            "发放|应发|增加|加项|增项|收入|固定|浮动|津贴|补贴|奖金|福利|计薪|应发项|发放项|收入类|应发类"
        ),
    ),
    (
        "deduction",
        re.compile(
            "扣款|扣除|代扣|代缴|代扣代缴|减项|减少|扣减|扣缴|社保|公积金|个税|税费|扣款项|扣款类|应扣|应扣项"
        ),
    ),
)
"""Words that tell the kind of the line in which they stand between label and amount."""

HEADS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("skip", re.compile(r"(?:本年度?|年度|全年|当年|年|截至本月|截止本月)?累计(?:金额|数|额|发生额)?|上月|上期|备注|说明|ytd|本年|合计|总计|平均|小计|total|average")),
    ("base", re.compile(r"(?:缴费|缴存)?基数|(?:个人|单位|公司)?(?:缴费|缴存)?比例|税率|标准|单价|数量|天数|次数|rate|base")),
    ("employer", re.compile(r"(?:单位|公司|企业|雇主)(?:承担|缴纳|缴存|缴费|部分|金额|缴|应缴)*|employer")),
    ("own", re.compile(r"(?:个人|本人|员工|职工)(?:承担|缴纳|缴存|缴费|部分|金额|缴|应缴|扣款|代扣)*|employee|(?:本月|本期|当月|本次)(?:金额|数|发生额?|发放额?|应发|实发|计发|实际)?(?:金额|数)?|(?:实际|核定|执行)?发放(?:金额|额)|应[发扣](?:金额|数)|(?:增|减|加|扣)项金额|扣款金额|金额|amount|数额|current|cny|rmb")),
    ("label", re.compile(r"项目?|名称|项目名称|工资项目?|薪资项目|科目|明细|类别|item|description|序号|险种|(?:保险|参保|缴费|缴存|扣缴)(?:项目|险种|类型)")),
)  # fmt: skip
"""Heads over columns of amounts beside labels: what their amounts are."""

TITLE = re.compile(
    r"(?:工资|薪资|薪酬|薪金|薪水|工薪|月薪|薪俸|酬金|奖金)(?:[^\d\s,，。:：;；]{0,6}?)(?:条|单|表|明细|清单|通知|账单|凭证|详情|册|台账|台帐|告知|汇总|一览|记录|结算)(?:书|表|单|条)?|payslip|payrollslip|salaryslip|paystub|salarystatement|payrollstatement|paystatement",
    re.I,
)  # fmt: skip
"""What such a paper is called."""

WORDS = ["序号", "工号", "编号", "姓名", "员工姓名", "部门", "岗位", "职务", "职位", "月份", "所属月份", "工资月份", "所属期", "身份证号", "身份证号码", "银行账号", "银行卡号", "工资卡号", "出勤天数", "应出勤天数", "实际出勤", "签字", "签名", "备注", "基本工资", "底薪", "岗位工资", "职级工资", "绩效工资", "绩效奖金", "绩效", "奖金", "提成", "加班费", "加班工资", "夜班津贴", "餐补", "餐费补贴", "交通补贴", "通讯补贴", "住房补贴", "高温补贴", "工龄工资", "全勤奖", "技能工资", "职务工资", "津贴", "补贴", "补发", "年终奖", "缺勤扣款", "事假扣款", "病假扣款", "迟到扣款", "考勤扣款", "应发合计", "应发工资", "应发金额", "税前合计", "税前工资", "工资总额", "养老保险", "医疗保险", "失业保险", "住房公积金", "公积金", "养老", "医疗", "失业", "大病医疗", "社保", "社保合计", "代扣社保", "企业年金", "补充公积金", "工会费", "专项附加扣除", "专项附加扣除合计", "应纳税所得额", "本月应纳税所得额", "个人所得税", "个税", "代扣个税", "本期个税", "其他扣款", "扣款合计", "代扣合计", "发放日期", "发薪日期", "实发工资", "实发合计", "实发金额", "累计收入", "累计应纳税所得额", "累计已预扣税额", "累计减除费用", "累计专项扣除", "身份证", "单位", "公司名称", "工作单位", "(个人)", "（个人）"]  # fmt: skip
"""Wordings at which a run of labels that the engine glued together is cut."""
_CUT = re.compile(
    "|".join(
        f"{re.escape(w)}(?:[(（](?:个人|单位|公司|元)[)）])?" for w in sorted(WORDS, key=len, reverse=True)
    )
)
_RATE = re.compile(
    r"[(（]\d{1,3}(?:\.\d+)?(?:天|日|小时|时|次|个|人|h|分钟?)[)）]|[(（]?\d{1,2}(?:\.\d{1,2})?[%％](?:\+\d{1,2}元?)?[)）]?|[①-⑳]"
)
"""A rate printed with an insurance's name, a number in a circle."""
_NOISE = re.compile(
    r"[\s:：;；,，。*\"'“”【】\[\]|¥￥]+|[(（](?:元|人民币|rmb|cny)[)）]|^(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.、)）](?=\D)|[(（][a-e](?:[-+][a-e])*[)）]|[+\-–—=]$|^[+\-–—]"
)
FOLDED = str.maketrans("帐資項額險會費補貼獎業單養療實發應職績", "账资项额险会费补贴奖业单养疗实发应职绩")
"""Traditional forms, which the engine takes for the simplified ones on faint paper."""
_HAN = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """A label as it is compared: squeezed, lower case, no colons, no unit, no number before it."""
    plain = squeeze(_RATE.sub("", text)).lower().translate(FOLDED)
    bare = _NOISE.sub("", _NOISE.sub("", plain))
    return bare.replace(")", "") if "(" not in bare else bare


@lru_cache(maxsize=8192)
def meaning(text: str) -> Meaning | None:
    """What a label stands for; None for a text that is no label we know. Long words may have one character misread."""
    plain = key(text)
    if not plain or len(plain) > 60:
        return None
    han = _HAN.search(plain)
    if re.search(r"\d{3}", plain):
        return None
    if not han:
        latin = re.sub(r"[^a-z]", "", plain)
        role = ENGLISH.get(latin)
        if role is None:
            return next((m for pattern, m in ENGLISH_ITEMS if pattern.fullmatch(latin)), None)
        return Meaning(role, "deduction" if role in DEDUCTIONS else "")
    if re.search("[a-z]{3}", plain):
        plain = re.sub(r"[a-z.&' /]+", "", plain)
    if len(plain) > 22:
        return None
    found = _meaning(plain)
    if found is None and len(plain) >= 4:
        near = {
            w
            for w in WORDS
            if len(w) == len(plain) and Levenshtein.distance(w, plain) == 1 and not _other_word(w, plain)
        }
        meanings = {m for m in map(_meaning, near) if m}
        if len(meanings) == 1:
            return meanings.pop()
    return found


def _other_word(word: str, plain: str) -> bool:
    """Whether the one character in which a label differs from a known one makes another word of pay of it (应税 for 应发)."""
    return any(a != b and b in _TELLING for a, b in zip(word, plain, strict=True))


def _meaning(plain: str) -> Meaning | None:
    if CUMULATIVE.search(plain) and not re.search("年终|年度.{0,4}奖", plain):
        return Meaning("skip")
    if RELIEF.search(plain):
        return Meaning("skip")
    if _TAXED.fullmatch(plain):
        return Meaning("taxed")
    if NO_PART.search(plain):
        return Meaning("skip")
    company = COMPANY_SIDE.search(re.sub("企业年金|事业单位(?=养老|基本|职工)", "", plain))
    if company and INSURANCE.search(plain):
        if SUMMED.search(plain):
            return Meaning("total")
        return None if "个人" in plain else Meaning("item", "employer")
    plain = _CUT_OFF.sub("(个人)", plain)
    named = _GROUP.sub("", plain)
    plain = named.rstrip(")") if "(" not in named else named
    core = re.sub(_OWN, "", plain)
    for role, pattern in _ROLES:
        if pattern.fullmatch(plain) or (role in _INSURED and pattern.fullmatch(core)):
            return Meaning(role, "deduction" if role in DEDUCTIONS else "")
    if STAFF.search(plain):
        return Meaning("skip")
    bare = _BRACKET.sub("", plain)
    if bare != plain and not COMPANY_SIDE.search(plain) and not _ANOTHER.search(plain[len(bare) :]):
        found = next((role for role, pattern in _ROLES if role in MONEY and pattern.fullmatch(bare)), None)
        if found is not None:
            return Meaning(found, "deduction" if found in DEDUCTIONS else "")
    if SUMMED.search(plain) and TOTAL.fullmatch(plain):
        return Meaning("total")
    if (
        len(plain) <= 12
        and re.fullmatch(r"[\u3400-\u9fff()/+&·、-]+", plain)
        and "公司" not in plain
        and not TITLE.search(plain)
    ):
        if DEDUCTED.search(plain) and not re.search("补扣|不扣", plain):
            return Meaning("item", "deduction")
        if EARNED.search(plain) and section(plain) is None:
            return Meaning("item", "earning")
    return None


_BRACKET = re.compile(r"\([^()]{1,8}\)$")
_ANOTHER = re.compile("养老|医疗|医保|失业|工伤|补|累计|基数|比例|大额|大病|奖|上月|离职")
"""Words in a bracket that make another thing of a label."""
_TELLING = frozenset("税扣补免减累计差退年单公司发实应净前后其他大罚加非")
"""Characters that make another thing of a label."""
_CUT_OFF = re.compile(r"\(个[^)\d]{0,2}$")
"""A bracket 个人 whose end, in a line of its own, was not read, or read as anything."""
_TAXED = re.compile(next(pattern for role, pattern in ROLES if role == "taxed"))
_ROLES = tuple((role, re.compile(pattern)) for role, pattern in ROLES)
_INSURED = ("pension", "medical", "unemployment", "housing_fund", "social_insurance", "other_deductions")


@lru_cache(maxsize=4096)
def section(text: str) -> str | None:
    """What a head over a group of lines says of them: earning, deduction, employer, other or staff; None: it is none."""
    plain = key(text)
    if re.search("[a-z]{3}", plain) and _HAN.search(plain):
        plain = re.sub(r"[a-z.&' /]+", "", plain)
    return next((name for name, pattern in SECTIONS if plain and pattern.fullmatch(plain)), None)


def kind_word(text: str) -> str | None:
    """What a word in a column of kinds (发放, 代扣 …) says of its line: earning, deduction or employer; None: it is none."""
    plain = key(text)
    return next((name for name, pattern in KIND_WORDS if plain and pattern.fullmatch(plain)), None)


@lru_cache(maxsize=4096)
def head(text: str) -> str | None:
    """What a head over a column of amounts says of them: own, employer, base (基数, 比例), skip, or label for the column of labels."""
    plain = key(text)
    if re.search("[a-z]{3}", plain) and _HAN.search(plain):
        plain = re.sub(r"[a-z.&' /]+", "", plain)
    return next((name for name, pattern in HEADS if plain and pattern.fullmatch(plain)), None)


def cuts(text: str) -> list[tuple[int, int]]:
    """Where a text is two or more labels glued together, the characters of each; nothing where it is not."""
    plain = text.replace("（", "(").replace("）", ")")
    whole = meaning(text)
    if len(plain) < 4 or (whole is not None and whole.role not in ("skip", "item")):
        return []
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(plain):
        if plain[at].isspace():
            at += 1
            continue
        found = _CUT.match(plain, at)
        if not found:
            return []
        spans.append((at, found.end()))
        at = found.end()
    short = whole is not None and any(end - start < 3 for start, end in spans)
    return spans if len(spans) > 1 and not short else []

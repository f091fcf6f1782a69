"""What the reports say in Chinese and English: titles of materials, fields, states and verdicts, all of it data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from pipeline.model import Finding, Severity

Pair = Mapping[str, str]
"""One text in both languages: `zh` and `en`."""


class Entry(Protocol):
    """What a report asks of a code's entry in the catalogue of findings."""

    @property
    def code(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def title(self) -> Pair: ...
    def sentence(self, finding: Finding, lang: str) -> str: ...
    def clears(self, finding: Finding, lang: str) -> str: ...


def pair(zh: str, en: str) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": zh, "en": en}


def same(text: str) -> dict[str, str]:
    """A text that is the same in both languages: a name, a number, a code."""
    return {"zh": text, "en": text}


def _pairs(**texts: str) -> dict[str, dict[str, str]]:
    """`key="中文|English"` as pairs."""
    return {key: pair(*text.split("|", 1)) for key, text in texts.items()}


INDEX_TITLE = pair("夜间批次", "Night batch")

SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low", "info")
SEVERITY = _pairs(high="重大|High", medium="一般|Medium", low="提示|Low", info="记录|Info")
SEVERITY_MEANS = _pairs(
    high="不解决不能审批|cannot be approved as it is",
    medium="需补件或说明|papers or an explanation needed",
    low="供审查人员留意|a note for the reviewer",
    info="仅作记录|for the record",
)

CATEGORY = _pairs(
    authenticity="真实性|Authenticity",
    consistency="一致性|Consistency",
    income="收入|Income",
    affordability="还款能力|Affordability",
    risk="风险|Risk",
    completeness="完整性|Completeness",
    readability="可读性|Readability",
    intake="收件|Intake",
)
"""The chapters, in their order within a severity."""

VERDICT = _pairs(
    pass_="可进入审批|Ready for approval",
    supplement="补件后再审|Supplement, then review",
    review="人工重点核查|Manual review needed",
    failed="处理失败|Processing failed",
)
VERDICT["pass"] = VERDICT.pop("pass_")

FAULT = _pairs(
    CASE_CRASHED="评判时程序中止，未生成报告|the program died while it judged the case: no report",
    CASE_TIME_LIMIT="评判超时，未生成报告|judging the case took too long: no report",
    CASE_ERROR="评判时程序出错，未生成报告|a fault of the program while it judged the case: no report",
    CASE_NOT_KEPT="未能处理，将在下次运行重试|not done, it is tried again next time",
    PAGE_CRASHED="有页面未能读出（程序中止），须人工查看|pages were not read (the program died): look at them",
    PAGE_TIME_LIMIT="有页面未能读出（超时），须人工查看|pages were not read (they took too long): look at them",
    PAGE_ERROR="有页面未能读出（程序出错），须人工查看|pages were not read (a fault of the program): look at them",
    STORE_FAILED="存储无法读写，将在下次运行重试|the store failed, it is tried again next time",
    ENGINE_FAILED="文字识别引擎无法工作|the OCR engine does not work",
    WORK_FAILED="工作目录或报告无法读写|the work folder or the reports failed",
    STOPPED="运行被停止|the run was stopped",
)
"""What went wrong by a fault that is not the case's, by the code that the night keeps."""

STATE = _pairs(
    received="已收到|received",
    missing="缺失|missing",
    unreadable="无法辨认|unreadable",
    stale="已过时效|out of date",
    incomplete="不完整|incomplete",
    expired="已过期|expired",
    switched_off="本版暂不识别|not read by this version",
)

OUTCOME = _pairs(
    raised="有发现|raised", unsure="无法判断|unsure", not_run="未执行|not run", passed="通过|passed"
)
REASON = _pairs(
    missing="缺少所需的材料或内容|what it needs is missing",
    unreadable="所需字段未能可靠读取|a field it needs could not be read reliably",
    insufficient="资料不足以得出结论|too little to tell for certain",
    not_applicable="不适用于本案|does not apply to this case",
)

ROLE = _pairs(
    borrower="主贷人|borrower",
    co_borrower="共同借款人|co-borrower",
    spouse="配偶|spouse",
    guarantor="担保人|guarantor",
    household="家庭成员|household",
)
MARITAL = _pairs(
    single="未婚|single", married="已婚|married", divorced="离异|divorced", widowed="丧偶|widowed"
)
EMPLOYMENT = _pairs(
    salaried="受薪|salaried",
    self_employed="个体经营|self-employed",
    company_owner="企业主|company owner",
    freelance="自由职业|freelance",
    retired="退休|retired",
)
LOAN_METHOD = _pairs(
    equal_installment="等额本息|equal instalments", equal_principal="等额本金|equal principal"
)
PROPERTY_KIND = _pairs(new="新房|new-build", second_hand="二手房|second-hand")
PROPERTY_USE = _pairs(residential="住宅|residential", commercial="商用|commercial")
BASIS = _pairs(gross="税前|before tax", net="税后|after tax")
INCOME_METHOD = _pairs(
    tax_record="个税明细|tax details",
    pay_stub="工资条|pay slips",
    bank_statement="银行流水入账|statement credits",
    statement="银行流水入账|statement credits",
    statement_grossed_up="流水入账还原税前|statement credits grossed up",
    grossed_up="流水入账还原税前|statement credits grossed up",
    mean_deposit="流水月均入账|mean of statement credits",
    tax_inversion="由个税测算|worked out from tax paid",
    certificate="收入证明|certificate",
)
SOURCE = _pairs(text="文本层|text layer", ocr="文字识别|OCR")
NIGHT_STATE = _pairs(
    new="新案|new", changed="有更新|changed", unchanged="无变化|unchanged", failed="失败|failed"
)

MATERIAL = _pairs(
    id_card="居民身份证|ID card",
    household_register="户口本|Household register",
    marriage_certificate="结婚证|Marriage certificate",
    divorce_certificate="离婚证|Divorce certificate",
    single_declaration="单身声明|Declaration of single status",
    income_certificate="收入证明|Income certificate",
    pay_stub="工资条|Pay slips",
    tax_record="个税纳税记录|Tax record",
    social_insurance_record="社保缴费证明|Social insurance record",
    housing_fund_record="公积金缴存证明|Housing fund record",
    bank_statement="银行流水|Bank statement",
    business_license="营业执照|Business licence",
    financial_statement="公司经营报表|Financial statement",
    purchase_contract="购房合同|Purchase contract",
    down_payment_receipt="首付款收据|Down-payment receipt",
    transfer_voucher="转账凭证|Transfer voucher",
    property_certificate="不动产权证书|Property certificate",
    property_search="房产查询证明|Property search",
    credit_report="个人信用报告|Credit report",
    passport="护照|Passport",
    residence_permit="居留许可|Residence permit",
    application="贷款申请|Application",
    unknown="无法识别|Not recognised",
)

FIELD = _pairs(
    account="账户|account", account_holder="户名|account holder", account_number="账号|account number",
    address="住址|address", amount="金额|amount", amount_words="大写金额|amount in words",
    annual_income="年收入|annual income", authority="登记机关|authority", balance="余额|balance",
    bank="银行|bank", bank_account="工资账号|pay account", birth_date="出生日期|birth date", buyers="买受人|buyers",
    certificate_number="证号|certificate number", channel="渠道|channel", closing_balance="期末余额|closing balance",
    company_name="公司名称|company name", contact_person="联系人|contact", contact_phone="联系电话|contact phone",
    contract_number="合同编号|contract number", counterparty="对手方|counterparty",
    counterparty_account="对手账号|counterparty account", credit_code="统一社会信用代码|credit code",
    currency="币种|currency", date="日期|date", deposit="定金|deposit", direction="收支|direction",
    down_payment="首付款|down payment", employed_since="入职日期|employed since", employer="工作单位|employer",
    entries="明细|entries", ethnicity="民族|ethnicity", filing_number="备案号|filing number", filter="筛选条件|filter",
    floor_area="建筑面积|floor area", gross_pay="应发工资|gross pay", head_name="户主|head of household",
    holder="持证人|holder", household_number="户号|household number", housing_fund="公积金|housing fund",
    id_number="身份证号|ID number", income_basis="收入口径|income basis", income_tax="个税|income tax",
    inner_area="套内面积|inner area", issue_date="出具日期|issue date", issuing_authority="签发机关|issuing authority",
    items="明细项|items", kind="类别|kind", label="项目|label", legal_basis="法律依据|legal basis",
    legal_representative="法定代表人|legal representative", loan_amount="贷款金额|loan amount",
    marital_status="婚姻状况|marital status", medical="医疗保险|medical", members="成员|members",
    monthly_income="月收入|monthly income", monthly_income_words="月收入大写|monthly income in words",
    name="姓名|name", nationality="国籍|nationality", net_pay="实发工资|net pay",
    opening_balance="期初余额|opening balance", other_deductions="其他扣款|other deductions",
    pay_date="发薪日|pay date", payee="收款人|payee", payer="付款人|payer", payslips="工资明细|payslips",
    pension="养老保险|pension", period="月份|period", period_end="截止日期|period end",
    period_start="起始日期|period start", persons="双方信息|persons", phone="电话|phone", position="职务|position",
    printed_at="打印时间|printed at", property_address="房屋坐落|property address",
    registration_date="登记日期|registration date", remark="附言|remark", seal_company="印章单位|seal",
    seller="出卖人|seller", serial="流水号|serial", serial_number="流水号|serial number", sex="性别|sex",
    sides="证件面|sides", signing_date="签订日期|signing date", social_insurance="社保合计|social insurance",
    special_deductions="专项附加扣除|special deductions", summary="摘要|summary",
    taxable_income="应纳税所得|taxable income", time="时间|time", total_in="收入合计|total in",
    total_out="支出合计|total out", total_price="总价|total price", transactions="交易明细|transactions",
    unemployment="失业保险|unemployment", unit_price="单价|unit price", valid_from="有效期自|valid from",
    valid_until="有效期至|valid until",
)  # fmt: skip

PARAM = _pairs(
    declared="申报|declared", verified="核实|verified", expected="应为|expected", found="实为|found",
    difference="差额|difference", numerator="分子|numerator", denominator="分母|denominator", limit="限额|limit",
    month="月份|month", months="月数|months", words="大写|in words", figures="小写|figures", days="天数|days",
    ratio="比率|ratio", basis="口径|basis", source="依据|source", **{"from": "自|from", "to": "至|to"},
)  # fmt: skip
"""The parameters that are worth showing beside a sentence, in this order; the others speak in the sentence alone."""

PARTS = _pairs(
    front="人像面|portrait side", back="国徽面|emblem side", seal="印章|seal", page_numbers="页码|page numbers",
    parts="组合贷款|loan parts", loan="贷款信息|loan", property="房屋信息|property", income="收入|income",
    amount="金额|amount", years="年限|years", price="总价|price", annual_rate="利率|rate",
)  # fmt: skip
"""Parts of papers and of the application that checks ask for and that are no fields."""
SIDES = _pairs(front="人像面|portrait side", back="国徽面|emblem side")
SEX = _pairs(M="男|male", F="女|female")
VALUES: Mapping[str, Mapping[str, Pair]] = {
    "sides": SIDES,
    "side": SIDES,
    "sex": SEX,
    "marital_status": MARITAL,
    "income_basis": BASIS,
    "basis": BASIS,
    "source": {**MATERIAL, **INCOME_METHOD},
    "kind": _pairs(
        earning="收入项|earning", deduction="扣款项|deduction", employer="单位承担|employer's part"
    ),
    "direction": _pairs(neutral="不计收支|neither in nor out"),
    "valid_until": {"long_term": pair("长期", "long term")},
}
"""Normal forms that a reader should meet as words, by field or parameter."""

BANK = {
    "ICBC": "工商银行", "ABC": "农业银行", "BOC": "中国银行", "CCB": "建设银行", "BOCOM": "交通银行",
    "PSBC": "邮储银行", "CMB": "招商银行", "CITIC": "中信银行", "SPDB": "浦发银行", "CIB": "兴业银行",
    "CMBC": "民生银行", "PAB": "平安银行", "CEB": "光大银行", "HXB": "华夏银行", "CGB": "广发银行",
    "Alipay": "支付宝", "WeChatPay": "微信支付",
}  # fmt: skip

MONEY = frozenset(
    [
        "amount",
        "annual_income",
        "balance",
        "closing_balance",
        "declared",
        "deposit",
        "difference",
        "down_payment",
        "figures",
        "gross_pay",
        "housing_fund",
        "income_tax",
        "loan_amount",
        "medical",
        "monthly_income",
        "net_pay",
        "opening_balance",
        "other_deductions",
        "pension",
        "social_insurance",
        "special_deductions",
        "taxable_income",
        "total_in",
        "total_out",
        "total_price",
        "unemployment",
        "unit_price",
        "verified",
        "numerator",
        "denominator",
    ]
)
"""Fields and parameters that are amounts in yuan."""


def told(table: Mapping[str, Pair], key: str | None) -> Pair:
    """The words for `key`, or the key itself where the table has none; a dash for None."""
    if key is None:
        return same("—")
    return table.get(key, same(key))


def fault(code: str) -> Pair:
    """Why a case failed, in words; a bug of ours keeps its code."""
    return FAULT.get(code, pair(f"程序错误（{code}）", f"a fault of the program ({code})"))


def material_title(name: str) -> Pair:
    """A material in words; `a/b/c` is one of the three."""
    titles = [told(MATERIAL, one) for one in name.split("/")]
    return pair(
        one_of([title["zh"] for title in titles], "zh"), one_of([title["en"] for title in titles], "en")
    )


def one_of(names: Sequence[str], lang: str) -> str:
    """Several names of which one is enough: `甲、乙或丙`."""
    comma, last = ("、", "或") if lang == "zh" else (", ", " or ")
    return comma.join(names[:-1]) + last + names[-1] if len(names) > 1 else "".join(names)

"""The words of bank statements: header synonyms, labels above the table, bank names, signs; data, no code."""

from __future__ import annotations

from extractors.bank_statement.stems import STEMS
from pipeline.table import Vocabulary

COLUMNS = Vocabulary(
    synonyms={
        "date": (
            "交易日期", "交易日", "日期", "发生日期", "业务日期", "交易日期时间", "交易日期/时间", "交易日期及时间", "交易发生日期",
            "交易日期交易时间", "成交日期", "发生日", "发生时间", "日期时间", "时间日期", "交易年月日", "年月日", "交易发生日", "交易发生时间",
            "date", "transactiondate", "transdate", "tradedate", "trandate", "txndate", "datetime", "txdate",
            "transactiontime", "日期date", "交易日期date",
        ),
        "booking": (
            "记账日期", "记账日", "入账日期", "入账日", "会计日期", "过账日期", "记帐日期", "记帐日", "账务日期", "入帐日期", "登账日期",
            "银行记账日", "postingdate", "postdate", "bookingdate", "bookdate",
        ),
        "time": ("交易时间", "记账时间", "入账时间", "记帐时间", "时间", "交易时刻", "交易时分", "time", "时刻", "发生时刻"),
        "amount": (
            "交易金额", "金额", "发生额", "收入/支出金额", "支出/收入金额", "收支金额", "交易额", "发生金额", "本次发生额", "借贷发生额", "记账金额",
            "交易发生额", "本笔金额", "入账金额", "变动金额", "收/支金额", "存取金额", "存/取金额", "交易金额元", "收入/支出", "支出/收入", "收付金额",
            "发生额(收+/支-)", "金额(收+支-)", "借/贷发生额", "amount", "transactionamount", "transamount", "txnamount", "tranamount",
            "amountcny", "资金变动", "交易数额", "数额", "收/付金额", "收支额",
        ),
        "in": (
            "收入金额", "收入", "存入金额", "存入", "贷方发生额", "贷方金额", "贷方", "转入金额", "转入", "收款金额", "收方金额", "进账", "进账金额", "收入额",
            "贷方发生额(收入)", "贷方发生额收入", "贷方(收入)", "收入(贷方)", "收入(贷)", "贷(收入)", "存款金额", "收入发生额", "来账金额", "贷方发生数", "增加",
            "交易金额(收入)", "记账金额(收入)", "存入额", "收方", "收方发生额", "贷方存入", "存入(贷)", "转入额", "收入金额(贷)", "收入金额(+)", "入账",
            "deposits", "deposit", "moneyin", "credit", "credits", "paidin", "depositamount", "creditamount", "income", "paymentsin", "amountin",
            "depositscredits",
        ),
        "out": (
            "支出金额", "支出", "支取金额", "支取", "取出金额", "取出", "借方发生额", "借方金额", "借方", "转出金额", "转出", "付款金额", "付方金额", "出账", "出账金额",
            "借方发生额(支出)", "借方发生额支出", "借方(支出)", "支出(借方)", "支出(借)", "借(支出)", "取款金额", "支出发生额", "往账金额", "借方发生数", "减少",
            "交易金额(支出)", "记账金额(支出)", "支取额", "支出额", "付方", "付方发生额", "借方支取", "支取(借)", "转出额", "支出金额(借)", "支出金额(-)",
            "withdrawals", "withdrawal", "moneyout", "debit", "debits", "paidout", "withdrawalamount", "debitamount", "expenditure", "paymentsout", "amountout",
            "withdrawalsdebits",
        ),
        "balance": (
            "余额", "账户余额", "本次余额", "联机余额", "交易后余额", "当前余额", "可用余额", "结余", "账面余额", "结存", "结存金额", "存款余额", "活期余额", "卡余额", "帐户余额",
            "账户结余", "交易余额", "期末余额", "余额元", "当日余额", "实时余额", "存折余额", "本笔余额", "交易后账户余额", "结余金额", "变动后余额", "账户当前余额", "帐面余额",
            "发生后余额", "子账户余额", "账余额", "人民币余额", "结余额", "余额(后)", "账上余额",
            "balance", "runningbalance", "accountbalance", "closingbalance", "availablebalance", "balanceamount", "bal", "ledgerbalance",
        ),
        "flag": (
            "借贷", "借贷标志", "借/贷", "收/支", "支/收", "收支", "收支类型", "收支标志", "收/付", "收付标志", "存取", "存取标志", "交易方向", "收/支/其他", "借贷方向", "发生方向",
            "收付", "资金流向", "方向", "正负", "借贷标识", "收支标识", "收支方向", "借贷别", "存/取", "借贷类型", "收付方向", "收付类型", "收支其他", "进出", "进/出", "出入账", "出/入账", "收支类别",
            "dr/cr", "cr/dr", "d/c", "drcr", "debit/credit", "in/out", "direction", "借贷dr/cr",
        ),
        "summary": (
            "摘要", "注释", "交易注释", "摘要/备注", "摘要/附言", "摘要/用途", "摘要/说明", "交易摘要", "业务摘要", "摘要说明", "摘要内容", "摘要信息", "交易摘要说明", "业务说明", "摘要描述",
            "description", "particulars", "details", "narrative", "transactiondescription", "transactiondetails", "remarkdescription", "abstract", "summary",
        ),
        "name": (
            "交易名称", "交易类型", "交易类别", "业务类型", "交易种类", "交易内容", "项目", "交易说明", "交易项目", "业务种类", "交易描述", "交易分类", "业务名称", "交易代码名称", "业务类别",
            "transaction", "transactiontype", "type", "txntype", "transtype", "trantype", "类型",
        ),
        "remark": (
            "附言", "备注", "交易附言", "客户摘要", "交易备注", "商品说明", "商品", "交易地点/附言", "留言", "附加信息", "客户附言", "用途/附言", "附言/用途", "备注信息", "汇款附言",
            "摘要备注", "交易地点附言", "备注/附言", "转账附言", "用途备注", "附注", "备注说明", "用途摘要", "交易详情", "商品名称",
            "remark", "remarks", "memo", "reference", "postscript", "note", "notes", "customertype",
        ),
        "purpose": ("用途", "交易用途", "资金用途", "款项用途", "用途说明"),
        "counterparty": (
            "对方户名", "对方账户名", "对方名称", "对手姓名", "对手户名", "交易对手", "交易对方", "对手名称", "对方姓名", "收/付款方", "对方账户名称", "交易对手名称", "往来户名", "对方单位", "收付方名称",
            "对方", "对方单位名称", "交易对手户名", "对手方", "对手方名称", "收付款人", "收(付)款人", "对方帐户名", "对手方户名", "对方户名/商户名称", "收(付)方名称", "交易对方名称", "收款方/付款方",
            "交易对方姓名", "对方客户名称", "往来单位", "收/付款人", "对方客户名", "交易对手姓名", "对方户名称", "收付款方名称", "交易对方户名", "对方账户户名", "收付款人名称", "收/付方户名", "对方行户名",
            "counterpartyname", "payee/payer", "payer/payee", "name", "otherparty", "beneficiary",
        ),
        "counterparty_account": (
            "对方账号", "对方卡号/账号", "对方账户", "对手账号", "对方账号/卡号", "交易对手账号", "对方卡号", "收付方账号", "对方帐号", "对手账户", "对手方账号", "对方账户号", "对方账卡号", "对方账号卡号",
            "收(付)款人账号", "收/付款方账号", "往来账号", "交易对方账号", "对方卡号账号", "交易对手账户", "对方账户/卡号", "交易对方账户", "收付款人账号", "对方卡/账号", "对方银行账号", "收/付方账号", "对手卡号",
            "counterpartyaccount", "counterpartyaccountno",
        ),
        "payer": ("付款人", "付款方", "付款人名称", "付款方名称", "付款人户名", "付款方户名", "付款单位", "汇款人", "转出方", "付款户名", "付款人姓名", "payer", "payername"),
        "payee": ("收款人", "收款方", "收款人名称", "收款方名称", "收款人户名", "收款方户名", "收款单位", "转入方", "收款户名", "收款人姓名", "payee", "payeename"),
        "payer_account": ("付款人账号", "付款方账号", "付款账号", "付款账户", "付款卡号", "转出账号", "转出账户", "付款方账户", "付款人账户"),
        "payee_account": ("收款人账号", "收款方账号", "收款账号", "收款账户", "收款卡号", "转入账号", "转入账户", "收款方账户", "收款人账户"),
        "party": (
            "对手信息", "对方账号与户名", "交易对手信息", "对方户名/账号", "对方信息", "对方账号户名", "对方户名及账号", "对方账户信息", "对方账号及户名", "对方账户名/账号", "户名/账号", "对方账号/户名", "对方户名账号",
            "对手户名/账号", "交易对方信息", "对方户名与账号", "交易对手账号/户名", "对手账号/户名", "对手方信息", "收付方信息", "对方账户/户名", "交易对手户名/账号",
            "counterparty", "counterpartyinformation", "counterpartyinfo",
        ),
        "channel": (
            "渠道", "交易渠道", "渠道名称", "交易途径", "交易方式", "收/付款方式", "业务渠道", "渠道类型", "办理渠道", "交易终端", "收付款方式", "支付方式", "交易通道", "受理渠道",
            "channel", "transactionchannel",
        ),
        "currency": ("币种", "币别", "货币", "交易币种", "币", "记账币种", "货币种类", "币种代码", "账户币种", "currency", "ccy", "curr"),
        "account": (
            "账号", "子账号", "卡号", "交易账号", "子账户", "账户", "本方账号", "交易卡号", "卡号/账号", "账号/卡号", "子账户序号", "账户序号", "帐号", "本方卡号", "卡内账户", "交易账户", "子账户号", "交易卡号/账号", "我方账号",
            "账户账号", "交易账卡号", "子帐号",
        ),
        "serial": (
            "流水号", "交易流水号", "日志号", "外部系统流水", "交易单号", "交易订单号", "凭证号", "凭证号码", "传票号", "电子流水号", "核心流水号", "交易流水", "流水编号", "交易编号", "外部流水号", "账务流水号", "系统流水号", "交易参考号",
            "日志编号", "参考号", "业务流水号", "订单号", "主机流水号", "柜员流水号", "交易日志号", "serialno", "referenceno", "refno", "transactionid", "voucherno",
        ),
        "other": (
            "储种", "钞汇", "钞/汇", "钞汇标志", "地区", "网点", "网点名称", "交易地点", "交易场所", "交易机构", "对方开户行", "对方行名", "对方银行", "现转标志", "现转", "凭证类型", "凭证种类", "柜员", "柜员号", "操作员", "序号",
            "商户单号", "商家订单号", "交易状态", "状态", "机构", "交易网点", "交易行", "起息日", "手续费", "交易代码", "机构号", "交易机构号", "钞汇标识", "交易国家或地区简称", "对方开户机构", "对手银行", "对手开户行", "交易行所", "开户机构",
            "汇钞标识", "钞汇属性", "业务代码", "交易对手开户行", "对方开户银行", "对方行号", "交易所在地", "交易柜员", "开户行", "受理机构", "经办机构", "对手行名", "笔数", "交易行名", "受理网点", "对方账户/对方银行", "交易地", "授权柜员", "复核",
            "顺序号", "编号", "行号", "序", "册号", "页行", "摘要代码", "存期", "利率", "利息", "冲正标志", "撤销标志", "现金标志", "现/转", "商户号", "终端号", "商户名称", "网点号", "交易网点名称", "交易机构名称", "对方机构", "对手机构", "钞汇类型", "状态标志",
            "no", "no.", "valuedate", "branch", "bank", "status", "fee", "chequeno", "卡号后四位",
        ),
    },
    kinds={
        "date": "date", "booking": "date", "time": "time",
        "amount": "money", "in": "money", "out": "money", "balance": "money",
    },
    dates=frozenset({"date", "booking", "time"}),
    alike=(
        frozenset({"summary", "name", "remark", "purpose", "other"}),
        frozenset({"counterparty", "counterparty_account", "party", "account", "other"}),
        frozenset({"date", "booking", "time"}),
        frozenset({"in", "out", "amount", "flag"}),
        frozenset({"serial", "other"}),
        frozenset({"channel", "other"}),
    ),
    money=frozenset({"amount", "in", "out", "balance"}),
    stems=STEMS,
    joint={
        frozenset({"counterparty", "counterparty_account"}): "party",
        frozenset({"party", "counterparty_account"}): "party",
        frozenset({"date", "time"}): "date",
        frozenset({"booking", "time"}): "date",
        frozenset({"date", "booking"}): "date",
        frozenset({"in", "out"}): "amount",
        frozenset({"payer", "payee"}): "counterparty",
        frozenset({"payer_account", "payee_account"}): "counterparty_account",
        frozenset({"payee", "payee_account"}): "party",
        frozenset({"payer", "payer_account"}): "party",
    },
    others={
        "counterparty": ("名称", "户名", "姓名", "账户名", "账户名称", "单位名称", "名字", "全称", "客户名称", "单位"),
        "counterparty_account": ("账号", "卡号", "账户", "账户号", "账号/卡号", "卡号/账号", "卡/账号", "账卡号"),
        "party": ("信息", "账户信息"),
        "other": ("开户行", "银行", "行名", "开户银行", "行号", "开户机构", "机构", "开户行名称", "银行名称"),
    },
)  # fmt: skip

MONEY = frozenset({"amount", "in", "out", "balance"})
DATES = frozenset({"date", "booking"})

# The labels of single values above and below the table. A label may be followed by its English, a colon, or nothing.
LABELS: dict[str, tuple[str, ...]] = {
    "account_holder": (
        "户名", "客户", "客户姓名", "客户名称", "账户名称", "姓名", "账户户名", "户主", "账户名", "存款人", "帐户名称", "持卡人", "持卡人姓名", "客户名", "账户姓名", "账户持有人", "账户所有人", "开户人", "存折户名", "申请人", "本方户名", "户主姓名", "存款人名称", "开户名", "储户", "存户",
        "Account Name", "Account Holder", "Customer Name", "Name of Account Holder", "Name",
    ),
    "account_number": (
        "卡号/账号", "账号/卡号", "卡号", "账号", "账户", "借记卡号", "客户账号", "账户账号", "帐号", "主账号", "银行卡号", "查询账号", "交易账号", "账户号码", "卡号码", "卡(账)号", "账(卡)号", "卡/账号", "账/卡号", "查询卡号", "账户账号/卡号", "客户卡号",
        "支付宝账户", "支付宝账号", "微信号", "Account Number", "Account No.", "Account No", "Account/Card No.", "Account/Card No", "Card No.", "Card Number", "Acct No.", "A/C No.", "A/C Number", "Account",
    ),
    "id_number": ("证件号码", "身份证号码", "身份证号", "证件号", "居民身份证号码", "居民身份证", "公民身份号码", "身份证件号码", "客户证件号码", "ID Number", "ID No."),
    "currency": ("币种", "币别", "货币", "账户币种", "Currency"),
    "period": (
        "起止日期", "交易区间", "时间段", "交易时间段", "查询期间", "查询区间", "交易明细对应时间段", "查询时间段", "起讫日期", "交易期间", "交易起止日期", "统计区间", "日期范围", "明细期间", "查询起止日期", "对账期间", "期间", "账单周期", "查询日期", "交易日期范围", "打印区间", "查询时间范围", "时间范围", "流水区间", "起止时间", "明细区间", "查询范围", "账期", "交易日期区间", "打印期间", "明细起止日期", "流水期间", "对账单期间", "交易时段", "明细时段",
        "Statement Period", "Period", "Date Range",
    ),
    "period_start": ("查询起日", "起始日期", "开始日期", "起始日", "查询起始日期", "查询开始日期", "起日", "起始时间", "开始日", "起", "自", "起期", "Start Date", "Begin Date", "From Date", "Date From"),
    "period_end": ("查询止日", "截止日期", "结束日期", "终止日期", "截止日", "查询截止日期", "查询终止日期", "查询结束日期", "止日", "终止时间", "截止时间", "结束日", "止", "止期", "End Date", "To Date", "Date To"),
    "opening_balance": ("期初余额", "上期余额", "期初账户余额", "承前余额", "上页余额", "起始余额", "承前页余额", "上期结余", "上期末余额", "期初结余", "Opening Balance", "Beginning Balance", "Balance Brought Forward"),
    "closing_balance": ("期末余额", "本期余额", "期末账户余额", "截止余额", "本期结余", "期末结余", "Closing Balance", "Ending Balance"),
    "total_in": (
        "总收入", "收入合计", "贷方发生数", "贷方合计", "收入总额", "贷方发生额合计", "收入总金额", "收入金额合计", "贷方总额", "贷方累计", "累计收入", "存入合计", "转入合计", "本期收入", "合计收入", "贷方发生额", "收入金额", "总收入金额", "收入总计", "贷方累计发生额", "累计贷方发生额", "贷方总金额", "合计存入", "存入总额", "收入汇总", "总存入", "本期存入", "累计存入", "总转入", "收入(贷方)合计", "合计贷方", "入账合计", "贷方总发生额", "收入",
        "Total Deposits", "Total Credits", "Total Money In", "Total In", "Total Credit", "Total Income",
    ),
    "total_out": (
        "总支出", "支出合计", "借方发生数", "借方合计", "支出总额", "借方发生额合计", "支出总金额", "支出金额合计", "借方总额", "借方累计", "累计支出", "支取合计", "转出合计", "本期支出", "合计支出", "借方发生额", "支出金额", "总支出金额", "支出总计", "借方累计发生额", "累计借方发生额", "借方总金额", "合计支取", "支取总额", "支出汇总", "总支取", "本期支取", "累计支取", "总转出", "支出(借方)合计", "合计借方", "出账合计", "借方总发生额", "支出",
        "Total Withdrawals", "Total Debits", "Total Money Out", "Total Out", "Total Debit", "Total Expenditure",
    ),
    "filter": ("按收支筛选", "筛选条件", "导出类型", "交易类型", "收支类型", "明细范围", "查询最低限额", "金额区间", "收支筛选", "筛选", "查询条件", "收支范围", "交易范围", "金额范围", "查询类型", "明细类型", "借贷筛选", "交易方向", "最低金额", "收支标志", "借贷标志", "查询内容", "收支方向", "交易种类", "打印范围", "Filter"),
    "printed_at": ("打印时间", "打印日期", "申请时间", "生成时间", "下单时间", "开立日期", "查询时间", "出具日期", "下载日期", "导出时间", "生成日期", "申请日期", "制表日期", "出单日期", "开具日期", "开具时间", "制单时间", "打印日", "出单时间", "制表时间", "出具时间", "打印机时间", "打印", "Print Date", "Printed", "Print Time", "Date of issue"),
    "serial_number": ("电子流水号", "电子凭证号", "电子凭证号码", "电子回单号", "电子回单号码", "回单号", "流水号", "凭证号", "流水证明编号", "Ref. No.", "Reference No.", "Reference Number", "清单编号", "编号", "流水单号", "回单编号", "单据编号", "流水编号", "明细编号", "电子流水编号", "文件编号", "证明编号", "凭证编号", "打印编号", "Serial Number", "List Number", "Serial No."),
    "name_of_bank": ("银行名称", "出具银行"),
    # Labels that end the value before them and are not read.
    "-": (
        "钞汇标识", "汇钞标识", "钞汇标志", "钞汇", "账户类型", "开户行", "开户行名称", "开户机构", "开户网点", "证件类型", "证件种类", "页数", "页码", "行数", "按币种筛选", "部门", "柜员", "柜员号", "产品名称", "受理行", "存款类型", "储种", "设备编号", "打印方式", "已打印次数", "网点", "客户号", "交易笔数", "笔数", "总笔数", "单位", "打印柜员", "打印机构", "打印网点", "开户银行", "卡别名", "介质类型", "凭证种类", "收入笔数", "支出笔数", "借方笔数", "贷方笔数", "总页数", "操作员", "机构", "账户状态", "排序方式", "账户性质", "联系电话", "手机号", "地址", "合计笔数", "本页交易笔数", "本页支出算术合计", "本页收入算术合计", "开户日期", "客服电话", "打印渠道", "查询柜员", "机构名称", "网点名称", "国籍", "性别", "住址", "产品", "账户等级", "卡种", "交易条数", "记录数", "明细笔数", "借记卡", "存期", "时间", "日期",
        "验证码", "校验码", "防伪码", "验真码", "验证编码", "防伪编码", "Verification Code",
        "Department", "Search Teller", "Teller", "Branch", "Sub Branch", "Account Type", "Page", "Currency Type", "Address",
    ),
}  # fmt: skip

BANKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Alipay", ("支付宝", "alipay")),
    ("WeChatPay", ("微信支付", "财付通", "wechatpay")),
    ("ICBC", ("中国工商银行", "工商银行", "industrialandcommercialbankofchina", "icbc")),
    ("ABC", ("中国农业银行", "农业银行", "agriculturalbankofchina")),
    ("CCB", ("中国建设银行", "建设银行", "chinaconstructionbank")),
    ("BOCOM", ("交通银行", "bankofcommunications", "bocom")),
    ("PSBC", ("中国邮政储蓄银行", "邮政储蓄银行", "邮储银行", "postalsavingsbankofchina")),
    ("CMBC", ("中国民生银行", "民生银行", "chinaminshengbank")),
    ("CMB", ("招商银行", "chinamerchantsbank")),
    ("CITIC", ("中信银行", "chinaciticbank", "citicbank")),
    ("SPDB", ("上海浦东发展银行", "浦东发展银行", "浦发银行", "shanghaipudongdevelopmentbank")),
    ("CIB", ("兴业银行", "industrialbank")),
    ("PAB", ("平安银行", "pinganbank")),
    ("CEB", ("中国光大银行", "光大银行", "chinaeverbrightbank")),
    ("HXB", ("华夏银行", "hxbank", "huaxiabank")),
    ("CGB", ("广发银行", "广东发展银行", "chinaguangfabank")),
    ("BOC", ("中国银行", "bankofchina")),
)  # fmt: skip
"""Short names and the printed ones, the longer before those they hold."""

TITLES: tuple[str, ...] = (
    "交易明细", "历史明细", "交易流水", "流水清单", "明细清单", "对账单", "活期明细", "账户明细", "银行流水", "明细查询", "收支明细", "月结单", "交易清单", "流水证明", "明细证明", "明细回单", "分户账", "交易记录",
    "账户流水", "活期交易", "往来明细", "资金流水", "明细信息", "账务明细", "存款明细", "明细账", "电子流水", "流水明细", "个人流水", "账户历史",
    "交易证明", "账户活动", "活动明细", "账户收支", "交易历史", "收支流水", "对账明细", "收支清单", "账户清单", "资金明细", "资金交易", "收支记录", "资金往来", "账户往来", "动账明细", "变动明细", "账户变动",
    "statementofaccount", "accountstatement", "bankstatement", "transactionstatement", "transactiondetails", "savingsstatement", "accountdetails", "statementperiod",
)  # fmt: skip

NOT_OURS: tuple[str, ...] = (
    "信用卡账单", "信用卡对账单", "贷记卡账单", "信用卡电子账单", "最低还款额", "creditcardstatement", "creditcardbilling", "到期还款日", "minimumpayment", "信用额度", "creditlimit",
    "还款计划", "还款明细", "贷款还款", "应还本金", "剩余本金", "归还本金", "应还利息",
    "工资条", "工资单", "工资表", "薪资单", "工资明细", "实发工资", "应发工资", "实发金额", "应发合计", "实发合计",
    "纳税记录", "收入纳税明细", "完税证明", "扣缴义务人", "所得项目",
    "参保缴费", "缴费基数", "社会保险", "缴存基数", "住房公积金缴存", "缴存明细",
    "信用报告", "购房合同", "买卖合同", "资产负债表", "利润表",
)  # fmt: skip
"""Words of papers with tables that are no statements: they end a claim unless a statement's title stands at the top."""

INFLOW: tuple[str, ...] = (
    "贷",
    "收入",
    "收",
    "存入",
    "存",
    "转入",
    "+",
    "cr",
    "credit",
    "c",
    "in",
    "入",
    "进",
    "进账",
    "入账",
    "贷方",
    "来账",
    "已收入",
    "收款",
)
OUTFLOW: tuple[str, ...] = (
    "借",
    "支出",
    "支",
    "取出",
    "支取",
    "取",
    "转出",
    "-",
    "dr",
    "debit",
    "d",
    "out",
    "出",
    "付",
    "付款",
    "出账",
    "借方",
    "往账",
    "已支出",
)
NEUTRAL: tuple[str, ...] = ("不计收支", "其他", "/", "中性", "中性交易", "其它", "不计收入支出")

EMPTY: tuple[str, ...] = (
    "-",
    "--",
    "---",
    "(空)",
    "空",
    "/",
    "无",
    "*",
    "null",
    "none",
    "n/a",
    "—",
    "暂无",
    "...",
    "…",
)
"""Cells that say nothing, after `squeeze`; runs of dashes and stars too."""

CURRENCIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("CNY", ("人民币", "cny", "rmb", "元", "01")), ("USD", ("美元", "usd", "美金")), ("HKD", ("港币", "港元", "hkd")), ("EUR", ("欧元", "eur")), ("JPY", ("日元", "日圆", "jpy")),
    ("GBP", ("英镑", "gbp")), ("AUD", ("澳大利亚元", "澳元", "aud")), ("CAD", ("加拿大元", "加元", "cad")), ("SGD", ("新加坡元", "新元", "sgd")), ("CHF", ("瑞士法郎", "chf")),
    ("NZD", ("新西兰元", "nzd")), ("MOP", ("澳门元", "mop")), ("THB", ("泰铢", "thb")), ("KRW", ("韩元", "krw")), ("TWD", ("新台币", "twd")),
)  # fmt: skip

STOPS: tuple[str, ...] = (
    "本页合计", "本页小计", "小计", "合计", "总计", "累计", "承前页", "过次页", "转下页", "接上页", "承上页", "本页支出", "本页收入", "本页交易", "本页笔数", "合并统计", "温馨提示", "特别提示", "下单时间", "制表", "制单", "出单", "开具", "查询时间", "查询日期", "截止", "注:", "打印时间", "打印日期", "以上数据", "以下空白", "以下无正文", "说明:", "声明", "备注:", "提示:",
    "可能导致数据缺失", "仅供参考", "第页", "共页", "期初余额", "期末余额", "上期余额", "本期余额", "上页余额", "结转下页", "页次", "客服热线", "客服电话", "明细结束", "记录结束", "交易明细结束", "借方合计", "贷方合计", "收入合计", "支出合计", "总收入", "总支出", "电子回单专用章", "业务专用章", "生成时间", "验证码", "请扫描二维码", "扫描二维码", "柜员签章", "银行盖章", "经办人", "复核人", "业务章", "盖章",
    "openingbalance", "closingbalance", "balancebroughtforward", "balancecarriedforward", "broughtforward", "carriedforward", "total", "subtotal", "endofstatement", "continuedonnextpage", "beginningbalance", "endingbalance",
)  # fmt: skip
"""Words that begin a printed line which is no row of the table (with its amounts, if it has any)."""

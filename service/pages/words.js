/* What codes of the API are called on the pages. */

export const ROLES = {
    administrator: "系统管理员",
    office: "评价工作人员",
    supervisor: "督导员",
    checker: "复核员",
    caller: "话务员",
    liaison: "被评单位联络员",
    auditor: "审计管理员",
    security: "安全管理员",
};

/* Who acted, where it was no account. */
export const ACTOR_ROLES = Object.assign({ cli: "命令行", token: "接口令牌", "-": "—" }, ROLES);

export const TEAM_KINDS = { own: "本机关", contractor: "外包机构" };
export const SCOPES = { read: "读取结果", import: "导入工单", metrics: "读取运行指标" };
export const OUTCOMES = { done: "成功", refused: "拒绝", failed: "失败" };

export const ACTIONS = {
    "service.start": "服务启动",
    "service.stop": "服务停止",
    "session.open": "登录",
    "session.close": "退出",
    "session.revoke": "终止会话",
    "account.lock": "账号锁定",
    "account.unlock": "解除锁定",
    "account.add": "新建账号",
    "account.disable": "停用账号",
    "account.enable": "启用账号",
    "account.reset": "重置密码",
    "account.role": "变更角色",
    "account.password": "修改密码",
    "account.totp": "绑定动态口令",
    "account.totp_reset": "解除动态口令",
    "account.recovery": "重新生成恢复码",
    "team.add": "新建班组",
    "team.change": "变更班组",
    "role.limits": "变更会话时限",
    "token.add": "新建接口令牌",
    "token.revoke": "撤销接口令牌",
    "import.load": "导入工单",
    "import.undo": "撤回导入",
    "units.change": "变更单位库",
    "calendar.import": "导入日历",
    "round.step": "评价期办理",
    "round.remark": "工作记录",
    "draw.make": "抽样",
    "draw.open": "开封抽样记录",
    "outcomes.import": "导入访问结果",
    "outcomes.export": "导出访问结果",
    "campaign.open": "开始电话测评",
    "campaign.pause": "暂停电话测评",
    "campaign.resume": "继续电话测评",
    "campaign.release": "启用备用样本",
    "campaign.assign": "分配样本到班组",
    "case.free": "释放拒访样本",
    "case.settle": "人工结案",
    "case.book": "预约访问",
    "case.correct": "更正访问结果",
    "case.show": "查看访问样本",
    "number.show": "查看号码",
    "number.add": "补充号码",
    "number.ban": "列入免打扰名单",
    "number.unban": "移出免打扰名单",
    "shift.confirm": "确认考勤",
    "shift.export": "导出考勤",
    "caller.languages": "变更话务员语言",
    "recheck.settle": "复核裁定",
    "calls.import": "导入话单",
    "package.make": "制作外包样本包",
    "package.take_back": "收回外包样本",
    "exclusion.request": "申请剔除",
    "exclusion.decide": "审定剔除",
    "score.keep": "留存结果",
    "report.make": "生成通报",
    "callers.show": "查看话务员情况",
    "order.show": "查看工单",
    "rejects.export": "导出问题数据",
    "audit.export": "导出审计日志",
    "audit.cut": "归档审计日志",
    "backup.make": "备份",
    "backup.restore": "恢复",
    "vault.export": "导出密钥",
    "vault.import": "导入密钥",
    "vault.rotate": "更换密钥",
    "task.cancel": "取消任务",
    "access.refuse": "拒绝办理",
};

export const ROUND_KINDS = {
    monthly: "月度",
    quarterly: "季度",
    midyear: "半年",
    yearend: "年度",
    other: "其他",
};
export const ROUND_STATES = {
    draft: "未冻结",
    frozen: "已冻结",
    drawn: "已抽样",
    calling: "访问中",
    closed: "已关闭",
    scored: "已计分",
};
export const BANDS = { above: "高于类别平均", not_different: "无明显差异", below: "低于类别平均" };
export const NOTES = {
    few: "样本偏少，仅供参考",
    too_few: "样本不足，不排名",
    no_orders: "本期无工单",
    none_due: "本期无到期工单",
    low_response: "有效率偏低",
};

export const TASK_KINDS = {
    import: "导入工单",
    undo: "撤回导入",
    backup: "备份",
    draw_plan: "测算抽样方案",
    draw: "抽样",
    freeze: "冻结",
    close: "关闭",
    score: "计算结果",
    report: "生成通报",
};
export const TASK_STATES = {
    queued: "等待",
    running: "进行中",
    done: "完成",
    failed: "失败",
    canceled: "已取消",
    interrupted: "因服务重启中断",
};

/* The word, or the code itself where the pages are older than the service. */
export function say(words, code) {
    if (code === null || code === undefined || code === "") return "—";
    return Object.prototype.hasOwnProperty.call(words, code) ? words[code] : String(code);
}

export const DRAW_KINDS = { seed: "公开摇号抽样", exact: "按指定种子抽样", adopted: "采用外部样本" };
export const FRAME_REASONS = {
    not_counted: "本期不统计",
    excluded: "按规则不计入考核",
    opt_out: "诉求人拒绝回访",
    confidential: "保密工单",
    request: "经批准剔除",
    open: "尚未办结",
    too_old: "办结时间过久",
};

export const ROUND_STEPS = {
    create: "建立",
    freeze: "冻结",
    draw: "抽样",
    "top-up": "追加样本",
    "draw abandoned": "作废抽样",
    "close unfinished": "未做完即关闭",
    calling: "开始访问",
    close: "关闭",
    reopen: "退回",
    open: "开启核对",
    score: "计分",
};

export const CHARTS = { on_time: "按时办结率", resolution: "诉求解决率", satisfaction: "处理满意率" };

/* Of the details of an entry of the audit log: their names, and the codes among their values. */
export const DETAILS = {
    absolute_s: "最长登录秒数",
    accepted: "新增",
    by: "经办",
    cases: "样本数",
    change: "变更",
    code: "结果",
    cut: "内容过长已略去",
    decision: "审定",
    draw: "抽样次序",
    entries: "样本框件数",
    factor: "第二因素",
    failures: "连续失败次数",
    file: "文件序号",
    format: "格式",
    idle_s: "无操作退出秒数",
    issue: "留存次序",
    kind: "性质",
    last_id: "末条序号",
    mac: "校验码",
    mark: "水印",
    max_accounts: "账号数上限",
    operation: "接口",
    orders: "工单数",
    records: "条数",
    rejected: "问题数据",
    rejects_files: "问题数据文件",
    reserve: "备用",
    role: "角色",
    rows: "行数",
    sample: "样本",
    session: "会话",
    sha256: "SHA-256",
    stage: "阶段",
    step: "步骤",
    task: "任务",
    team: "班组序号",
    units: "单位数",
    updated: "更新",
    why: "原因",
    wrong: "有误的是",
};
export const DETAIL_CODES = {
    change: { import: "导入名册", alias: "登记别名", merge: "合并单位" },
    code: {
        busy: "另有操作进行中",
        canceled: "已取消",
        "disk is full": "磁盘已满",
        "input or output failed": "读写失败",
        "malformed input": "格式有误",
        "not found": "未找到",
        refused: "不予执行",
        "undecodable text": "文字编码无法识别",
    },
    factor: { none: "无", totp: "动态口令", recovery: "恢复码" },
    stage: { must_change: "待改密码", must_enrol: "待绑定动态口令", full: "已登录" },
    wrong: { password: "密码", code: "动态口令或恢复码" },
    why: {
        absolute: "超过最长登录时间",
        csrf: "缺少防伪标记",
        disabled: "账号已停用",
        ended: "班组已到截止日期",
        idle: "长时间未操作",
        locked: "账号锁定中",
        own_account: "本人账号",
        own_units_only: "超出所辖单位",
        permission: "权限不当",
        refused: "不予执行",
        role_is_given: "该角色已有账号",
        sign_out: "主动退出",
        wrong_code: "动态口令有误",
    },
    decision: { approve: "批准", refuse: "不批准" },
    kind: TEAM_KINDS,
    role: ROLES,
    step: Object.assign(
        { plan: "测算", seed: "公开摇号", exact_seed: "按指定种子", adopt: "采用外部样本" },
        ROUND_STEPS,
    ),
    task: TASK_KINDS,
    team: { 0: "无" },
};

/* ---- phoning ---- */
export const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
export const LANGUAGES = { za: "壮语", other: "其他语言" };
export const TURNS = { held: "接着访问", appointment: "预约", retry: "再拨", fresh: "首次" };
export const ORDER_KINDS = { ordinary: "一般", consult: "咨询", overdue: "逾期未办结" };
export const NEXT_STEPS = { final: "已结束", waiting: "换时间再拨", appointment: "按约定时间再拨", number: "换号码再拨" };
/* The items of the interview, in brief. */
export const ITEMS = {
    consent: "同意",
    is_you: "本人",
    contacted: "联系",
    resolved: "解决",
    satisfaction: "满意度",
    result: "结果",
    speed: "速度",
    attitude: "态度",
    why: "原因",
    other: "补充",
    share_words: "转给单位",
    coached: "有无授意",
    interviewed: "受访",
};

/* ---- re-checks ---- */
export const RECHECK_REASONS = { first: "前5件必查", share: "按比例抽查", wish: "指定" };
export const RECHECK_STATES = {
    queued: "待复核",
    leased: "复核中",
    done: "已复核",
    unreached: "没有联系上",
    settled: "已裁定",
};
export const RECHECK_METHODS = { phone: "电话", recording: "听录音" };
export const RECHECK_VERDICTS = { kept: "维持原记录", replaced: "以复核为准", void: "作废" };
export const RESOLUTIONS = { yes: "已解决", partly: "部分解决", open: "正在解决", no: "未解决" };
export const RECHECK_VALUES = {
    interviewed: { yes: "接受过", no: "没有接受过", unsure: "记不清" },
    contacted: { yes: "联系过", no: "没有联系", unsure: "说不清" },
    resolved: Object.assign({}, RESOLUTIONS, { unsure: "说不清" }),
    satisfaction: { 5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意", unsure: "说不清" },
};

/* ---- supervision ---- */
export const CASE_STATES = {
    queued: "未访问",
    leased: "办理中",
    appointment: "已预约",
    waiting: "待再拨",
    final: "已结案",
};
export const CASE_WHYS = {
    exhausted: "按规程访问到底",
    do_not_call: "列入免打扰名单",
    settled: "人工结案",
    handed_over: "交外包机构",
    imported: "按导入的结果结案",
};
export const CALLER_STATES = { dialling: "拨打中", holding: "手中有样本", idle: "空闲", off: "不在岗" };
export const ALERTS = {
    short: "通话过短",
    funnel: "解决率异常",
    satisfied_share: "满意率异常",
    refusal: "拒访率异常",
    missing: "漏答异常",
    coached: "称有授意",
    interrupted: "多次中断",
    language: "语言",
    unmatched: "话单不符",
};
export const ATTEMPT_SOURCES = { service: "本系统", file: "导入", correction: "更正" };

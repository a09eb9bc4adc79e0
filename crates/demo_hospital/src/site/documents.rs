//! The papers the sites have in common, each signed by an invented office.

use crate::statement::Statement;

/// Elements a security policy has to contain, as the executives' list names them.
pub(crate) const POLICY_ELEMENTS: &[&str] = &[
    "principle",
    "covered_information",
    "handling_and_retention",
    "user_identification",
    "responsible_person",
    "contact_point",
];

/// Elements operating rules have to contain, as the executives' list names them.
pub(crate) const RULE_ELEMENTS: &[&str] = &[
    "organisation",
    "document_control",
    "risk_prevention_and_response",
    "device_management",
    "remote_terminals",
    "media_management",
    "explanation_and_consent",
    "audit",
    "contact_point",
];

/// Appointment of the security officer.
pub(crate) const APPOINTMENT: Statement = Statement {
    kind: "security_officer_appointment",
    title: "安全管理責任者の任命書",
    signed_by: "院長",
    role: "院長",
    issued_days_ago: 120,
    valid_days: 365,
    sections: &[],
    text: "医療情報システムの安全管理責任者として副院長を任命します。",
};
/// Contact tree.
pub(crate) const CONTACT_TREE: Statement = Statement {
    kind: "contact_tree",
    title: "緊急時の連絡体制図",
    signed_by: "医療情報システム安全管理責任者",
    role: "副院長",
    issued_days_ago: 60,
    valid_days: 180,
    sections: &[],
    text: "院内は当直者から安全管理責任者へ、院外は保守事業者、監督官庁、警察の順に連絡します。",
};
/// Continuity plan.
pub(crate) const BCP: Statement = Statement {
    kind: "bcp",
    title: "サイバー攻撃時の事業継続計画",
    signed_by: "院長",
    role: "院長",
    issued_days_ago: 150,
    valid_days: 365,
    sections: &[],
    text: "電子カルテが止まったときは紙の診療に切り替え、優先する診療と復旧の順番をこの計画で定めます。",
};
/// Operating rules.
pub(crate) const RULES: Statement = Statement {
    kind: "operating_rules",
    title: "運用管理規程",
    signed_by: "院長",
    role: "院長",
    issued_days_ago: 200,
    valid_days: 365,
    sections: RULE_ELEMENTS,
    text: "体制、文書、リスクへの備え、機器、持ち出し、媒体、説明と同意、監査、窓口について定めます。",
};
/// Security policy.
pub(crate) const POLICY: Statement = Statement {
    kind: "security_policy",
    title: "情報セキュリティ基本方針",
    signed_by: "院長",
    role: "院長",
    issued_days_ago: 200,
    valid_days: 365,
    sections: POLICY_ELEMENTS,
    text: "理念、対象の情報、扱いと保存期間、利用者の識別、責任者、窓口について定めます。",
};
/// Stock-taking record.
pub(crate) const STOCKTAKING: Statement = Statement {
    kind: "stocktaking_record",
    title: "情報機器の棚卸記録",
    signed_by: "情報システム室長",
    role: "企画管理者",
    issued_days_ago: 9,
    valid_days: 365,
    sections: &[],
    text: "台帳と現物を突き合わせました。",
};
/// Reply of a vendor about remote maintenance.
pub(crate) const VENDOR_REPLY: Statement = Statement {
    kind: "vendor_reply",
    title: "リモート保守についての事業者回答",
    signed_by: "架空あおば医療情報 保守窓口",
    role: "保守事業者",
    issued_days_ago: 50,
    valid_days: 183,
    sections: &[],
    text: "貴院の機器に対するリモート保守の有無と方法を回答します。",
};
/// Attestation of device passwords.
pub(crate) const DEVICE_PASSWORDS: Statement = Statement {
    kind: "device_password_attestation",
    title: "機器パスワード確認書",
    signed_by: "情報システム室長",
    role: "企画管理者",
    issued_days_ago: 30,
    valid_days: 100,
    sections: &[],
    text: "初期値のまま、または使い回しのパスワードがないことを確認しました。",
};
/// Record of a restore drill.
pub(crate) const RESTORE_DRILL: Statement = Statement {
    kind: "restore_drill_record",
    title: "復旧訓練記録",
    signed_by: "情報システム室長",
    role: "企画管理者",
    issued_days_ago: 40,
    valid_days: 100,
    sections: &[],
    text: "電子カルテのデータベースを別の機器へ戻し、所要時間と結果を記録しました。",
};
/// The same record, past its date.
pub(crate) const RESTORE_DRILL_EXPIRED: Statement =
    Statement { issued_days_ago: 300, valid_days: 100, ..RESTORE_DRILL };
/// Two-factor plan.
pub(crate) const TWO_FACTOR_PLAN: Statement = Statement {
    kind: "mfa_plan",
    title: "二要素認証の導入計画",
    signed_by: "事務長",
    role: "事務長",
    issued_days_ago: 90,
    valid_days: 365,
    sections: &[],
    text: "次年度に端末へ導入します。予算と担当者を定めました。",
};
/// Minutes of the management meeting.
pub(crate) const MINUTES: Statement = Statement {
    kind: "management_minutes",
    title: "経営会議議事録",
    signed_by: "理事長",
    role: "理事長",
    issued_days_ago: 70,
    valid_days: 365,
    sections: &[],
    text: "サイバー攻撃による損害を経営上の危険の一つとして扱うことを決めました。",
};
/// Operating rules that leave out two elements.
pub(crate) const RULES_INCOMPLETE: Statement = Statement { sections: SEVEN_RULE_ELEMENTS, ..RULES };

const SEVEN_RULE_ELEMENTS: &[&str] = &[
    "organisation",
    "document_control",
    "risk_prevention_and_response",
    "device_management",
    "media_management",
    "explanation_and_consent",
    "contact_point",
];

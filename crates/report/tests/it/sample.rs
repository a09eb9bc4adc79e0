//! A hospital with a believable report, and the same with texts nobody should have to expect.

use base::{ContentHash, Date, Grade, Locator, Mark, Severity, UtcSeconds, Verdict};
use report::model::{
    Answer, AskLine, CheckLine, Checkpoint, EvidenceLine, ExceptionLine, FindingLine, FrameworkReport, ItemReport,
    RefusedLine, Report, Site, TaskLine, TaskState, Tile, TileState, TodoLine, VerdictCounts,
};

/// Formulas, tags, turned text, quotes and code of every renderer.
pub(crate) const NASTY: [&str; 7] = [
    "<script>alert('x')</script>&amp;\"</td>",
    "=HYPERLINK(\"http://example.invalid\",\"開く\")",
    "+1+cmd|' /C calc'!A0",
    "\u{202e}gpj.exe\u{200b}\u{7}",
    "#panic(\"x\") \\u{41} $x$ *b* `raw` @ref <label>",
    "العربية עברית",
    "}</style>@import url(http://example.invalid);",
];

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn line(
    label: &str,
    value: &str,
    subject: &str,
    file: &str,
    locator: &str,
    observed: &str,
    grade: Grade,
) -> EvidenceLine {
    let observed_on = day(observed);
    let age = day("2026-11-20").days_since(observed_on);
    EvidenceLine {
        subject_id: String::new(),
        evidence: 0,
        label: label.to_owned(),
        value: value.to_owned(),
        subject: subject.to_owned(),
        file_name: file.to_owned(),
        locator: locator.parse::<Locator>().unwrap(),
        sha256: Some(ContentHash::of(file.as_bytes())),
        observed_on: Some(observed_on),
        age_days: Some(age),
        grade,
        stale: age > 90,
    }
}

const ITEMS: [(&str, &str, &str, Verdict); 19] = [
    ("0", "医療情報システム", "診療に関する情報を扱うシステムを使っている", Verdict::Proved),
    ("1①", "体制の構築", "医療情報システム安全管理責任者を置いている", Verdict::Attested),
    ("2①", "管理・運用", "サーバ、端末PC、ネットワーク機器の台帳を管理している", Verdict::Contradicted),
    (
        "2②",
        "管理・運用",
        "リモートメンテナンス（保守）を利用している機器の有無を事業者に確認している",
        Verdict::Contradicted,
    ),
    ("2③", "管理・運用", "事業者から製造業者/サービス事業者による開示書（MDS/SDS）を受け取っている", Verdict::Unknown),
    (
        "2④",
        "管理・運用",
        "利用者の職種・担当業務ごとにアクセスできる範囲を決め、管理者権限を持つ人を明らかにしている",
        Verdict::Contradicted,
    ),
    (
        "2⑤",
        "管理・運用",
        "退職者や使われていないアカウントなど、不要なアカウントを削除または無効にしている",
        Verdict::Contradicted,
    ),
    ("2⑥", "管理・運用", "セキュリティパッチを適用している", Verdict::Stale),
    ("2⑦", "管理・運用", "パスワードを英数字と記号を混ぜた8文字以上にし、定期的に変更している", Verdict::Proved),
    ("2⑧", "管理・運用", "パスワードの使い回しを禁止している", Verdict::Attested),
    ("2⑨", "管理・運用", "USBメモリなどの外部記録媒体や情報機器の接続を制限している", Verdict::Contradicted),
    ("2⑩", "管理・運用", "二要素認証を採用している、または令和9年度までに採用する予定である", Verdict::Attested),
    ("2⑪", "管理・運用", "アクセスログを管理している", Verdict::Unknown),
    ("2⑫", "管理・運用", "裏で動く不要なソフトウェアやサービスを止めている", Verdict::Proved),
    ("2⑬", "管理・運用", "接続元を制限している", Verdict::Stale),
    ("3①", "インシデントへの備え", "インシデント時の施設内と外部の連絡体制図がある", Verdict::Attested),
    (
        "3②",
        "インシデントへの備え",
        "診療を続けるために必要な情報を検討し、バックアップの実施と復旧手順を確認している",
        Verdict::Unknown,
    ),
    ("3③", "インシデントへの備え", "サイバー攻撃を想定した事業継続計画（BCP）がある", Verdict::Attested),
    (
        "4①",
        "規程類の整備",
        "上の1から3の全項目について、具体的な実施方法を運用管理規程などに定めている",
        Verdict::Unknown,
    ),
];

fn answer_for(verdict: Verdict, index: usize) -> (Option<Answer>, Option<Date>) {
    match verdict {
        Verdict::Proved | Verdict::Attested | Verdict::Stale => (Some(Answer::Yes), None),
        Verdict::Contradicted if index.is_multiple_of(2) => (Some(Answer::Yes), None),
        Verdict::Contradicted => (Some(Answer::No), Some(day("2027-03-31"))),
        Verdict::Unknown => (None, None),
    }
}

fn reason_for(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "対象のすべてで、機械の証拠が満たしていることを示しています。",
        Verdict::Contradicted => "回答と証拠が合いません。満たしていない対象があります。",
        Verdict::Attested => "任命書などの文書はありますが、機械の証拠はありません。",
        Verdict::Stale => "最後の証拠から127日たっています。90日以内の証拠が必要です。",
        Verdict::Unknown => "証拠も申告もまだありません。",
    }
}

fn evidence_for(verdict: Verdict) -> Vec<EvidenceLine> {
    match verdict {
        Verdict::Unknown => Vec::new(),
        Verdict::Stale => vec![line(
            "更新プログラムの適用日",
            "2026-06-30",
            "医事会計サーバ（IJI-SV01）",
            "IJI-SV01_systeminfo.csv",
            "line:2",
            "2026-07-16",
            Grade::Machine,
        )],
        Verdict::Attested => vec![line(
            "任命日",
            "2025-04-01",
            "みどり中央病院",
            "安全管理責任者_任命書.pdf",
            "whole",
            "2026-10-31",
            Grade::Document,
        )],
        Verdict::Proved | Verdict::Contradicted => vec![
            line(
                "ロックアウトのしきい値",
                "10 回",
                "電子カルテサーバ（KARTE-DB01）",
                "KARTE-DB01_secpol.inf",
                "line:12",
                "2026-11-18",
                Grade::Machine,
            ),
            line(
                "最終ログオンからの日数",
                "412 日",
                "svc_backup_old",
                "ADユーザー一覧_20261115.csv",
                "cell:ADユーザー一覧!C118",
                "2026-11-15",
                Grade::Machine,
            ),
        ],
    }
}

fn item(index: usize) -> ItemReport {
    let (number, section, text, verdict) = ITEMS[index];
    let (answer, target_on) = answer_for(verdict, index);
    let fails = usize::from(verdict == Verdict::Contradicted) * 7;
    ItemReport {
        id: format!("R7-{index}"),
        number: number.to_owned(),
        section: section.to_owned(),
        text: text.to_owned(),
        category: String::new(),
        verdict,
        answer,
        answered_by: if answer.is_some() { "医療情報部 佐藤".to_owned() } else { String::new() },
        checked_on: answer.map(|_| day("2026-10-31")),
        target_on,
        reason: reason_for(verdict).to_owned(),
        mark: if index % 7 == 5 { Mark::Inferred } else { Mark::Seen },
        evidence: evidence_for(verdict),
        checks: vec![CheckLine {
            id: format!("ACC-{index:02}"),
            title: "使われていないアカウントが有効のまま残っていない".to_owned(),
            verdict,
            holds: 12,
            fails,
            unknown: 3,
            stale: 0,
            not_applicable: 1,
        }],
        exception: (index == 10).then(exception),
    }
}

fn exception() -> ExceptionLine {
    ExceptionLine {
        id: "E-001".to_owned(),
        covers: "2⑨ 放射線科 画像参照端末 2台".to_owned(),
        reason: "装置の更新（2027年3月）まで、画像の受け渡しにUSBメモリが必要です。".to_owned(),
        compensation: "専用のUSBメモリだけを使い、使用のたびに検査して記録します。".to_owned(),
        approved_by: "院長 山田".to_owned(),
        approved_on: Some(day("2026-05-01")),
        expires_on: Some(day("2026-10-31")),
        expired: true,
    }
}

fn framework(id: &str, title: &str, edition: &str, items: Vec<ItemReport>) -> FrameworkReport {
    FrameworkReport {
        id: id.to_owned(),
        title: title.to_owned(),
        edition: edition.to_owned(),
        mark: Mark::Seen,
        counts: VerdictCounts::of(&items),
        items,
    }
}

fn tiles() -> Vec<Tile> {
    let tile = |label: &str, state, reason: &str| Tile {
        label: label.to_owned(),
        state,
        reason: reason.to_owned(),
        source: None,
    };
    vec![
        tile("外部接続", TileState::Danger, "申告のない保守回線が1本あります"),
        tile("バックアップ", TileState::Unknown, "復元の記録がありません"),
        tile("アカウント", TileState::Danger, "使われていない管理者が7件有効です"),
        tile("更新", TileState::Caution, "サーバ3台の証拠が古くなりました"),
        tile("パスワード", TileState::Good, "全サーバで設定を確認しました"),
    ]
}

fn findings() -> Vec<FindingLine> {
    let finding = |check_id: &str, severity, title: &str, names: &[&str], total| FindingLine {
        check_id: check_id.to_owned(),
        severity,
        title: title.to_owned(),
        why: "盗まれたアカウントで電子カルテに入られ、診療が止まるおそれがあります。".to_owned(),
        fix: "人事の退職者名簿と照らし合わせ、使われていないアカウントを無効にしてください。".to_owned(),
        subjects: names.iter().map(|name| (*name).to_owned()).collect(),
        subjects_total: total,
        evidence: evidence_for(Verdict::Contradicted),
    };
    vec![
        finding(
            "EXT-03",
            Severity::Critical,
            "インターネットから遠隔操作の入口が見えない",
            &["放射線科 CT保守回線"],
            1,
        ),
        finding(
            "ACC-13",
            Severity::High,
            "使われていないアカウントが有効のまま残っていない",
            &["svc_backup_old", "tanaka.k", "temp_nurse03", "vendor_ct", "test01"],
            7,
        ),
    ]
}

fn todo() -> Vec<TodoLine> {
    let rows = [
        ("CT保守回線の遠隔操作の入口を閉じる", "医療情報部", "2026-11-24"),
        ("使われていない管理者アカウント7件を無効にする", "医療情報部", "2026-11-30"),
        ("電子カルテのバックアップから復元できるか試す", "医事課", "2026-12-15"),
        ("医事会計サーバの更新状況をもう一度取り込む", "医療情報部", "2026-11-30"),
        ("USBメモリの例外を更新するか、接続を止める", "放射線科", "2026-11-27"),
        ("保守事業者5社に開示書（MDS/SDS）を依頼する", "用度課", "2026-12-25"),
        ("台帳にない機器4台の持ち主を確かめる", "医療情報部", "2026-12-10"),
        ("運用管理規程の見直し案を作る", "総務課", "2027-01-31"),
        ("連絡体制図の電話番号を確かめる", "総務課", "2027-01-31"),
    ];
    let line = |(title, owner, due): &(&str, &str, &str)| TodoLine {
        title: (*title).to_owned(),
        why: String::new(),
        owner: (*owner).to_owned(),
        due_on: Some(day(due)),
    };
    rows.iter().map(line).collect()
}

fn asks() -> Vec<AskLine> {
    let ask = |what: &str, how: &str, answers: &[&str]| AskLine {
        what: what.to_owned(),
        how: how.to_owned(),
        answers: answers.iter().map(|answer| (*answer).to_owned()).collect(),
        papers: Vec::new(),
        made_on: None,
        limit: String::new(),
    };
    vec![
        ask(
            "バックアップの復元記録",
            "直近の復元試験の記録（範囲、かかった時間、結果）を文書として登録してください。",
            &["3②"],
        ),
        ask(
            "サーバの監査ポリシー",
            "サーバで管理者として実行し、できたファイルを取り込んでください。\nauditpol /backup /file:C:\\temp\\audit.csv",
            &["2⑪", "2④"],
        ),
        ask("医療機器の開示書（MDS/SDS）", "各事業者に依頼し、届いた文書を登録してください。", &["2③"]),
    ]
}

/// みどり中央病院 on 2026-11-20.
pub(crate) fn hospital() -> Report {
    let items: Vec<ItemReport> = (0..ITEMS.len()).map(item).collect();
    let mut executive: Vec<ItemReport> = (0..6).map(item).collect();
    for item in &mut executive {
        item.category = "予防".to_owned();
    }
    executive[5].answer = Some(Answer::NotApplicable);
    executive[4].answer = Some(Answer::NotApplicable);
    Report {
        site: Site { name: "みどり中央病院".to_owned(), kind: "病院".to_owned(), beds: Some(320) },
        made_at: UtcSeconds(1_795_150_800),
        document_number: "情セ-2026-011".to_owned(),
        prepared_by: "医療情報部 佐藤".to_owned(),
        program_version: "mamori 0.1.0".to_owned(),
        notice: "見本です。実在の施設ではありません。".to_owned(),
        checkpoint: Some(Checkpoint {
            origin: "mamori/midori-chuo".to_owned(),
            size: 1_842,
            root: "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=".to_owned(),
            note: "mamori/midori-chuo\n1842\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— mamori/midori-chuo \
                   Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="
                .to_owned(),
        }),
        summary: vec![
            "証明できているのは19項目のうち3項目です。証拠と合わない項目が5つあり、うち1つは緊急です。".to_owned(),
            "申告のない保守回線がインターネットから見えています。電子カルテに届く経路です。".to_owned(),
            "バックアップから元に戻せるかどうかは、まだ誰も確かめていません。".to_owned(),
        ],
        tiles: tiles(),
        frameworks: vec![
            framework("mhlw-r7-hospital", "医療機関確認用チェックリスト", "令和7年度", items),
            framework("executive", "経営層の確認事項", "2026年版", executive),
        ],
        findings: findings(),
        todo: todo(),
        asks: asks(),
        exceptions: vec![exception()],
        tasks: vec![
            TaskLine {
                title: "CT保守回線の遠隔操作の入口を閉じる".to_owned(),
                owner: "医療情報部".to_owned(),
                due_on: Some(day("2026-11-24")),
                state: TaskState::Open,
            },
            TaskLine {
                title: "USBメモリの例外を見直す".to_owned(),
                owner: "放射線科".to_owned(),
                due_on: Some(day("2026-10-31")),
                state: TaskState::Overdue,
            },
        ],
        refused: vec![RefusedLine {
            file_name: "資産台帳_最終_2.xlsx".to_owned(),
            locator: "cell:端末!D57".parse().unwrap(),
            sha256: Some(ContentHash::of(b"ledger")),
            reason:
                "「購入日」が日付ではありません（見つかった値: 不明）。日付を書き直して、もう一度取り込んでください。"
                    .to_owned(),
        }],
    }
}

/// The same hospital, every text hostile or far too long.
pub(crate) fn nasty() -> Report {
    let mut report = hospital();
    let long = "長".repeat(10_000);
    let joined = NASTY.join(" ");
    report.site.name = format!("{joined}{long}");
    report.site.kind = joined.clone();
    report.prepared_by = long.clone();
    report.document_number = joined.clone();
    report.notice = long.clone();
    report.program_version = joined.clone();
    report.summary = vec![format!("{joined}{long}"), long.clone(), joined.clone(), "四つ目".to_owned()];
    for (tile, text) in report.tiles.iter_mut().zip(NASTY) {
        tile.label = format!("{text}{long}");
        tile.reason = format!("{text}{long}");
    }
    report.tiles.push(report.tiles[0].clone());
    for (todo, text) in report.todo.iter_mut().zip(NASTY) {
        todo.title = format!("{text}{long}");
        todo.owner = format!("{text}{long}");
    }
    let template = report.frameworks[0].clone();
    for (index, text) in NASTY.iter().enumerate() {
        let mut framework = FrameworkReport { items: Vec::new(), ..template.clone() };
        framework.title = format!("{index}{text}{long}");
        report.frameworks.push(framework);
    }
    for (item, text) in report.frameworks[0].items.iter_mut().zip(NASTY) {
        item.number = (*text).to_owned();
        item.text = (*text).to_owned();
        item.reason = format!("{text}{long}");
        item.section = (*text).to_owned();
        for line in &mut item.evidence {
            line.file_name = (*text).to_owned();
            line.value = format!("{text}{long}");
            line.subject = (*text).to_owned();
        }
    }
    for (finding, text) in report.findings.iter_mut().zip(NASTY) {
        finding.title = (*text).to_owned();
        finding.subjects = vec![joined.clone(), long.clone()];
    }
    let checkpoint = report.checkpoint.as_mut().unwrap();
    checkpoint.origin = joined.clone();
    checkpoint.note = format!("{joined}\n{long}");
    report.refused[0].file_name = joined;
    report
}

/// A clinic that has just begun: nothing is known.
pub(crate) fn empty() -> Report {
    let full = hospital();
    Report {
        site: Site { name: "ひかり診療所".to_owned(), kind: "診療所".to_owned(), beds: None },
        notice: String::new(),
        document_number: String::new(),
        prepared_by: String::new(),
        checkpoint: None,
        summary: vec!["まだ証拠がありません。最初のファイルを取り込んでください。".to_owned()],
        tiles: Vec::new(),
        frameworks: Vec::new(),
        findings: Vec::new(),
        todo: Vec::new(),
        asks: Vec::new(),
        exceptions: Vec::new(),
        tasks: Vec::new(),
        refused: Vec::new(),
        ..full
    }
}

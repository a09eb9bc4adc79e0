//! The command line.

mod detect;
mod office;

use std::net::SocketAddr;
use std::path::PathBuf;

use assess::SiteKind;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use detect::{DetectArgs, DetectFormat};
pub(crate) use office::{BackupArgs, RemoteArgs, RemoteCommand, RestoreArgs, ServeArgs};

/// 守り: 病院のセキュリティを、証跡で答えるためのプログラム (the security office of a hospital, answered from evidence)
#[derive(Debug, Parser)]
#[command(name = "mamori", version, max_term_width = 110)]
#[command(
    after_help = "終了コード / exit codes:\n  0 正常 done\n  1 矛盾する指摘がある、または台帳に異常がある contradicted findings, or a damaged ledger\n  2 使い方の誤り wrong usage\n  3 受け取れないものがあった something was refused\n  4 保存・データベース・設定の問題 storage, database or configuration trouble"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// データフォルダー (data directory) [既定 default: mamori-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// PostgreSQL の接続先 (postgres://…)
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// 設定ファイル (configuration file) [既定 default: mamori.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// 表示の言語 (language)
    #[arg(long, global = true, value_parser = ["ja", "en"])]
    pub(crate) lang: Option<String>,
    /// 結果を JSON で出す (print JSON)
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// 施設の識別名 (site) [既定 default: main]
    #[arg(long, global = true, value_name = "ID", default_value = "main")]
    pub(crate) site: String,
    /// 操作する人 (who is at the keyboard) [既定 default: ログイン名 login name]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) who: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// 見本の病院で、証跡から報告書までを見せる (the main job on a sample hospital)
    Demo(DemoArgs),
    /// 証跡のフォルダーから報告書を作る。サーバーは要らない (evidence in, report out, no server)
    Assess(AssessArgs),
    /// 取り込んだ証跡・回答・例外から報告書を作る (report from what is kept)
    Report(ReportArgs),
    /// 証跡を取り込む (import evidence)
    Import(ImportArgs),
    /// チェックリストへの回答や書類を記録する (answer an item, or hand in a document)
    #[command(subcommand)]
    Claim(ClaimCommand),
    /// 例外：理由・補完的対策・期限 (exceptions)
    #[command(subcommand)]
    Exception(ExceptionCommand),
    /// やること (tasks)
    #[command(subcommand)]
    Task(TaskCommand),
    /// 改ざんを見つける台帳 (the tamper-evident ledger)
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// ある対象について分かっていることと、その履歴 (what is known about a subject, with its history)
    Fact {
        /// 対象 (subject)、例: asset:A-0001。省略すると一覧
        subject: Option<String>,
    },
    /// 待っている仕事を片づける (do the work that waits)
    #[command(subcommand)]
    Job(JobCommand),
    /// 画面の利用者。だれもサインインできなくなったときにも使えます (people of the office)
    #[command(subcommand)]
    User(UserCommand),
    /// 画面を開く (the office)
    Serve(ServeArgs),
    /// mamori 自身のデータの控えを取る (a portable copy of mamori's own data)
    BackupSelf(BackupArgs),
    /// 控えから、空のデータフォルダーや PostgreSQL に戻す (restore it into an empty data directory or database)
    RestoreSelf(RestoreArgs),
    /// 別の機械で動いている mamori を、トークンで使う (a server elsewhere, with a token)
    Remote(RemoteArgs),
    /// イベントログ（EVTX）から、攻撃の跡を探す (event logs against detection rules)
    Detect(DetectArgs),
    /// この環境で足りないものを調べる (what is missing here)
    Doctor,
    /// 設定を調べる (configuration)
    #[command(subcommand)]
    Config(ConfigCommand),
    /// 速さと記憶域を測る (benchmarks)
    Bench {
        /// 測るもの (what to measure)
        #[arg(value_enum)]
        name: BenchName,
        /// 資産の数 (numbers of assets)
        #[arg(long, value_delimiter = ',', default_value = "1000,10000,50000")]
        assets: Vec<u32>,
        /// detect：見本（evtx/ と sigma/rules/windows/ のあるフォルダー）(samples for detect)
        #[arg(long, value_name = "DIR")]
        samples: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// 一度だけ走って終わる (run once and end)
    #[arg(long)]
    pub(crate) once: bool,
    /// 画面を開くアドレス (address of the office) [既定 default: 空いているポート a free port]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// 資産を増やして負荷をかける (extra assets at the first site)
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(crate) assets: u32,
    /// 証跡と報告書を置くフォルダー (where evidence and reports go)
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AssessArgs {
    /// 証跡のファイルやフォルダー (evidence)
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// 報告書を置くフォルダー (where the report goes)
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) about: SiteArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// 報告書を置くフォルダー (where the report goes)
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}

/// Who the evidence is about.
#[derive(Debug, Clone, Args)]
pub(crate) struct SiteArgs {
    /// 施設名 (name of the site)
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// 施設の種別 (kind of site)
    #[arg(long, value_parser = site_kind())]
    pub(crate) kind: Option<SiteKind>,
    /// 病床数 (beds)
    #[arg(long)]
    pub(crate) beds: Option<u32>,
}

/// The kinds of sites by their names.
fn site_kind() -> impl TypedValueParser<Value = SiteKind> {
    PossibleValuesParser::new(SiteKind::ALL.map(|(name, _)| name)).try_map(|name| name.parse::<SiteKind>())
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// 証跡のファイルやフォルダー (evidence)
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// 台帳の違いを確かめずに反映する (apply ledgers without showing the differences first)
    #[arg(long)]
    pub(crate) yes: bool,
    /// 台帳の違いを見るだけで、反映しない (only show the differences of ledgers)
    #[arg(long, conflicts_with = "yes")]
    pub(crate) preview: bool,
    #[command(flatten)]
    pub(crate) about: SiteArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClaimCommand {
    /// 項目に答える (answer an item)
    Answer {
        /// 項目 (item)、例: R7-2-5
        item: String,
        /// はい・いいえ・対象外
        #[arg(value_enum)]
        answer: AnswerArg,
        /// 目標日（いいえのとき） (target date, for no)
        #[arg(long, value_name = "DATE")]
        target: Option<String>,
        /// 備考 (note)
        #[arg(long, default_value = "")]
        note: String,
    },
    /// 書類を出す (hand in a document)
    Document {
        /// 書類の種類 (kind)、例: bcp
        kind: String,
        /// 書類のファイル (the file)
        file: PathBuf,
        /// 題名 (title)
        #[arg(long)]
        title: Option<String>,
        /// 版 (edition)
        #[arg(long)]
        edition: Option<String>,
        /// 責任者 (who stands behind it)
        #[arg(long)]
        by: String,
        /// 発行日 (issued on)
        #[arg(long, value_name = "DATE")]
        issued: Option<String>,
        /// 有効期限 (valid until)
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
        /// 書かれている要素 (elements it contains)
        #[arg(long, value_delimiter = ',')]
        sections: Vec<String>,
    },
    /// 項目と判定の一覧 (items with their verdicts)
    List,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerArg {
    #[value(alias = "はい")]
    Yes,
    #[value(alias = "いいえ")]
    No,
    #[value(alias = "対象外")]
    Na,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExceptionCommand {
    /// 例外を申請する (ask for an exception)
    Request {
        /// 点検の番号 (check)、例: EOL-01
        check: String,
        /// 対象（省略するとその点検の全て） (subject; all of the check if left out)
        #[arg(long)]
        subject: Option<String>,
        /// 理由 (reason)
        #[arg(long)]
        reason: String,
        /// 最終日 (the last day)
        #[arg(long, value_name = "DATE")]
        until: String,
        /// 補完的対策と、その証跡の番号 (compensating control with its evidence): 「対策=番号」
        #[arg(long = "control", required = true, value_name = "TEXT=EVIDENCE")]
        controls: Vec<String>,
    },
    /// 承認する。申請した人は承認できません (approve; not by the one who asked)
    Approve {
        id: i64,
        /// 承認する立場。重大・高の点検の例外は、経営者だけが承認できます (in which capacity; grave checks: executive)
        #[arg(long = "as", value_enum, default_value = "administrator")]
        capacity: ApproveAs,
    },
    /// 取り消す (revoke)
    Revoke {
        id: i64,
        /// 理由 (reason)
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// 一覧 (list)
    List,
}

/// In which capacity somebody approves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ApproveAs {
    /// An executive.
    Executive,
    /// An administrator.
    Administrator,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TaskCommand {
    /// 一覧。やることは新しい証跡が届くと閉じます (list; tasks are closed by new evidence)
    List {
        /// 済んだものも (closed ones too)
        #[arg(long)]
        all: bool,
    },
    /// 担当と期限を決める (owner and day)
    Assign {
        id: i64,
        #[arg(long)]
        owner: String,
        #[arg(long, value_name = "DATE")]
        due: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// 台帳と証跡のすべてを検証する (verify ledger, facts and evidence)
    Verify {
        /// 外に出した写しを検証する (verify an export instead)
        #[arg(long, value_name = "DIR")]
        export: Option<PathBuf>,
        /// 以前に控えたチェックポイント (checkpoints noted earlier)
        #[arg(long, value_name = "FILE")]
        witnessed: Vec<PathBuf>,
    },
    /// 署名つきチェックポイントを出す (print the signed checkpoint)
    Checkpoint,
    /// ある記載が台帳にあることの証明を出す (inclusion proof of an entry)
    Prove { seq: u64 },
    /// 第三者が検証できる写しを作る (export for a third party)
    Export {
        dir: PathBuf,
        /// 証跡の中身を含めない (without the evidence bytes)
        #[arg(long)]
        without_blobs: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// 一覧 (list)
    List,
    /// 追加し、招待リンクを出す (add somebody, print the invitation)
    Add {
        /// ログイン名 (login)
        login: String,
        /// 名前 (name)
        #[arg(long)]
        name: String,
        /// 部署 (department)
        #[arg(long, default_value = "")]
        department: String,
        /// 会社（事業者のとき） (company, for vendors)
        #[arg(long, default_value = "")]
        company: String,
        /// 役割 (roles)
        #[arg(long = "role", required = true, value_delimiter = ',',
              value_parser = ["executive", "administrator", "staff", "vendor", "auditor", "group_operator"])]
        roles: Vec<String>,
        /// --site ではなく、すべての施設で (at every site instead of --site)
        #[arg(long)]
        everywhere: bool,
    },
    /// 再設定のリンクを出す。停止中なら再開する (print a link to start anew; enables a disabled account)
    Reset {
        login: String,
        /// 理由 (reason)
        #[arg(long)]
        why: String,
    },
    /// 利用を停止する (disable)
    Disable {
        login: String,
        /// 理由 (reason)
        #[arg(long)]
        why: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    /// 仕事が無くなるまで走る (run until nothing waits)
    Run,
    /// 状態 (state)
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// 設定ファイルを確かめる (check the file)
    Check,
    /// 見本を出す (print a sample)
    Sample,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BenchName {
    /// 取り込みと点検の伸び (growth of import and assessment)
    Growth,
    /// 画面の速さの伸び (growth of the time pages take)
    Pages,
    /// イベントログを検知ルールで調べる速さ (event logs against rules)
    Detect,
}

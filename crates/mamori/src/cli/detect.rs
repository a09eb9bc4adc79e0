//! `mamori detect`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use base::Date;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use detect::rule::Level;

#[derive(Debug, Args)]
pub(crate) struct DetectArgs {
    /// イベントログのファイルやフォルダー (event logs)
    #[arg(required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// 検知ルール（Sigma）のフォルダー。いくつでも。なければ mamori のルール (detection rules; without it those of mamori)
    #[arg(long, value_name = "DIR")]
    pub(crate) rules: Vec<PathBuf>,
    /// 結果の形 (form of the result) [既定 default: table]
    #[arg(long, value_enum)]
    pub(crate) format: Option<DetectFormat>,
    /// 結果を書くファイル (where the result goes) [既定 default: 画面 standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// この日からのイベントだけ（日本時間） (from this day on, Japan)
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) since: Option<Date>,
    /// この日までのイベントだけ（日本時間） (up to and with this day, Japan)
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(crate) until: Option<Date>,
    /// この重さ以上のものだけ (at least as bad as this)
    #[arg(long, default_value = "medium", value_parser = level())]
    pub(crate) level: Level,
    /// 同時に働く数 (threads) [既定 default: CPUの数 one per core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// 件数のまとめを出す。--out がなければ、一覧の代わりに (counts; without --out instead of the list)
    #[arg(long)]
    pub(crate) statistics: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DetectFormat {
    /// 目で読む形 (for the eye)
    Table,
    /// 表計算ソフトの形 (for a spreadsheet)
    Csv,
    /// 1行に1件の JSON (one JSON object per line)
    Jsonl,
    /// ブラウザーや紙で見る1枚のページ (one page for a browser or paper)
    Html,
}

/// The levels by their words.
fn level() -> impl TypedValueParser<Value = Level> {
    let of_word = |word: String| Level::ALL.into_iter().find(|level| level.word() == word).ok_or("no level");
    PossibleValuesParser::new(Level::ALL.map(Level::word)).try_map(of_word)
}

fn day(text: &str) -> Result<Date, base::time::DateError> {
    text.parse()
}

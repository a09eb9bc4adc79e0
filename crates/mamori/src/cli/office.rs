//! Words of the commands around the office: serving, copies of its data, a server elsewhere.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// 待ち受けるアドレス (address to listen on) [既定 default: 127.0.0.1:8443]
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    /// 監視用のアドレス：/health と /metrics (for a monitor)
    #[arg(long, value_name = "ADDR")]
    pub(crate) monitor: Option<SocketAddr>,
    /// 監視用のアドレスを、ほかの機器からも開けるようにする。暗号化も認証もありません (let other machines reach the monitor)
    #[arg(long)]
    pub(crate) monitor_open: bool,
    /// 暗号化しない。この機器だけのアドレスに限る (no encryption, loopback only)
    #[arg(long)]
    pub(crate) plain_http: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// 控えを置く、空のフォルダー (an empty folder)
    pub(crate) dir: PathBuf,
    /// 操作の記録の鍵と認証局の鍵も入れる。ほかの人が読めない所に置いてください (with the keys; keep it where nobody else reads)
    #[arg(long)]
    pub(crate) with_key: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// 控えのフォルダー (the backup)
    pub(crate) dir: PathBuf,
    /// 操作の記録の鍵。控えに入っていないとき (the ledger's key, if it is not in the backup)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RemoteArgs {
    /// サーバーのアドレス (address of the server, https)
    #[arg(long, value_name = "URL")]
    pub(crate) server: String,
    /// トークンのファイル。本人だけが読めること (file with the token, readable by nobody else)
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: PathBuf,
    /// サーバーの証明書の発行元 (certificate authority of the server, PEM)
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: RemoteCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RemoteCommand {
    /// 証跡を送る (hand in evidence)
    Import {
        /// 証跡のファイルやフォルダー (evidence)
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// 台帳の違いを確かめずに反映する (apply ledgers without showing the differences first)
        #[arg(long)]
        yes: bool,
        /// 違いを見るだけで、反映しない (only show what would change)
        #[arg(long, conflicts_with = "yes")]
        preview: bool,
    },
    /// いまの状況 (where the site stands)
    Status,
    /// チェックリストの項目と判定 (items with their verdicts)
    Checklist {
        /// チェックリスト (checklist)、例: mhlw-r7-hospital
        id: String,
    },
    /// ある対象について分かっていること (what is known about a subject)
    Facts {
        /// 対象 (subject)、例: asset:A-0001
        subject: String,
    },
    /// やること (tasks)
    Tasks,
}

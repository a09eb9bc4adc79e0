//! The table of voices.

use base::{ContentHash, UtcSeconds};
use store::{Row, StoreError, Transaction, Value};

use super::bad;

/// Who raised a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// 職員
    Staff,
    /// 事業者
    Vendor,
}

impl Origin {
    /// The name in the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Vendor => "vendor",
        }
    }
}

/// What became of a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VoiceState {
    /// Nobody answered yet.
    New,
    /// Answered.
    Answered,
    /// Answered, and nothing is left to do.
    Closed,
}

impl VoiceState {
    /// Every state with its name in the table.
    pub(crate) const ALL: [(&'static str, Self); 3] =
        [("new", Self::New), ("answered", Self::Answered), ("closed", Self::Closed)];

    /// The name in the table.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// The state of this name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, state)| *state)
    }
}

/// A voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Voice {
    /// Number.
    pub(crate) id: i64,
    /// Who raised it.
    pub(crate) origin: Origin,
    /// Department, or the company.
    pub(crate) department: String,
    /// What troubles them.
    pub(crate) body: String,
    /// Name; empty if they did not say.
    pub(crate) sender_name: String,
    /// Telephone; empty if they did not say.
    pub(crate) sender_phone: String,
    /// When.
    pub(crate) made_at: UtcSeconds,
    /// What became of it.
    pub(crate) state: VoiceState,
    /// The answer; empty while there is none.
    pub(crate) answer: String,
    /// Who answered.
    pub(crate) answered_by: String,
    /// When it was answered first.
    pub(crate) answered_at: Option<UtcSeconds>,
}

const COLUMNS: &str =
    "id, origin, department, body, sender_name, sender_phone, made_at, state, answer, answered_by, answered_at";

fn read(row: &Row) -> Result<Voice, StoreError> {
    let text = |index| row.text(index).map(ToOwned::to_owned);
    Ok(Voice {
        id: row.integer(0)?,
        origin: if row.text(1)? == Origin::Vendor.name() { Origin::Vendor } else { Origin::Staff },
        department: text(2)?,
        body: text(3)?,
        sender_name: text(4)?,
        sender_phone: text(5)?,
        made_at: row.at(6)?,
        state: VoiceState::find(row.text(7)?).ok_or_else(|| bad(7, "a state"))?,
        answer: text(8)?,
        answered_by: text(9)?,
        answered_at: row.optional_at(10)?,
    })
}

/// A voice to be kept.
#[derive(Debug, Clone)]
pub(crate) struct NewVoice<'a> {
    /// Site.
    pub(crate) site: &'a str,
    /// Receipt; only its hash is kept.
    pub(crate) receipt: &'a str,
    /// Who.
    pub(crate) origin: Origin,
    /// The account, for vendors.
    pub(crate) account: Option<i64>,
    /// Department, or the company.
    pub(crate) department: &'a str,
    /// What troubles them.
    pub(crate) body: &'a str,
    /// Name.
    pub(crate) sender_name: &'a str,
    /// Telephone.
    pub(crate) sender_phone: &'a str,
}

fn hash(receipt: &str) -> ContentHash {
    ContentHash::of(format!("voice receipt {receipt}").as_bytes())
}

/// Keeps a voice; returns its number.
pub(crate) fn add_voice(tx: &mut Transaction, new: &NewVoice<'_>, now: UtcSeconds) -> Result<i64, StoreError> {
    let id = tx.get("SELECT COALESCE(MAX(id), 0) + 1 FROM voice", &[])?.integer(0)?;
    tx.execute(
        "INSERT INTO voice (id, site, receipt_hash, origin, account, department, body, sender_name, sender_phone, made_at, \
         state, answer, answered_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'new', '', '')",
        &[
            id.into(),
            new.site.into(),
            hash(new.receipt).into(),
            new.origin.name().into(),
            new.account.map_or(Value::Null, Value::from),
            new.department.into(),
            new.body.into(),
            new.sender_name.into(),
            new.sender_phone.into(),
            now.into(),
        ],
    )?;
    Ok(id)
}

/// The voice with this receipt.
pub(crate) fn find_by_receipt(tx: &mut Transaction, site: &str, receipt: &str) -> Result<Option<Voice>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM voice WHERE site = $1 AND receipt_hash = $2");
    tx.find(&sql, &[site.into(), hash(receipt).into()])?.as_ref().map(read).transpose()
}

/// One voice.
pub(crate) fn find_voice(tx: &mut Transaction, site: &str, id: i64) -> Result<Option<Voice>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM voice WHERE site = $1 AND id = $2");
    tx.find(&sql, &[site.into(), id.into()])?.as_ref().map(read).transpose()
}

/// Every voice of a site, newest first.
pub(crate) fn list_voices(tx: &mut Transaction, site: &str) -> Result<Vec<Voice>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM voice WHERE site = $1 ORDER BY id DESC");
    tx.query(&sql, &[site.into()])?.iter().map(read).collect()
}

/// The voices of one account, newest first.
pub(crate) fn list_of_account(tx: &mut Transaction, site: &str, account: i64) -> Result<Vec<Voice>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM voice WHERE site = $1 AND account = $2 ORDER BY id DESC");
    tx.query(&sql, &[site.into(), account.into()])?.iter().map(read).collect()
}

/// Answers or closes a voice. The time of the first answer stays.
pub(crate) fn answer_voice(
    tx: &mut Transaction,
    id: i64,
    state: VoiceState,
    answer: &str,
    who: &str,
    now: UtcSeconds,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE voice SET state = $2, answer = $3, answered_by = $4, answered_at = COALESCE(answered_at, $5) WHERE id = $1",
        &[id.into(), state.name().into(), answer.into(), who.into(), now.into()],
    )?;
    Ok(())
}

/// Puts `instead` in place of what a voice says and of its answer, if it has one. The texts are gone from the table then.
pub(crate) fn black_out(tx: &mut Transaction, id: i64, instead: &str) -> Result<(), StoreError> {
    let sql = "UPDATE voice SET body = $2, answer = CASE WHEN answer = '' THEN '' ELSE $2 END WHERE id = $1";
    tx.execute(sql, &[id.into(), instead.into()])?;
    Ok(())
}

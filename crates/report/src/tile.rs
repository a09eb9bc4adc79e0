//! The subjects of the first page: how each stands, and by what.

use serde::{Deserialize, Serialize};

/// How a subject of the first page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TileState {
    /// 良
    Good,
    /// 注意
    Caution,
    /// 危険
    Danger,
    /// 不明: never shown like [`Self::Good`].
    Unknown,
}

/// One subject of the first page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    /// The subject: 外部接続, バックアップ.
    pub label: String,
    /// How it stands.
    pub state: TileState,
    /// Why, in a few words.
    pub reason: String,
    /// What it says that by; `None` if nothing is known.
    #[serde(default)]
    pub source: Option<TileSource>,
}

impl TileSource {
    /// The id of the check or item.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Check(id) | Self::Item { item: id, .. } => id,
        }
    }
}

/// What a tile goes by: the worst of what it watches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TileSource {
    /// The check of this id.
    Check(String),
    /// An item of a checklist, by the ids of both.
    Item {
        /// The checklist.
        checklist: String,
        /// The item.
        item: String,
    },
}

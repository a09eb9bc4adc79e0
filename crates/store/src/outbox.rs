//! Messages from one capability to whoever cares, written in the transaction of their cause.

use base::UtcSeconds;

use crate::database::{Database, Transaction};
use crate::error::StoreError;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Number; messages are handed over in this order.
    pub id: i64,
    /// What happened, for example `evidence.added`.
    pub topic: String,
    /// JSON.
    pub body: String,
    /// When it was published.
    pub created_at: UtcSeconds,
}

/// Publishes a message: it exists exactly if the caller's transaction does.
///
/// # Errors
/// [`StoreError`] of the database.
pub fn publish(tx: &mut Transaction, topic: &str, body: &str, now: UtcSeconds) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO outbox (topic, body, created_at) VALUES ($1, $2, $3)",
        &[topic.into(), body.into(), now.into()],
    )?;
    Ok(())
}

/// Hands up to `limit` messages to `deliver`, in order, and removes them in the same transaction; returns how many. `deliver`
/// turns a message into jobs with [`enqueue`](crate::jobs::enqueue), so that each message causes its jobs exactly once.
///
/// # Errors
/// What `deliver` returns, or [`StoreError`]; then every message is still there and no job was added.
pub fn drain<E: From<StoreError>>(
    database: &Database,
    limit: u32,
    mut deliver: impl FnMut(&mut Transaction, &Message) -> Result<(), E>,
) -> Result<usize, E> {
    database.transaction(|tx| {
        let rows = tx.query("SELECT id, topic, body, created_at FROM outbox ORDER BY id LIMIT $1", &[limit.into()])?;
        for row in &rows {
            let message = Message {
                id: row.integer(0)?,
                topic: row.text(1)?.to_owned(),
                body: row.text(2)?.to_owned(),
                created_at: row.at(3)?,
            };
            deliver(tx, &message)?;
            tx.execute("DELETE FROM outbox WHERE id = $1", &[message.id.into()])?;
        }
        Ok(rows.len())
    })
}

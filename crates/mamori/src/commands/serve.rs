//! `mamori serve`: the office.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use installation::SystemRandomness;
use office::{Office, OfficeSettings};

use super::Context;
use crate::cli::ServeArgs;
use crate::output::{self, Outcome};

pub(crate) fn run(context: Context<'_>, arguments: &ServeArgs) -> Result<Outcome> {
    let installation = Arc::new(context.open()?);
    let settings = OfficeSettings { secure: false, setup_code: Some("000000".to_owned()), upload_bytes: 256 << 20 };
    let office = Office::open(Arc::clone(&installation), Arc::new(SystemRandomness), settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener =
            tokio::net::TcpListener::bind(arguments.listen).await.with_context(|| arguments.listen.to_string())?;
        output::line(&format!("http://{}", listener.local_addr()?));
        let service = office::router(&office).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).await?;
        Ok(Outcome::Done)
    })
}

//! `mamori serve`: the office.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use base::Lang;
use serde_json::json;

use super::Context;
use crate::cli::ServeArgs;
use crate::config::ServeConfig;
use crate::output::{self, Mistake, Outcome};
use crate::serving::{self, Encryption, Names, Opened, Serving};

/// Where the office listens if nobody says otherwise.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8443);

pub(crate) fn run(context: Context<'_>, arguments: &ServeArgs) -> Result<Outcome> {
    let lang = context.settings.lang;
    let config = &context.serve;
    let listen = arguments.listen.or(config.listen).unwrap_or(LISTEN);
    let plain_http = arguments.plain_http || config.plain_http;
    let encryption = settle_encryption(lang, config, listen, plain_http)?;
    let monitor = arguments.monitor.or(config.monitor);
    if let Some(address) = monitor.filter(|address| !address.ip().is_loopback())
        && !(arguments.monitor_open || config.monitor_open)
    {
        let arguments = [("address", address.to_string().into())];
        return Err(Mistake(i18n::message(lang, "serve-monitor-not-local", &arguments)).into());
    }
    let as_json = context.global.json;
    let serving = Serving {
        installation: Arc::new(context.open()?),
        listen,
        monitor,
        encryption,
        with_setup: true,
        demo: false,
        public_address: config.public_address((!plain_http).then(|| listen.port())),
        proxies: config.proxies(),
    };
    serving::serve(&serving, |opened| {
        if as_json {
            output::json(&to_json(opened));
        } else {
            show(lang, opened);
        }
        Ok(())
    })?;
    Ok(Outcome::Done)
}

fn settle_encryption(
    lang: Lang,
    config: &ServeConfig,
    listen: SocketAddr,
    plain_http: bool,
) -> Result<Option<Encryption>> {
    let mistake = |id: &str| Mistake(i18n::message(lang, id, &[("address", listen.to_string().into())]));
    if plain_http {
        return if listen.ip().is_loopback() { Ok(None) } else { Err(mistake("serve-plain-not-local").into()) };
    }
    match (&config.certificate, &config.key) {
        (Some(chain), Some(key)) => Ok(Some(Encryption::Given(chain.clone(), key.clone()))),
        (None, None) => Ok(Some(Encryption::Own(Names::of_this_host(&config.name, listen.ip())))),
        _ => Err(mistake("serve-certificate-half").into()),
    }
}

fn to_json(opened: &Opened) -> serde_json::Value {
    json!({
        "url": opened.url,
        "monitor": opened.monitor.map(|address| address.to_string()),
        "ca_sha256": opened.authority.as_ref().map(|(print, _)| print),
        "ca": opened.authority.as_ref().map(|(_, path)| path),
        "setup_code": opened.setup_code,
    })
}

fn show(lang: Lang, opened: &Opened) {
    let say = |id: &str, arguments: &[(&str, i18n::Argument)]| output::line(&i18n::message(lang, id, arguments));
    say("serve-address", &[("url", opened.url.as_str().into())]);
    if let Some((print, path)) = &opened.authority {
        let arguments = [("path", path.display().to_string().into()), ("fingerprint", print.as_str().into())];
        say("serve-authority", &arguments);
    }
    if let Some(address) = opened.monitor {
        say("serve-monitor", &[("address", address.to_string().into())]);
    }
    if let Some(code) = &opened.setup_code {
        say("serve-setup-code", &[("code", code.as_str().into()), ("url", opened.url.as_str().into())]);
    }
    say("serve-how-to-end", &[]);
}

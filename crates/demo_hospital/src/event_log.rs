//! Event logs as Windows writes them: a quiet server whose security log was cleared one evening, and a terminal whose antivirus
//! was switched off.

use base::Date;
use formats::evtx::FileTime;
use formats::evtx::write::{Child, Content, Element, Writer, WrittenValue};

use crate::{DemoError, DemoFile, wire};

/// An event: when, its number, and the names and values of its own.
struct Written<'a> {
    day: Date,
    hour: i64,
    id: u16,
    fields: &'a [(&'a str, &'a str)],
}

/// Who writes where, and the element that holds an event's own values.
struct Source<'a> {
    computer: &'a str,
    channel: &'a str,
    provider: &'a str,
    holder: &'a str,
}

/// Two logs: of the server and of the terminal with these names.
pub(crate) fn files(server: &str, terminal: &str, domain: &str, today: Date) -> Result<Vec<DemoFile>, DemoError> {
    let logon = |back: i64, hour: i64, user: &'static str| (today.plus_days(-back), hour, user);
    let logons = [
        logon(6, 9, "adm-kanri01"),
        logon(5, 9, "adm-kanri01"),
        logon(3, 13, "adm-kanri02"),
        logon(1, 9, "adm-kanri01"),
    ];
    let server = format!("{server}.{domain}");
    let security = |provider, holder| Source { computer: &server, channel: "Security", provider, holder };
    let mut log = Writer::new();
    for (day, hour, user) in logons {
        let fields = [("TargetUserName", user), ("LogonType", "2"), ("IpAddress", "127.0.0.1")];
        add(
            &mut log,
            &security("Microsoft-Windows-Security-Auditing", "EventData"),
            &Written { day, hour, id: 4624, fields: &fields },
        )?;
    }
    let fields = [("SubjectUserName", "svc-backup"), ("SubjectDomainName", "MINATO")];
    let cleared = Written { day: today.plus_days(-2), hour: 21, id: 1102, fields: &fields };
    add(&mut log, &security("Microsoft-Windows-Eventlog", "UserData"), &cleared)?;
    let mut antivirus = Writer::new();
    let terminal_name = format!("{terminal}.{domain}");
    let source = Source {
        computer: &terminal_name,
        channel: "Microsoft-Windows-Windows Defender/Operational",
        provider: "Microsoft-Windows-Windows Defender",
        holder: "EventData",
    };
    let fields = [("Product Name", "Microsoft Defender Antivirus"), ("Product Version", "4.18.26090.3")];
    add(&mut antivirus, &source, &Written { day: today.plus_days(-3), hour: 10, id: 5001, fields: &fields })?;
    Ok(vec![
        DemoFile::new(format!("ログ/{server}_Security.evtx"), log.finish()),
        DemoFile::new(format!("ログ/{terminal_name}_Defender.evtx"), antivirus.finish()),
    ])
}

fn add(log: &mut Writer, source: &Source<'_>, event: &Written<'_>) -> Result<(), DemoError> {
    let text = |name: &str, number| Element::new(name).with_value(number);
    let provider = Element::new("Provider").with_attribute("Name", Content::Text(source.provider.to_owned()));
    let system = Element::new("System")
        .with_element(provider)
        .with_element(text("EventID", 0))
        .with_element(Element::new("TimeCreated").with_attribute("SystemTime", Content::Value(1)))
        .with_element(text("Channel", 2))
        .with_element(text("Computer", 3));
    let at = FileTime(u64::try_from(wire::filetime(event.day, event.hour)).unwrap_or_default());
    let own = (0_u16..).zip(event.fields).map(|(number, (name, _))| match source.holder {
        "UserData" => Element::new(name).with_value(number),
        _ => Element::new("Data").with_attribute("Name", Content::Text((*name).to_owned())).with_value(number),
    });
    let own = own.fold(Element::new(source.holder), Element::with_element);
    let values = [
        WrittenValue::u16(event.id),
        WrittenValue::time(at),
        WrittenValue::text(source.channel),
        WrittenValue::text(source.computer),
        WrittenValue::nested(own, event.fields.iter().map(|(_, value)| WrittenValue::text(value)).collect()),
    ];
    let event = Element::new("Event").with_element(system).with(Child::Content(Content::Value(4)));
    Ok(log.add(at, &event, &values)?)
}

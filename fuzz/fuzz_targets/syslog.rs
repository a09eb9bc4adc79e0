//! Any bytes as one syslog message, as a stream of them in both framings, and as templates of messages.
#![no_main]

use std::sync::LazyLock;

use formats::evtx::FileTime;
use formats::syslog::{Bodies, Framing, MAX_BYTES, Message, Split, Splitter, decode_message, pairs};
use libfuzzer_sys::fuzz_target;

/// 2026-04-01 09:30 UTC.
const NOW: FileTime = FileTime(134_195_094_000_000_000);

static BODIES: LazyLock<Bodies> = LazyLock::new(|| Bodies::built_in().expect("the built-in table is sound"));

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    for framing in [Framing::Counted, Framing::Lines] {
        let whole = cut(bytes, framing, bytes.len().max(1));
        assert_eq!(whole, cut(bytes, framing, 7), "it matters how a stream arrives");
        whole.iter().for_each(|message| read(message));
    }
    let text = String::from_utf8_lossy(bytes);
    // The first line as a template, the second as a message.
    let (template, message) = text.split_once('\n').unwrap_or((&text, &text));
    let table = format!("[[device]]\nproduct = \"p\"\nholds = [\"\"]\nmessage = [{{ name = \"n\", template = {template:?} }}]\n");
    if let Ok(bodies) = Bodies::parse(&table) {
        let _ = bodies.read(&Message::parse(message, NOW));
    }
});

fn read(bytes: &[u8]) {
    let text = decode_message(bytes);
    let message = Message::parse(&text, NOW);
    assert!(message.content.ends_with(message.text));
    assert!(message.content.len() <= MAX_BYTES);
    let parameters: usize = message.structured.iter().map(|parameter| parameter.value.len()).sum();
    assert!(parameters + message.text.len() <= text.len());
    let values: usize = pairs(message.text).iter().map(|(key, value)| key.len() + value.len()).sum();
    assert!(values <= message.text.len());
    if let Some(body) = BODIES.read(&message) {
        assert!(!body.product.is_empty());
        let values: usize = body.fields.iter().map(|(_, value)| value.len()).sum();
        assert!(values <= text.len());
    }
}

/// The messages of a stream that arrives in pieces.
fn cut(stream: &[u8], framing: Framing, piece: usize) -> Vec<Vec<u8>> {
    let (mut splitter, mut buffer, mut found) = (Splitter::new(framing), Vec::new(), Vec::new());
    for bytes in stream.chunks(piece) {
        buffer.extend_from_slice(bytes);
        loop {
            let taken = match splitter.next(&buffer) {
                Split::Message { at, taken } => {
                    found.push(buffer[at].to_vec());
                    taken
                }
                Split::TooLong { taken } | Split::Nothing { taken } => taken,
                Split::More => break,
                Split::Lost => return found,
            };
            assert!(0 < taken && taken <= buffer.len());
            buffer.drain(..taken);
        }
    }
    found
}

//! Event logs of Windows (EVTX): chunks of 64 KiB with records in binary XML.
//!
//! It must never trust an offset or size of the file, follow one back to where it came from, or let one bad record cost
//! more than itself. No event is turned into a tree: a template is compiled once, and its values are read where they lie.
//!
//! ```no_run
//! # fn show(bytes: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! let mut reader = formats::evtx::Reader::new();
//! for chunk in formats::evtx::File::open(bytes)?.chunks() {
//!     let chunk = chunk?; // or note the damage and go on
//!     let mut records = chunk.records(&mut reader);
//!     while let Some(record) = records.next_record() {
//!         record?.each_field(&mut |field, value| println!("{} = {value}", field.name()));
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Start with [`File`] and [`Record`]. A caller that wants few fields of many events asks [`Part::fields`] once for each
//! [`TemplateKey`] and then reads only those by [`Part::value`].

mod array;
mod bytes;
mod chunk;
mod damage;
mod definition;
mod fields;
mod file;
mod instance;
mod part;
mod record;
mod render;
mod system;
mod template;
mod time;
mod tree;
mod utf16;
mod value;
pub mod write;
mod xml;

pub use array::{Array, Items};
pub use chunk::{CHUNK_BYTES, Chunk, Records};
pub use damage::{Damage, Reason};
pub use fields::{Field, Section};
pub use file::{Chunks, FILE_HEADER, File, OpenError};
pub use part::Part;
pub use record::{FieldName, Reader, Record};
pub use system::System;
pub use template::TemplateKey;
pub use time::{ClockTime, FileTime};
pub use value::{Typed, Value};
pub use xml::{MAX_XML, XmlTooLong};

//! Finds the Japanese font and hands it to the crate. Without it the build succeeds and `render` says what is missing.
//!
//! Looked for in `MAMORI_FONT_DIR`, then in the font folders of the system.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const FILES: [&str; 2] = ["BIZUDPGothic-Regular.ttf", "BIZUDPGothic-Bold.ttf"];
const MAX_DEPTH: usize = 4;

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=MAMORI_FONT_DIR");
    let Some(out) = env::var_os("OUT_DIR").map(PathBuf::from) else {
        return Err(io::Error::other("cargo gives no OUT_DIR"));
    };
    let mut list = String::from("pub(crate) static FONTS: &[&[u8]] = &[");
    for path in find_all().unwrap_or_default() {
        println!("cargo:rerun-if-changed={}", path.display());
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        fs::copy(&path, out.join(name))?;
        list.push_str(&format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")),"));
    }
    list.push_str("];\n");
    fs::write(out.join("fonts.rs"), list)
}

/// Every file of the font, or none: half a font would be worse than a clear message.
fn find_all() -> Option<Vec<PathBuf>> {
    FILES.iter().map(|name| folders().iter().find_map(|folder| find(folder, name, MAX_DEPTH))).collect()
}

fn folders() -> Vec<PathBuf> {
    let named: Option<OsString> = env::var_os("MAMORI_FONT_DIR");
    let system = ["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts"];
    let home = env::var_os("HOME").map(|home| Path::new(&home).join(".local/share/fonts"));
    named.into_iter().map(PathBuf::from).chain(system.iter().map(PathBuf::from)).chain(home).collect()
}

fn find(folder: &Path, name: &str, depth: usize) -> Option<PathBuf> {
    let direct = folder.join(name);
    if direct.is_file() {
        return Some(direct);
    }
    let mut below: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    below.sort();
    let depth = depth.checked_sub(1)?;
    below.iter().filter(|path| path.is_dir()).find_map(|path| find(path, name, depth))
}

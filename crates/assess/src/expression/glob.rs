//! `*` and `?` patterns, without case.

/// Does `text` match `pattern`? `*` stands for any characters, `?` for one. `pattern` must be lower-cased already.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut pattern = pattern.chars();
    let mut text = text.chars().flat_map(char::to_lowercase);
    // Where to go on if the last star has to take one character more.
    let mut retry = None;
    loop {
        let here = text.clone();
        match pattern.next() {
            Some('*') => {
                retry = Some((pattern.clone(), here.clone()));
                continue;
            }
            Some(wanted) => match text.next() {
                Some(found) if wanted == '?' || wanted == found => continue,
                Some(_) => {}
                None => return false,
            },
            None if text.next().is_none() => return true,
            None => {}
        }
        let Some((after_star, mut rest)) = retry.take() else { return false };
        if rest.next().is_none() {
            return false;
        }
        retry = Some((after_star.clone(), rest.clone()));
        pattern = after_star;
        text = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_take_as_much_as_they_must() {
        for (pattern, text) in [
            ("win*7", "Windows 7"),
            ("*", ""),
            ("", ""),
            ("**a", "bA"),
            ("a*b*c", "a-b-b-c"),
            ("*サーバ*", "電子カルテサーバー"),
            ("?b", "ab"),
            ("*ab", "aab"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("win*7", "Windows 10"), ("", "a"), ("?", ""), ("a", "ab"), ("a*c", "ab"), ("a?", "a")]
        {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}

//! HTML that cannot be injected: only words of the program go in raw, everything else is escaped.

use crate::svg::Svg;

/// HTML under construction.
#[derive(Debug, Default)]
pub(crate) struct Markup(String);

impl Markup {
    /// Tags written in the program.
    pub(crate) fn raw(&mut self, html: &'static str) -> &mut Self {
        self.0.push_str(html);
        self
    }

    /// Text of anybody.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for char in text.chars() {
            match char {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\n' => self.0.push_str("<br>"),
                char => self.0.push(char),
            }
        }
        self
    }

    /// `<tag>text</tag>`; `open` and `close` are written in the program.
    pub(crate) fn wrap(&mut self, open: &'static str, text: &str, close: &'static str) -> &mut Self {
        self.raw(open).text(text).raw(close)
    }

    /// A number.
    pub(crate) fn number(&mut self, number: usize) -> &mut Self {
        self.0.push_str(&number.to_string());
        self
    }

    /// A drawing of numbers.
    pub(crate) fn svg(&mut self, svg: &Svg) -> &mut Self {
        self.0.push_str(&svg.0);
        self
    }

    /// A CSS string literal: for the running head, where HTML cannot reach.
    pub(crate) fn css_string(&mut self, text: &str) -> &mut Self {
        self.0.push('"');
        for char in text.chars() {
            if char.is_alphanumeric() || char == ' ' || char == '　' {
                self.0.push(char);
            } else {
                self.0.push_str(&format!("\\{:06x}", u32::from(char)));
            }
        }
        self.0.push('"');
        self
    }

    pub(crate) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_a_tag_or_an_attribute() {
        let mut markup = Markup::default();
        markup.raw("<p title=\"").text("\"><script>alert('&')</script>").raw("\">");
        let expected = "<p title=\"&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;\">";
        assert_eq!(markup.finish(), expected);
    }

    #[test]
    fn a_css_string_cannot_be_left() {
        let mut markup = Markup::default();
        markup.css_string("病院\"}</style>\n\\");
        assert_eq!(markup.finish(), "\"病院\\000022\\00007d\\00003c\\00002fstyle\\00003e\\00000a\\00005c\"");
    }
}

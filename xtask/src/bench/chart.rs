//! Bars as SVG: text and rectangles, readable on a light and on a dark page.

use std::fmt::Write as _;

/// A bar: its name, whether it is ours, and how long it is.
pub struct Bar<'a> {
    pub name: &'a str,
    pub ours: bool,
    pub ratio: f64,
}

const WIDTH: f64 = 720.0;
const NAMES: f64 = 190.0;
const ROW: f64 = 26.0;
const TOP: f64 = 44.0;

/// The reader's own fonts, and colours for either kind of page.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}\
    .ours{fill:#1a7f64}.other{fill:#8c959f}\
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}.ours{fill:#3fb68b}.other{fill:#6e7681}}";

/// Shortest first.
pub fn bars(title: &str, bars: &[Bar<'_>]) -> String {
    let mut bars: Vec<&Bar<'_>> = bars.iter().collect();
    bars.sort_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let longest = bars.last().map_or(1.0, |bar| bar.ratio.max(1.0));
    let height = TOP + ROW * bars.len() as f64 + 8.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{0}\">\n\
         <title>{0}</title>\n<style>{STYLE}</style>\n<text class=\"title\" x=\"8\" y=\"24\">{0}</text>\n",
        escaped(title)
    );
    for (index, bar) in bars.iter().enumerate() {
        let y = TOP + ROW * index as f64;
        let length = (WIDTH - NAMES - 60.0) * bar.ratio / longest;
        let kind = if bar.ours { "ours" } else { "other" };
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <rect class=\"{kind}\" x=\"{NAMES}\" y=\"{y}\" width=\"{length:.1}\" height=\"18\" rx=\"2\"/>\
             <text x=\"{:.1}\" y=\"{}\">{:.1}x</text>",
            NAMES - 8.0,
            y + 14.0,
            escaped(bar.name),
            NAMES + length + 6.0,
            y + 14.0,
            bar.ratio,
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_is_last_and_ends_before_the_edge() {
        let svg = bars(
            "a & b",
            &[Bar { name: "slow", ours: false, ratio: 30.0 }, Bar { name: "fast", ours: true, ratio: 1.0 }],
        );
        assert!(svg.contains("a &amp; b"));
        assert!(svg.find("fast") < svg.find("slow"));
        assert!(svg.contains("class=\"other\" x=\"190\" y=\"70\" width=\"470.0\""), "{svg}");
    }
}

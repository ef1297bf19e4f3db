//! Medians, and how far figures lie from them.

/// The middle of some figures, and where the middle half of them lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    lower: f64,
    /// The middle.
    pub median: f64,
    upper: f64,
}

impl Spread {
    /// Of no figures at all, infinity.
    pub fn of(figures: impl Iterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.collect();
        figures.sort_by(f64::total_cmp);
        // The quartiles are medians of the halves, of which the middle figure is part of both.
        let half = figures.len().div_ceil(2);
        Self {
            lower: median(&figures[..half]),
            median: median(&figures),
            upper: median(&figures[figures.len() - half..]),
        }
    }

    /// `549 (531–570)`, or `549` where that is all there is.
    #[must_use]
    pub fn text(self, digits: usize) -> String {
        let [lower, median, upper] =
            [self.lower, self.median, self.upper].map(|figure| format!("{figure:.digits$}"));
        if lower == median && median == upper {
            median
        } else {
            format!("{median} ({lower}–{upper})")
        }
    }
}

/// Of figures that are in order.
fn median(figures: &[f64]) -> f64 {
    let middle = figures.len() / 2;
    match figures {
        [] => f64::INFINITY,
        _ if figures.len() % 2 == 1 => figures[middle],
        _ => f64::midpoint(figures[middle - 1], figures[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_the_median_and_the_middle_half() {
        for (figures, text) in [
            (vec![], "inf"),
            (vec![7.0], "7"),
            (vec![3.0, 1.0], "2 (1–3)"),
            (vec![5.0, 1.0, 2.0, 9.0, 3.0], "3 (2–5)"),
        ] {
            assert_eq!(Spread::of(figures.into_iter()).text(0), text);
        }
    }
}

//! What a browser's window is like.

/// A window, and what the person prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Width of the viewport, in CSS pixels.
    pub width: u32,
    /// Height of the viewport, in CSS pixels.
    pub height: u32,
    /// Whether it is a telephone's.
    pub is_phone: bool,
    /// Whether the person prefers dark colours.
    pub is_dark: bool,
}

impl Screen {
    /// A telephone of 360 by 740.
    pub const PHONE: Self = Self {
        width: 360,
        height: 740,
        is_phone: true,
        is_dark: false,
    };
    /// A desktop window of 1280 by 800.
    pub const DESKTOP: Self = Self {
        width: 1280,
        height: 800,
        is_phone: false,
        is_dark: false,
    };

    /// The same in dark colours.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self {
            is_dark: true,
            ..self
        }
    }

    /// Pixels of the device to one of CSS.
    #[must_use]
    pub(super) const fn scale(self) -> u32 {
        if self.is_phone { 2 } else { 1 }
    }
}

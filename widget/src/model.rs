//! The widget's state, and what moves it. Pure: what has to be done in the world is an [`Effect`], and what
//! came of it comes back as an [`Action`].
//!
//! ```text
//! Opening ──Opened──► Notice ──Accept──► busy ──Answered──► Receipt ──Close──► Closed
//!    │                 │  ▲               │                                      ▲
//!    └─Failed─► Closed │  └────Failed─────┘  (once by itself after a fresh token, nonce or edition)
//!                      └──Close, before the deadline of a change─────────────────┘
//! ```
//!
//! At or after that deadline, leaving the notice states that the app goes on being used, and the edge decides what
//! follows. A press is only ever for the edition on the screen: when another comes into force meanwhile, that one is
//! shown and waits for a press of its own.
//!
//! The first thing that the edge is told of an edition is that its notice is shown. Nothing else is sent until that has
//! been answered or has failed, so that the record of a press can name the record of the showing.

mod access;
mod changes;
mod edition;
mod failure;
mod notice;
mod receipt;

use std::rc::Rc;

use kelisim_shared::{edition::EditionId, language::Language, statement::Event, time::Timestamp};

pub use access::{Access, Standing};
pub use changes::{Change, Changes, Fate, Part};
pub use edition::{Edition, Text};
pub use failure::Failure;
pub use notice::{Notice, Press, Progress};
pub use receipt::{Ground, Receipt};

/// Everything that the widget knows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    language: Language,
    access: Access,
    screen: Screen,
}

/// What is on the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Screen {
    /// Nothing yet: the edition is on its way.
    Opening,
    /// The edition, and the buttons.
    Notice(Notice),
    /// What was recorded of that edition.
    Receipt(Rc<Edition>, Receipt),
    /// Nothing any more.
    Closed,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The edition is here, and holds together.
    Opened(Rc<Edition>),
    /// The edge knows that the notice is shown, or could not be told.
    Presented,
    /// What has changed since the edition accepted last is here, or could not be had.
    Compared(Option<Rc<Changes>>),
    /// A language of the interface was chosen.
    ChooseLanguage(Language),
    /// A reference to a clause was followed.
    Jump(Anchor),
    /// The button of acceptance was pressed.
    Accept,
    /// A fresh status is here, and maybe a fresh token.
    Refreshed(Access),
    /// The edge has answered to a press.
    Answered(Reply),
    /// The effect under way came to nothing.
    Failed(Failure),
    /// The receipt is to be kept as a file.
    SaveReceipt,
    /// The button beside was pressed: the receipt has been seen, or the notice is left without an acceptance.
    Close,
    /// The browser has closed the dialog: by Escape, or by an Android phone's gesture of going back.
    Dismissed,
}

/// What the edge answers to a press.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// The acceptance is on record, now or since an earlier press.
    Accepted(Receipt),
    /// Nothing was recorded: that edition has been accepted already.
    Settled(EditionId),
    /// Nothing was recorded.
    Unchanged,
}

/// What has to be done in the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Get an edition and hold it against its id; answers [`Action::Opened`].
    LoadEdition(EditionId),
    /// Sign and send that the notice is shown; whatever comes of it, answers [`Action::Presented`] within seconds.
    Present(Box<Sending>),
    /// Get what has changed since the edition accepted last; whatever comes of it, answers [`Action::Compared`].
    Compare {
        /// The token.
        token: String,
    },
    /// Sign and send what was pressed; answers [`Action::Answered`].
    Send(Box<Sending>),
    /// Get a fresh status, with this token or with a fresh one of the same subject; answers [`Action::Refreshed`].
    Refresh {
        /// The token.
        token: String,
        /// Whether it has to be another.
        renew: bool,
    },
    /// Tell the host.
    Announce(Announcement),
    /// Move focus and view there, once it is drawn.
    MoveTo(Place),
    /// Offer a file to keep.
    Save {
        /// Its name.
        name: String,
        /// Its content.
        text: String,
    },
}

/// What a statement is made of, besides the device's own clock, key and random id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// What the edge wants to see.
    pub access: Access,
    /// What happened.
    pub event: Event,
}

/// What the host is told, as a DOM event.
#[derive(Clone, Debug, PartialEq)]
pub enum Announcement {
    /// `kelisim:accepted`.
    Accepted(Receipt),
    /// `kelisim:postponed`: the notice was left, and nothing was recorded as far as is known here.
    Postponed {
        /// The edition.
        edition: EditionId,
        /// From when continued use counts as acceptance of it.
        deadline: Timestamp,
    },
    /// `kelisim:settled`: it turned out that there is nothing to do.
    Settled(EditionId),
    /// `kelisim:error`: nothing could be shown.
    Error(Failure),
}

/// Where focus can be moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The heading of what is on the screen.
    Heading,
    /// A part of the policy's text.
    Text(Anchor),
}

/// A part of the policy's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// A section, by its number.
    Section(u16),
    /// A clause, by the number of its section and its own.
    Clause(u16, u16),
}

impl State {
    /// The state to begin with, for a subject who has something to do, and the first effect.
    ///
    /// `languages` are the person's preferences, the best first, as in `navigator.languages` joined by commas;
    /// where none is ours the interface speaks the language of the authoritative text.
    #[must_use]
    pub fn open(access: Access, languages: &str) -> (Self, Vec<Effect>) {
        let language = Language::negotiate(languages).unwrap_or(access.authoritative);
        let effect = Effect::LoadEdition(access.edition);
        let state = Self {
            language,
            access,
            screen: Screen::Opening,
        };
        (state, vec![effect])
    }

    /// The language of the interface.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Where the subject stands.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.access.standing
    }

    /// What is on the screen.
    #[must_use]
    pub const fn screen(&self) -> &Screen {
        &self.screen
    }
}

/// The state after `action`, and what has to be done. An action that does not fit the state, such as an answer
/// that comes too late or a second press, changes nothing.
#[must_use]
pub fn update(state: State, action: Action) -> (State, Vec<Effect>) {
    let State {
        mut language,
        mut access,
        screen,
    } = state;
    let (screen, effects) = match (screen, action) {
        (screen, Action::ChooseLanguage(chosen)) => {
            language = chosen;
            (screen, vec![])
        }
        (screen, Action::Jump(anchor)) => (screen, vec![Effect::MoveTo(Place::Text(anchor))]),
        (Screen::Opening, Action::Opened(edition)) => {
            notice::show(language, &access, edition, false)
        }
        (Screen::Opening, Action::Failed(failure)) => close(Announcement::Error(failure)),
        (Screen::Notice(notice), action) => notice::update(language, &mut access, notice, action),
        (Screen::Receipt(edition, receipt), Action::SaveReceipt) => {
            let effect = Effect::Save {
                name: receipt.file_name(),
                text: receipt.jws.clone(),
            };
            (Screen::Receipt(edition, receipt), vec![effect])
        }
        (Screen::Receipt(..), Action::Close | Action::Dismissed) => (Screen::Closed, vec![]),
        (screen, _) => (screen, vec![]),
    };
    let state = State {
        language,
        access,
        screen,
    };
    (state, effects)
}

fn close(announcement: Announcement) -> (Screen, Vec<Effect>) {
    (Screen::Closed, vec![Effect::Announce(announcement)])
}

#[cfg(test)]
mod tests;

//! The widget's state, and what moves it. Pure: what has to be done in the world is an [`Effect`], and what
//! came of it comes back as an [`Action`].
//!
//! The notice itself is rendered by the edge and is in the page before this begins ([`Content`]); what is alive in it are
//! the buttons, what is said beside them, and the receipt.
//!
//! ```text
//! Notice ──Accept──► busy ──Answered──► Receipt ──Close──► Closed
//!  │  ▲               │ │                                    ▲
//!  │  └────Failed─────┘ └─offline─► kept ──Online──► busy    │
//!  └──Close, before the deadline of a change─────────────────┘
//! ```
//!
//! A press that is kept when the notice is closed is sent by itself too; nothing is shown of it then.
//!
//! At or after that deadline, leaving the notice states that the app goes on being used, and the edge decides what
//! follows. A press is only ever for the edition on the screen: when another comes into force meanwhile, that one is
//! shown and waits for a press of its own. A press that finds no network is kept on the device, and sent once there is one.
//!
//! The first thing that the edge is told of an edition is that its notice is shown. Nothing else is sent until that has
//! been answered or has failed, so that the record of a press can name the record of the showing.

mod access;
mod content;
mod failure;
mod notice;
mod receipt;
mod remaining;

use kelisim_shared::{
    edition::EditionId,
    language::Language,
    statement::{Event, Shown},
    time::{ClaimedSeconds, Timestamp},
};

pub use access::{Access, Standing};
pub use content::{Content, Request};
pub use failure::Failure;
pub use kelisim_shared::notice::Ask;
pub use notice::{Notice, Press, Progress, Told};
pub use receipt::{Ground, Receipt};
pub use remaining::Remaining;

/// Everything that the widget knows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    access: Access,
    screen: Screen,
}

/// What is on the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Screen {
    /// The edition, and the buttons.
    Notice(Notice),
    /// What was recorded of that edition; the sentences are those of the notice that was there.
    Receipt(Content, Receipt),
    /// Nothing; but a press is kept, and is sent once the network is back.
    Left(Notice),
    /// Nothing any more.
    Closed,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A notice that was asked for is here.
    Loaded(Content),
    /// It could not be had.
    NotLoaded,
    /// The edge knows that the notice is shown, or could not be told.
    Presented,
    /// What was kept on the device of an earlier press, for this subject.
    Recalled(Option<Kept>),
    /// A language of the interface was chosen.
    ChooseLanguage(Language),
    /// The button of acceptance was pressed.
    Accept,
    /// The network is back.
    Online,
    /// It is that time, by the edge's clock as far as it is known here.
    Tick(Timestamp),
    /// A fresh status is here, and maybe a fresh token, for the press under way.
    Refreshed(Access),
    /// A fresh status is here, which nothing was waiting for.
    Reviewed(Access),
    /// The edge has answered to a press, or it is kept.
    Answered(Reply),
    /// The press under way came to nothing.
    Failed(Failure),
    /// The button beside was pressed: the receipt has been seen, or the notice is left without an acceptance.
    Close,
    /// The browser has closed the dialog: by Escape, or by an Android phone's gesture of going back.
    Dismissed,
}

/// What was pressed before the widget took over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// The button of acceptance.
    Accept,
    /// The button beside it.
    Leave,
}

/// A press of acceptance that is kept on the device, since the edge could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The edition.
    pub edition: EditionId,
    /// What was on the screen.
    pub shown: Shown,
    /// When it was pressed, by the device's clock.
    pub claimed: ClaimedSeconds,
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
    /// There was no answer; the press of that time is kept on the device.
    Kept(ClaimedSeconds),
}

/// What has to be done in the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Have a notice rendered; answers [`Action::Loaded`] or [`Action::NotLoaded`].
    Load(Request),
    /// Put the notice that was loaded last on the screen.
    Show,
    /// Sign and send that the notice is shown; whatever comes of it, answers [`Action::Presented`] within seconds.
    Present(Box<Sending>),
    /// Look for a press that was kept; answers [`Action::Recalled`].
    Recall {
        /// Whose.
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
    /// Get a fresh status with a fresh token of the same subject; answers [`Action::Reviewed`], if anything.
    Review {
        /// The token so far.
        token: String,
    },
    /// Tell the host.
    Announce(Announcement),
    /// Move focus to the heading of what is on the screen, once it is drawn.
    Head,
}

/// What a statement is made of, besides the device's key and a random id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// What the edge wants to see.
    pub access: Access,
    /// What happened.
    pub event: Event,
    /// When it did, by the device's clock, where that was not now.
    pub claimed: Option<ClaimedSeconds>,
}

/// What the host is told, as a DOM event.
#[derive(Clone, Debug, PartialEq)]
pub enum Announcement {
    /// `kelisim:accepted`.
    Accepted(Receipt),
    /// `kelisim:kept`: a press is on the device, and not yet on record.
    Kept(EditionId),
    /// `kelisim:postponed`: the notice was left, and nothing was recorded as far as is known here.
    Postponed {
        /// The edition.
        edition: EditionId,
        /// From when continued use counts as acceptance of it.
        deadline: Timestamp,
    },
    /// `kelisim:settled`: it turned out that there is nothing to do.
    Settled(EditionId),
}

impl State {
    /// The state to begin with, over what the edge has rendered, and the first effects.
    #[must_use]
    pub fn open(access: Access, content: Content, pressed: Option<Pressed>) -> (Self, Vec<Effect>) {
        let (screen, effects) = notice::open(&access, content, pressed);
        (Self { access, screen }, effects)
    }

    /// Where the subject stands, and with which edition.
    #[must_use]
    pub const fn access(&self) -> &Access {
        &self.access
    }

    /// What is on the screen.
    #[must_use]
    pub const fn screen(&self) -> &Screen {
        &self.screen
    }

    /// Whether the dialog may be closed without an answer.
    #[must_use]
    pub fn can_close(&self) -> bool {
        match &self.screen {
            Screen::Notice(notice) => match notice.progress {
                Progress::Busy { .. } => false,
                Progress::Kept { .. } => true,
                _ => matches!(self.access.standing, Standing::Asked(ask) if ask.can_leave()),
            },
            Screen::Receipt(..) | Screen::Left(_) | Screen::Closed => true,
        }
    }
}

impl State {
    /// Takes an action; gives what has to be done. An action that does not fit the state, such as an answer that comes too late
    /// or a second press, changes nothing.
    pub fn take(&mut self, action: Action) -> Vec<Effect> {
        let screen = std::mem::replace(&mut self.screen, Screen::Closed);
        let (screen, effects) = match (screen, action) {
            (Screen::Notice(notice), action) => notice::update(&mut self.access, notice, action),
            (Screen::Left(notice), action) => self.out_of_sight(notice, action),
            (Screen::Receipt(..), Action::Close | Action::Dismissed) => (Screen::Closed, vec![]),
            (screen, _) => (screen, vec![]),
        };
        self.screen = screen;
        effects
    }

    /// What was left stays out of sight, whatever becomes of the press.
    fn out_of_sight(&mut self, notice: Notice, action: Action) -> (Screen, Vec<Effect>) {
        let (screen, mut effects) = notice::update(&mut self.access, notice, action);
        effects.retain(|effect| {
            matches!(
                effect,
                Effect::Send(_) | Effect::Refresh { .. } | Effect::Announce(_)
            )
        });
        let screen = match screen {
            Screen::Notice(notice) | Screen::Left(notice) => Screen::Left(notice),
            Screen::Receipt(..) | Screen::Closed => Screen::Closed,
        };
        (screen, effects)
    }
}

fn close(announcement: Announcement) -> (Screen, Vec<Effect>) {
    (Screen::Closed, vec![Effect::Announce(announcement)])
}

#[cfg(test)]
mod tests;

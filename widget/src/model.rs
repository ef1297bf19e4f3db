//! The widget's state, and what moves it. Pure: what has to be done in the world is an [`Effect`], and what
//! came of it comes back as an [`Action`].
//!
//! ```text
//! Opening ──Opened──► Notice ──Accept──► busy ──Recorded──► Receipt ──Close──► Closed
//!    │                   ▲                │
//!    └─Failed─► Closed   └─────Failed─────┘  (once by itself after a fresh token, nonce or edition)
//! ```
//!
//! A press is only ever for the edition on the screen: when another comes into force meanwhile, that one is
//! shown and waits for a press of its own.

mod edition;
mod receipt;

use std::rc::Rc;

use kelisim_shared::{
    edition::EditionId,
    language::Language,
    problem::ProblemType,
    statement::{Acceptance, Control},
    text::Line,
};

pub use edition::{Edition, Text};
pub use receipt::Receipt;

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
    /// The edition, and the button.
    Notice(Notice),
    /// What was recorded of that edition.
    Receipt(Rc<Edition>, Receipt),
    /// Nothing any more.
    Closed,
}

/// The edition in force before a person who has not accepted it.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The edition.
    pub edition: Rc<Edition>,
    /// Whether it took the place of another that was being read.
    pub replaced: bool,
    /// What has come of the button so far.
    pub progress: Progress,
}

/// What has come of the button so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It has not been pressed.
    Idle,
    /// It was pressed, and the answer is awaited.
    Busy {
        /// Whether this is the second try, which the widget made by itself.
        retried: bool,
    },
    /// It was pressed in vain.
    Failed(Failure),
}

/// Why something did not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer, or one that says to try again.
    Unreachable,
    /// The edge refused, and said why.
    Problem(ProblemType),
    /// The host's backend gave no token.
    TokenRefused,
    /// The answer is not what the contract says, or a text does not match its hash.
    Unreadable,
    /// The browser cannot sign.
    CryptoUnavailable,
}

/// Where the subject stands, and what the edge wants to see with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The subject token in its compact form.
    pub token: String,
    /// The edition in force.
    pub edition: EditionId,
    /// Whether the subject has accepted it.
    pub settled: bool,
    /// The language of its authoritative text.
    pub authoritative: Language,
    /// What a statement's `aud` must be.
    pub audience: Line<200>,
    /// A nonce for a statement.
    pub nonce: Line<128>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The edition is here, and holds together.
    Opened(Rc<Edition>),
    /// A language of the interface was chosen.
    ChooseLanguage(Language),
    /// A reference to a clause was followed.
    Jump(Anchor),
    /// The button of acceptance was pressed.
    Accept,
    /// A fresh status is here, and maybe a fresh token.
    Refreshed(Access),
    /// The edge has recorded the acceptance, or had before.
    Recorded(Receipt),
    /// The effect under way came to nothing.
    Failed(Failure),
    /// The receipt is to be kept as a file.
    SaveReceipt,
    /// The receipt has been seen.
    Close,
    /// The browser has closed the dialog: by Escape, or by an Android phone's gesture of going back.
    Dismissed,
}

/// What has to be done in the world.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Get an edition and hold it against its id; answers [`Action::Opened`].
    LoadEdition(EditionId),
    /// Sign a statement and send it; answers [`Action::Recorded`].
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
    /// What the person did.
    pub acceptance: Acceptance,
}

/// What the host is told, as a DOM event.
#[derive(Clone, Debug, PartialEq)]
pub enum Announcement {
    /// `kelisim:accepted`.
    Accepted(Receipt),
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
        language,
        access,
        screen,
    } = state;
    let with = |access, screen, effects| {
        (
            State {
                language,
                access,
                screen,
            },
            effects,
        )
    };
    match (screen, action) {
        (screen, Action::ChooseLanguage(language)) => (
            State {
                language,
                access,
                screen,
            },
            vec![],
        ),
        (screen, Action::Jump(anchor)) => {
            with(access, screen, vec![Effect::MoveTo(Place::Text(anchor))])
        }
        (Screen::Opening, Action::Opened(edition)) => {
            let screen = Screen::notice(edition, false, Progress::Idle);
            with(access, screen, vec![Effect::MoveTo(Place::Heading)])
        }
        (Screen::Opening, Action::Failed(failure)) => {
            let effect = Effect::Announce(Announcement::Error(failure));
            with(access, Screen::Closed, vec![effect])
        }
        (Screen::Notice(notice), action) => {
            let (access, screen, effects) = on_notice(language, access, notice, action);
            with(access, screen, effects)
        }
        (Screen::Receipt(edition, receipt), Action::SaveReceipt) => {
            let effect = Effect::Save {
                name: receipt.file_name(),
                text: receipt.jws.clone(),
            };
            with(access, Screen::Receipt(edition, receipt), vec![effect])
        }
        (Screen::Receipt(..), Action::Close | Action::Dismissed) => {
            with(access, Screen::Closed, vec![])
        }
        (screen, _) => with(access, screen, vec![]),
    }
}

fn on_notice(
    language: Language,
    access: Access,
    notice: Notice,
    action: Action,
) -> (Access, Screen, Vec<Effect>) {
    let busy = |notice: &Notice, retried| {
        let progress = Progress::Busy { retried };
        Screen::notice(Rc::clone(&notice.edition), notice.replaced, progress)
    };
    match (notice.progress, action) {
        (Progress::Idle | Progress::Failed(_), Action::Accept) => {
            let effect = try_to_accept(language, &access, &notice);
            (access, busy(&notice, false), vec![effect])
        }
        (Progress::Busy { retried }, Action::Refreshed(access)) => {
            if access.settled {
                let settled = Announcement::Settled(access.edition);
                (access, Screen::Closed, vec![Effect::Announce(settled)])
            } else {
                let effect = try_to_accept(language, &access, &notice);
                (access, busy(&notice, retried), vec![effect])
            }
        }
        (Progress::Busy { .. }, Action::Opened(edition)) => {
            let screen = Screen::notice(edition, true, Progress::Idle);
            (access, screen, vec![Effect::MoveTo(Place::Heading)])
        }
        (Progress::Busy { .. }, Action::Recorded(receipt)) => {
            if receipt.edition != notice.edition.id() {
                return (access, notice.failed(Failure::Unreadable), vec![]);
            }
            let accepted = Announcement::Accepted(receipt.clone());
            let effects = vec![Effect::Announce(accepted), Effect::MoveTo(Place::Heading)];
            (access, Screen::Receipt(notice.edition, receipt), effects)
        }
        (Progress::Busy { retried }, Action::Failed(failure)) => match Recovery::from(failure) {
            recovery @ (Recovery::FreshToken | Recovery::FreshStatus) if !retried => {
                let renew = matches!(recovery, Recovery::FreshToken);
                let token = access.token.clone();
                let effect = Effect::Refresh { token, renew };
                (access, busy(&notice, true), vec![effect])
            }
            _ => (access, notice.failed(failure), vec![]),
        },
        // Nobody has answered yet, so it comes back.
        (_, Action::Dismissed) => (
            access,
            Screen::Notice(notice),
            vec![Effect::MoveTo(Place::Heading)],
        ),
        _ => (access, Screen::Notice(notice), vec![]),
    }
}

/// Sends the acceptance of the edition on the screen, or fetches the one that has taken its place.
fn try_to_accept(interface: Language, access: &Access, notice: &Notice) -> Effect {
    let edition = &notice.edition;
    if access.edition != edition.id() {
        return Effect::LoadEdition(access.edition);
    }
    let text = edition.text(interface);
    Effect::Send(Box::new(Sending {
        access: access.clone(),
        acceptance: Acceptance {
            edition: edition.id(),
            language: text.language,
            text_sha256: text.sha256,
            interface_language: interface,
            control: Control::DialogAccept,
        },
    }))
}

impl Screen {
    const fn notice(edition: Rc<Edition>, replaced: bool, progress: Progress) -> Self {
        Self::Notice(Notice {
            edition,
            replaced,
            progress,
        })
    }
}

impl Failure {
    /// Its name for programs: the problem's type where there is one.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Problem(problem) => problem.uri(),
            Self::TokenRefused => "token-refused",
            Self::Unreadable => "unreadable",
            Self::CryptoUnavailable => "crypto-unavailable",
        }
    }
}

impl Notice {
    fn failed(self, failure: Failure) -> Screen {
        Screen::notice(self.edition, self.replaced, Progress::Failed(failure))
    }
}

/// What may help after a failure, with no press needed.
enum Recovery {
    FreshToken,
    FreshStatus,
    None,
}

impl From<Failure> for Recovery {
    fn from(failure: Failure) -> Self {
        use ProblemType as Type;
        match failure {
            Failure::Problem(
                Type::TokenMissing
                | Type::TokenMalformed
                | Type::TokenAlgorithm
                | Type::TokenIssuer
                | Type::TokenKey
                | Type::TokenSignature
                | Type::TokenAudience
                | Type::TokenExpired
                | Type::TokenNotYetValid
                | Type::TokenLifetime
                | Type::StatementToken,
            ) => Self::FreshToken,
            Failure::Problem(
                Type::NonceInvalid
                | Type::NonceExpired
                | Type::JtiReused
                | Type::StatementAudience
                | Type::EditionNotInForce
                | Type::EditionUnknown,
            ) => Self::FreshStatus,
            _ => Self::None,
        }
    }
}

#[cfg(test)]
mod tests;

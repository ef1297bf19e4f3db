//! The notice of an edition, and what its buttons do.

use std::rc::Rc;

use kelisim_shared::{
    language::Language,
    statement::{Control, Event, Shown},
    time::Timestamp,
};

use super::{
    Access, Action, Announcement, Changes, Edition, Effect, Failure, Place, Reply, Screen, Sending,
    Standing, close, failure::Recovery,
};

/// The edition in force before a person who has not accepted it.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// The edition.
    pub edition: Rc<Edition>,
    /// Whether it took the place of another that was being read.
    pub replaced: bool,
    /// What has changed since the edition accepted last, once that is here.
    pub changes: Option<Rc<Changes>>,
    /// Whether the edge is still being told that it is shown.
    pub presenting: bool,
    /// What has come of the buttons so far.
    pub progress: Progress,
}

/// What has come of the buttons so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// None has been pressed.
    Idle,
    /// One was pressed, and the answer is awaited.
    Busy {
        /// Which.
        press: Press,
        /// Whether this is the second try, which the widget made by itself.
        retried: bool,
    },
    /// The button of acceptance was pressed in vain.
    Failed(Failure),
}

/// What was pressed that makes a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// The button of acceptance.
    Accept {
        /// What was on the screen then.
        shown: Shown,
    },
    /// The button that goes on using the app.
    GoOn {
        /// The deadline that had come.
        deadline: Timestamp,
    },
}

/// Shows an edition, and tells the edge so.
pub(super) fn show(
    language: Language,
    access: &Access,
    edition: Rc<Edition>,
    replaced: bool,
) -> (Screen, Vec<Effect>) {
    let sending = Sending {
        access: access.clone(),
        event: Event::Presented {
            edition: edition.id(),
            shown: edition.shown(language),
        },
    };
    let notice = Notice {
        edition,
        replaced,
        changes: None,
        presenting: true,
        progress: Progress::Idle,
    };
    let mut effects = vec![
        Effect::MoveTo(Place::Heading),
        Effect::Present(Box::new(sending)),
    ];
    if access.standing.can_leave() {
        let token = access.token.clone();
        effects.push(Effect::Compare { token });
    }
    (Screen::Notice(notice), effects)
}

/// What an action does to a notice.
pub(super) fn update(
    language: Language,
    access: &mut Access,
    notice: Notice,
    action: Action,
) -> (Screen, Vec<Effect>) {
    use Progress::{Busy, Failed, Idle};
    match (notice.progress, action) {
        (progress, Action::Presented) => {
            let effects = match progress {
                Busy { press, .. } => vec![attempt(access, &notice, press)],
                Idle | Failed(_) => vec![],
            };
            let notice = Notice {
                presenting: false,
                ..notice
            };
            (Screen::Notice(notice), effects)
        }
        // A comparison with an edition that was replaced meanwhile comes too late.
        (_, Action::Compared(Some(changes))) if changes.to == notice.edition.id() => {
            let changes = Some(changes);
            (Screen::Notice(Notice { changes, ..notice }), vec![])
        }
        (Idle | Failed(_), Action::Accept) => {
            let shown = notice.edition.shown(language);
            on_press(access, notice, Press::Accept { shown })
        }
        (Idle | Failed(_), action @ (Action::Close | Action::Dismissed)) => match access.standing {
            Standing::Due { deadline } => on_press(access, notice, Press::GoOn { deadline }),
            Standing::Pending { deadline } => notice.postpone(deadline),
            _ => notice.stay(&action),
        },
        (Busy { press, .. }, Action::Refreshed(fresh)) => {
            *access = fresh;
            on_refreshed(access, notice, press)
        }
        (Busy { .. }, Action::Opened(edition)) => show(language, access, edition, true),
        (Busy { press, .. }, Action::Answered(reply)) => on_reply(notice, press, reply),
        (Busy { press, retried }, Action::Failed(failure)) => match Recovery::from(failure) {
            recovery @ (Recovery::FreshToken | Recovery::FreshStatus) if !retried => {
                let effect = Effect::Refresh {
                    token: access.token.clone(),
                    renew: matches!(recovery, Recovery::FreshToken),
                };
                let retried = true;
                (notice.with(Busy { press, retried }), vec![effect])
            }
            _ => notice.fail(press, failure),
        },
        (_, action) => notice.stay(&action),
    }
}

/// What is pressed while the edge is still being told that the notice is shown waits for that.
fn on_press(access: &Access, notice: Notice, press: Press) -> (Screen, Vec<Effect>) {
    let effects = if notice.presenting {
        vec![]
    } else {
        vec![attempt(access, &notice, press)]
    };
    let retried = false;
    (notice.with(Progress::Busy { press, retried }), effects)
}

fn on_refreshed(access: &Access, notice: Notice, press: Press) -> (Screen, Vec<Effect>) {
    match (press, access.standing) {
        (_, Standing::Settled { edition }) => close(Announcement::Settled(edition)),
        (_, Standing::Erased) => (Screen::Closed, vec![]),
        // There is no acceptance any more that use could continue.
        (Press::GoOn { .. }, Standing::New | Standing::Withdrawn | Standing::Terminated) => {
            let effect = Effect::MoveTo(Place::Heading);
            (notice.with(Progress::Idle), vec![effect])
        }
        _ => {
            let effect = attempt(access, &notice, press);
            (Screen::Notice(notice), vec![effect])
        }
    }
}

fn on_reply(notice: Notice, press: Press, reply: Reply) -> (Screen, Vec<Effect>) {
    match reply {
        Reply::Accepted(receipt) if receipt.edition == notice.edition.id() => {
            let accepted = Announcement::Accepted(receipt.clone());
            let effects = vec![Effect::Announce(accepted), Effect::MoveTo(Place::Heading)];
            (Screen::Receipt(notice.edition, receipt), effects)
        }
        Reply::Settled(edition) => close(Announcement::Settled(edition)),
        Reply::Accepted(_) | Reply::Unchanged => notice.fail(press, Failure::Unreadable),
    }
}

/// Sends what a press states of the edition on the screen, or fetches the one that has taken its place.
fn attempt(access: &Access, notice: &Notice, press: Press) -> Effect {
    let edition = notice.edition.id();
    if access.edition != edition {
        return Effect::LoadEdition(access.edition);
    }
    let event = match press {
        Press::Accept { shown } => Event::Accepted {
            edition,
            shown,
            control: Control::DialogAccept,
        },
        Press::GoOn { .. } => Event::Used { edition },
    };
    let access = access.clone();
    Effect::Send(Box::new(Sending { access, event }))
}

impl Notice {
    fn with(self, progress: Progress) -> Screen {
        Screen::Notice(Self { progress, ..self })
    }

    /// Stays as it is; and comes back where the browser has closed it, for nobody has answered yet.
    fn stay(self, action: &Action) -> (Screen, Vec<Effect>) {
        let effects = match action {
            Action::Dismissed => vec![Effect::MoveTo(Place::Heading)],
            _ => vec![],
        };
        (Screen::Notice(self), effects)
    }

    /// A press of acceptance in vain is told of. Who goes on using the app is not held up, and sees the notice another
    /// time.
    fn fail(self, press: Press, failure: Failure) -> (Screen, Vec<Effect>) {
        match press {
            Press::Accept { .. } => (self.with(Progress::Failed(failure)), vec![]),
            Press::GoOn { deadline } => self.postpone(deadline),
        }
    }

    fn postpone(&self, deadline: Timestamp) -> (Screen, Vec<Effect>) {
        let edition = self.edition.id();
        close(Announcement::Postponed { edition, deadline })
    }
}

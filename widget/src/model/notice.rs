//! The notice of an edition, and what its buttons do.

use kelisim_shared::{
    edition::EditionId,
    language::Language,
    statement::{Control, Event, Shown},
    time::{ClaimedSeconds, Timestamp},
};

use super::{
    Access, Action, Announcement, Ask, Content, Effect, Failure, Kept, Pressed, Remaining, Reply,
    Request, Screen, Sending, Standing, close, failure::Recovery,
};

/// The edition in force before a person who has not accepted it.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// What is on the screen.
    pub content: Content,
    /// The language that was chosen last: that of the content, or of one that is on its way.
    pub language: Language,
    /// Whether it took the place of another edition that was being read.
    pub replaced: bool,
    /// Whether the edge knows that it is shown.
    pub told: Told,
    /// How long there is until the deadline, where there is one that has not come.
    pub remaining: Option<Remaining>,
    /// What has come of the buttons so far.
    pub progress: Progress,
}

/// Whether the edge knows that the notice is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Not before what fits is here.
    NotYet,
    /// It is being told.
    Now,
    /// It was, or could not be.
    Over,
}

/// What has come of the buttons so far.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The button of acceptance was pressed, the edge could not be reached, and the press is kept on the device.
    Kept(Press),
    /// The button of acceptance was pressed in vain.
    Failed(Failure),
    /// The text could not be had in another language.
    NotLoaded,
}

/// What was pressed that makes a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// The button of acceptance.
    Accept {
        /// The edition that was on the screen then.
        edition: EditionId,
        /// What of it.
        shown: Shown,
        /// When, where that was not now.
        claimed: Option<ClaimedSeconds>,
    },
    /// The button that goes on using the app.
    GoOn {
        /// The edition that was on the screen then.
        edition: EditionId,
        /// The deadline that had come.
        deadline: Timestamp,
    },
}

/// Begins over what is on the screen, with what was pressed there.
pub(super) fn open(
    access: &Access,
    content: Content,
    pressed: Option<Pressed>,
) -> (Screen, Vec<Effect>) {
    let mut notice = Notice {
        language: content.shown.interface_language,
        content,
        replaced: false,
        told: Told::NotYet,
        remaining: None,
        progress: Progress::Idle,
    };
    match access.standing {
        Standing::Settled { edition } => return close(Announcement::Settled(edition)),
        Standing::Erased => return (Screen::Closed, vec![]),
        Standing::Asked(ask) => {
            let press = match (pressed, ask) {
                (Some(Pressed::Accept), _) => Some(notice.accepting()),
                (Some(Pressed::Leave), Ask::Pending { deadline }) => {
                    return postpone(access.edition, deadline);
                }
                (Some(Pressed::Leave), Ask::Due { deadline }) => Some(notice.going_on(deadline)),
                _ => None,
            };
            if let Some(press) = press {
                notice.progress = busy(press);
            }
        }
    }
    let mut effects = load(access, &notice, notice.content.shown.interface_language);
    if effects.is_empty() {
        effects.push(present(access, &notice.content));
        notice.told = Told::Now;
    }
    let token = access.token.clone();
    effects.push(Effect::Recall { token });
    (Screen::Notice(notice), effects)
}

/// What an action does to a notice.
pub(super) fn update(access: &mut Access, notice: Notice, action: Action) -> (Screen, Vec<Effect>) {
    use Progress::{Busy, Failed, Idle, NotLoaded};
    match (notice.progress.clone(), action) {
        // What was asked for before another language was chosen comes too late.
        (_, Action::Loaded(content)) if content.shown.interface_language == notice.language => {
            on_loaded(access, notice, content)
        }
        (_, Action::NotLoaded) => on_not_loaded(access, notice),
        (_, Action::Presented) => on_presented(access, notice),
        (_, Action::Tick(now)) => on_tick(access, notice, now),
        (_, Action::ChooseLanguage(language)) => {
            let effects = load(access, &notice, language);
            (Screen::Notice(Notice { language, ..notice }), effects)
        }
        (Idle, Action::Recalled(Some(kept)))
            if kept.edition == access.edition && !access.standing.has_ended() =>
        {
            let Kept {
                edition,
                shown,
                claimed,
            } = kept;
            let press = Press::Accept {
                edition,
                shown,
                claimed: Some(claimed),
            };
            on_press(access, notice, press)
        }
        (Progress::Kept(press), Action::Accept | Action::Online) => on_press(access, notice, press),
        (Progress::Kept(_), Action::Close | Action::Dismissed) => (Screen::Left(notice), vec![]),
        (Idle | Failed(_) | NotLoaded, Action::Accept) => {
            let press = notice.accepting();
            on_press(access, notice, press)
        }
        (Idle | Failed(_) | NotLoaded, action @ (Action::Close | Action::Dismissed)) => {
            match access.standing {
                Standing::Asked(Ask::Due { deadline }) => {
                    let press = notice.going_on(deadline);
                    on_press(access, notice, press)
                }
                Standing::Asked(Ask::Pending { deadline }) => postpone(access.edition, deadline),
                _ => notice.stay(&action),
            }
        }
        (Busy { press, .. }, Action::Refreshed(fresh)) => {
            *access = fresh;
            on_refreshed(access, notice, press)
        }
        (Idle | Failed(_) | NotLoaded, Action::Reviewed(fresh)) => {
            *access = fresh;
            on_reviewed(access, notice)
        }
        (Busy { press, .. }, Action::Answered(reply)) => on_reply(notice, press, reply),
        (Busy { press, retried }, Action::Failed(failure)) => match Recovery::from(&failure) {
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

/// Puts what was loaded on the screen. A press that was made on another edition is not for this one.
fn on_loaded(access: &Access, notice: Notice, content: Content) -> (Screen, Vec<Effect>) {
    let replaced = content.edition != notice.content.edition;
    let mut effects = vec![Effect::Show];
    if replaced {
        effects.push(Effect::Head);
    }
    let mut told = notice.told;
    if replaced || told == Told::NotYet {
        effects.push(present(access, &content));
        told = Told::Now;
    }
    let progress = match notice.progress {
        Progress::NotLoaded => Progress::Idle,
        Progress::Failed(_) if replaced => Progress::Idle,
        Progress::Busy { press, .. } | Progress::Kept(press)
            if press.edition() != content.edition =>
        {
            Progress::Idle
        }
        progress => progress,
    };
    let notice = Notice {
        content,
        replaced: notice.replaced || replaced,
        told,
        progress,
        ..notice
    };
    (Screen::Notice(notice), effects)
}

/// What was on the screen stays, and a press on it counts, unless another edition was to take its place.
fn on_not_loaded(access: &Access, notice: Notice) -> (Screen, Vec<Effect>) {
    let language = notice.content.shown.interface_language;
    let was_waiting = notice.told == Told::NotYet;
    let notice = Notice {
        language,
        told: if was_waiting { Told::Over } else { notice.told },
        ..notice
    };
    match notice.progress {
        Progress::Busy { press, .. } if press.edition() != access.edition => {
            notice.fail(press, Failure::Unreachable)
        }
        Progress::Busy { press, .. } if was_waiting => {
            let effect = attempt(access, &notice, press);
            (Screen::Notice(notice), vec![effect])
        }
        Progress::Idle | Progress::NotLoaded => (notice.with(Progress::NotLoaded), vec![]),
        Progress::Busy { .. } | Progress::Failed(_) | Progress::Kept(_) => {
            (Screen::Notice(notice), vec![])
        }
    }
}

fn on_presented(access: &Access, notice: Notice) -> (Screen, Vec<Effect>) {
    let effects = match notice.progress {
        Progress::Busy { press, .. } if notice.told == Told::Now => {
            vec![attempt(access, &notice, press)]
        }
        _ => vec![],
    };
    let told = Told::Over;
    (Screen::Notice(Notice { told, ..notice }), effects)
}

/// Counts down, and standing where the person stands once the deadline has come.
fn on_tick(access: &Access, notice: Notice, now: Timestamp) -> (Screen, Vec<Effect>) {
    let Standing::Asked(Ask::Pending { deadline }) = access.standing else {
        let remaining = None;
        return (
            Screen::Notice(Notice {
                remaining,
                ..notice
            }),
            vec![],
        );
    };
    let remaining = Remaining::until(deadline, now);
    let is_waiting = matches!(notice.progress, Progress::Busy { .. } | Progress::Kept(_));
    let effects = if remaining.is_none() && !is_waiting {
        let token = access.token.clone();
        vec![Effect::Review { token }]
    } else {
        vec![]
    };
    (
        Screen::Notice(Notice {
            remaining,
            ..notice
        }),
        effects,
    )
}

/// What is pressed while the edge is still being told that the notice is shown waits for that.
fn on_press(access: &Access, notice: Notice, press: Press) -> (Screen, Vec<Effect>) {
    let effects = match notice.told {
        Told::NotYet | Told::Now => vec![],
        Told::Over => vec![attempt(access, &notice, press)],
    };
    (notice.with(busy(press)), effects)
}

fn on_refreshed(access: &Access, notice: Notice, press: Press) -> (Screen, Vec<Effect>) {
    match (press, access.standing) {
        (_, Standing::Settled { edition }) => close(Announcement::Settled(edition)),
        (_, Standing::Erased) => (Screen::Closed, vec![]),
        // There is no acceptance any more that use could continue; and one that has ended since is revived by a press on the
        // notice that says so.
        (press, Standing::Asked(ask))
            if matches!(press, Press::GoOn { .. }) && !ask.can_leave()
                || access.standing.has_ended() && notice.content.standing != ask.name() =>
        {
            let mut effects = load(access, &notice, notice.content.shown.interface_language);
            effects.push(Effect::Head);
            (notice.with(Progress::Idle), effects)
        }
        _ => {
            let effect = attempt(access, &notice, press);
            (Screen::Notice(notice), vec![effect])
        }
    }
}

fn on_reviewed(access: &Access, notice: Notice) -> (Screen, Vec<Effect>) {
    match access.standing {
        Standing::Settled { edition } => close(Announcement::Settled(edition)),
        Standing::Erased => (Screen::Closed, vec![]),
        Standing::Asked(_) => {
            let effects = load(access, &notice, notice.content.shown.interface_language);
            (Screen::Notice(notice), effects)
        }
    }
}

fn on_reply(notice: Notice, press: Press, reply: Reply) -> (Screen, Vec<Effect>) {
    match (reply, press) {
        (Reply::Accepted(receipt), press) if receipt.edition == press.edition() => {
            let accepted = Announcement::Accepted(receipt.clone());
            let effects = vec![Effect::Announce(accepted), Effect::Head];
            (Screen::Receipt(notice.content, receipt), effects)
        }
        (Reply::Settled(edition), _) => close(Announcement::Settled(edition)),
        (Reply::Kept(claimed), Press::Accept { edition, shown, .. }) => {
            let kept = Progress::Kept(Press::Accept {
                edition,
                shown,
                claimed: Some(claimed),
            });
            let effects = vec![Effect::Announce(Announcement::Kept(edition))];
            (notice.with(kept), effects)
        }
        _ => notice.fail(press, Failure::Unreadable),
    }
}

/// Sends what a press states of the edition that was on the screen, or fetches the one that has taken its place.
fn attempt(access: &Access, notice: &Notice, press: Press) -> Effect {
    if access.edition != press.edition()
        && let Some(request) = Request::of(access, notice.content.shown.interface_language)
    {
        return Effect::Load(request);
    }
    let (event, claimed) = match press {
        Press::Accept {
            edition,
            shown,
            claimed,
        } => {
            let control = Control::DialogAccept;
            let event = Event::Accepted {
                edition,
                shown,
                control,
            };
            (event, claimed)
        }
        Press::GoOn { edition, .. } => (Event::Used { edition }, None),
    };
    Effect::Send(Box::new(Sending {
        access: access.clone(),
        event,
        claimed,
    }))
}

/// Fetches what the person is to be shown in that language, unless it is on the screen.
fn load(access: &Access, notice: &Notice, language: Language) -> Vec<Effect> {
    Request::of(access, language)
        .filter(|request| !request.is_met_by(&notice.content))
        .map(Effect::Load)
        .into_iter()
        .collect()
}

fn present(access: &Access, content: &Content) -> Effect {
    Effect::Present(Box::new(Sending {
        access: access.clone(),
        event: Event::Presented {
            edition: content.edition,
            shown: content.shown,
        },
        claimed: None,
    }))
}

const fn busy(press: Press) -> Progress {
    let retried = false;
    Progress::Busy { press, retried }
}

impl Press {
    /// The edition that was on the screen.
    const fn edition(self) -> EditionId {
        match self {
            Self::Accept { edition, .. } | Self::GoOn { edition, .. } => edition,
        }
    }
}

impl Notice {
    const fn accepting(&self) -> Press {
        Press::Accept {
            edition: self.content.edition,
            shown: self.content.shown,
            claimed: None,
        }
    }

    const fn going_on(&self, deadline: Timestamp) -> Press {
        Press::GoOn {
            edition: self.content.edition,
            deadline,
        }
    }

    fn with(self, progress: Progress) -> Screen {
        Screen::Notice(Self { progress, ..self })
    }

    /// Stays as it is; and comes back where the browser has closed it, for nobody has answered yet.
    fn stay(self, action: &Action) -> (Screen, Vec<Effect>) {
        let effects = match action {
            Action::Dismissed => vec![Effect::Head],
            _ => vec![],
        };
        (Screen::Notice(self), effects)
    }

    /// A press of acceptance in vain is told of. Who goes on using the app is not held up, and sees the notice another
    /// time.
    fn fail(self, press: Press, failure: Failure) -> (Screen, Vec<Effect>) {
        match press {
            Press::Accept { .. } => (self.with(Progress::Failed(failure)), vec![]),
            Press::GoOn { edition, deadline } => postpone(edition, deadline),
        }
    }
}

fn postpone(edition: EditionId, deadline: Timestamp) -> (Screen, Vec<Effect>) {
    close(Announcement::Postponed { edition, deadline })
}

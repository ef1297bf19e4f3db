//! What a subject has accepted, and what moves that. Pure and total: every rule about it is here.
//!
//! A subject's chain of records adds up to [`Facts`]. Seen from the edition in force, whose [`Terms`] the registry knows,
//! the facts are a [`State`]:
//!
//! | state | explicit acceptance | use before the deadline | use at or after the deadline | withdrawal |
//! |---|---|---|---|---|
//! | [`State::New`] | `Accepted` | refused | refused | `Withdrawn` |
//! | [`State::Pending`] | `Accepted` | unchanged | `Accepted`, implied | `Withdrawn` |
//! | [`State::Accepted`] | unchanged; after an implied one a record, and `Accepted`, explicit | unchanged | unchanged | `Withdrawn` |
//! | [`State::Withdrawn`] | `Accepted` | refused | refused | recorded, unchanged |
//! | [`State::Terminated`] | `Accepted` | refused | refused | recorded, unchanged |
//! | [`State::Erased`] | refused | refused | refused | noted without personal data |
//!
//! A withdrawal that is recorded late undoes every acceptance, but for an explicit one that came after it took effect and was
//! still the last. Nothing that was made before a withdrawal or the end of the agreement was recorded accepts anything afterwards.
//!
//! A refused use tells the host to ask the person ([`Refusal::ConsentRequired`]). A newer edition makes `Pending` of
//! `Accepted`, unless it is an editorial change of the accepted one; the older deadline has no meaning from then on.
//! Nothing here knows of a clock: the instant that decides is passed in.

mod terms;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    deadline::Deadline,
    edition::EditionId,
    record::{
        Acceptance, Basis, Event, Ground, Hold, Place, Presentation, Record, RecordId, Release,
        Source, Termination,
    },
    retention::{self, OutOfRange},
    statement::{Control, Shown},
    text::Line,
    time::Timestamp,
};

pub use terms::Terms;

/// Where a subject stands, as seen from the edition in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "name", rename_all = "lowercase", deny_unknown_fields)]
pub enum State {
    /// Has accepted nothing yet.
    New {},
    /// Has accepted an earlier edition.
    Pending {
        /// The edition accepted last.
        accepted: EditionId,
        /// From when continued use counts as acceptance of the edition in force.
        deadline: Deadline,
    },
    /// Has accepted the edition in force, or one that it changes in wording only.
    Accepted {
        /// The edition accepted.
        edition: EditionId,
        /// On what ground.
        basis: Basis,
        /// The record of it.
        record: RecordId,
        /// When it was recorded.
        recorded_at: Timestamp,
    },
    /// Has withdrawn.
    Withdrawn {
        /// The edition accepted last, if any was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accepted: Option<EditionId>,
        /// From when that has effect.
        effective_at: Timestamp,
    },
    /// The user agreement has ended.
    Terminated {
        /// The edition accepted last, if any was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accepted: Option<EditionId>,
        /// When the records are erased, unless a hold keeps them.
        erase_at: Timestamp,
    },
    /// Everything personal has been erased.
    Erased {
        /// When.
        erased_at: Timestamp,
    },
}

impl State {
    /// Whether there is nothing to ask the person.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }

    /// The edition that a person who has something to accept accepted last, if any.
    #[must_use]
    pub const fn accepted_before(&self) -> Option<EditionId> {
        match self {
            Self::Pending { accepted, .. } => Some(*accepted),
            Self::Withdrawn { accepted, .. } | Self::Terminated { accepted, .. } => *accepted,
            Self::New {} | Self::Accepted { .. } | Self::Erased { .. } => None,
        }
    }
}

/// What a subject's records add up to, whatever edition is in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What the subject last said about the policy.
    pub consent: Consent,
    /// The edition that was accepted last, whatever was said since, and when that was recorded.
    pub last_accepted: Option<LastAccepted>,
    /// The edition whose notice was shown last, and the record of its first showing.
    pub presented: Option<Presented>,
    /// When a withdrawal or the end of the agreement was last recorded: nothing that was made before it accepts anything.
    pub ended_at: Option<Timestamp>,
    /// When the records are to be erased, if the user agreement has ended.
    pub erase_at: Option<Timestamp>,
    /// The cases for which holds keep the records.
    pub holds: BTreeSet<Line<200>>,
}

/// What a subject last said about the policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase", deny_unknown_fields)]
pub enum Consent {
    /// Nothing.
    #[default]
    None,
    /// Accepts.
    Accepted {
        /// The edition.
        edition: EditionId,
        /// On what ground.
        basis: Basis,
        /// The record of it.
        record: RecordId,
        /// When it was recorded.
        recorded_at: Timestamp,
    },
    /// Withdraws.
    Withdrawn {
        /// From when.
        effective_at: Timestamp,
    },
}

/// The last acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastAccepted {
    /// The edition.
    pub edition: EditionId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// The first showing of an edition's notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presented {
    /// The edition.
    pub edition: EditionId,
    /// The record.
    pub record: RecordId,
}

/// A message about a subject, whose origin and integrity have been verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// The version of the user agreement.
    pub agreement: Line<64>,
    /// How it is known.
    pub source: Source,
    /// What happened.
    pub occurrence: Occurrence,
}

impl Message {
    /// What makes the message unique within its subject's chain.
    #[must_use]
    pub fn key(&self) -> String {
        match (&self.source, &self.occurrence) {
            (Source::Device { jti, .. }, _) => ["device:", jti.as_str()].concat(),
            // One ticket stands for a showing and for a press.
            (Source::Session { ticket, .. }, Occurrence::Presented { .. }) => {
                ["session-shown:", &ticket.to_string()].concat()
            }
            (Source::Session { ticket, .. }, _) => ["session:", &ticket.to_string()].concat(),
            (
                Source::Service {
                    service, report, ..
                },
                _,
            ) => {
                let length = service.as_str().len().to_string();
                [
                    "service:",
                    &length,
                    ":",
                    service.as_str(),
                    ":",
                    report.as_str(),
                ]
                .concat()
            }
        }
    }
}

/// What a [`Message`] tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Occurrence {
    /// The notice of an edition was shown.
    Presented {
        /// The edition.
        edition: EditionId,
        /// What was on the screen.
        shown: Shown,
    },
    /// The button was pressed.
    Accepted {
        /// The edition.
        edition: EditionId,
        /// What was on the screen.
        shown: Shown,
        /// What was pressed.
        control: Control,
    },
    /// The app was used.
    Used {
        /// The edition in force, where whoever tells of it knows.
        edition: Option<EditionId>,
        /// Where.
        place: Place,
    },
}

/// What to do about a message or an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Write this down.
    Record(Box<Event>),
    /// Write nothing. The record that says it already, if one does.
    Unchanged(Option<RecordId>),
}

/// Why a message or an order is refused. Nothing is written then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(tag = "reason", rename_all = "snake_case", deny_unknown_fields)]
pub enum Refusal {
    /// The edition is not the one in force.
    #[error("the edition is not in force")]
    NotInForce {},
    /// It was made before the subject withdrew, or before the agreement ended.
    #[error("it was made before what ended the last acceptance")]
    Outdated {},
    /// Going on to use the app means nothing before the person has accepted an edition.
    #[error("nothing has been accepted that use could confirm")]
    ConsentRequired {},
    /// Everything about the subject was erased.
    #[error("the subject was erased")]
    Erased {},
    /// A time lies ahead of the server's clock.
    #[error("a time lies in the future")]
    InFuture {},
    /// A withdrawal takes effect before it was received.
    #[error("it takes effect before it was received")]
    EffectiveTooEarly {},
    /// The agreement is to have ended before the day on which an edition was last accepted under it.
    #[error("an edition was accepted after that day")]
    EndedTooEarly {},
    /// The records of an agreement that ended then would be erased at once.
    #[error("the time for which records are kept has passed already")]
    Lapsed {},
    /// A hold keeps the records.
    #[error("a legal hold keeps the records")]
    Held {},
    /// There is no record at all.
    #[error("there is nothing on record")]
    Nothing {},
}

impl Facts {
    /// What a chain of records adds up to.
    #[must_use]
    pub fn of(records: &[Record]) -> Self {
        records.iter().fold(Self::default(), Self::after)
    }

    /// The facts after a record was written.
    #[must_use]
    pub fn after(self, record: &Record) -> Self {
        match &record.event {
            Event::Presented(presentation) => Self {
                presented: Some(Presented {
                    edition: presentation.edition,
                    record: record.id(),
                }),
                ..self
            },
            Event::Accepted(acceptance) => Self {
                consent: Consent::Accepted {
                    edition: acceptance.edition,
                    basis: acceptance.ground.basis(),
                    record: record.id(),
                    recorded_at: record.recorded_at,
                },
                last_accepted: Some(LastAccepted {
                    edition: acceptance.edition,
                    recorded_at: record.recorded_at,
                }),
                erase_at: None,
                ..self
            },
            Event::Withdrawn(withdrawal) => Self {
                consent: self.consent.after_withdrawal(withdrawal.effective_at),
                ended_at: Some(record.recorded_at),
                ..self
            },
            Event::Terminated(termination) => Self {
                erase_at: retention::ends_at(termination.ended_on.date()).ok(),
                ended_at: Some(record.recorded_at),
                ..self
            },
            Event::Held(hold) => {
                let mut holds = self.holds;
                holds.insert(hold.case.clone());
                Self { holds, ..self }
            }
            Event::Released(release) => {
                let mut holds = self.holds;
                holds.remove(&release.case);
                Self { holds, ..self }
            }
            Event::Viewed(_) => self,
        }
    }

    /// Where the subject stands while an edition of these terms is in force.
    #[must_use]
    pub fn state(&self, terms: &Terms) -> State {
        let accepted = self.last_accepted.map(|last| last.edition);
        if let Some(erase_at) = self.erase_at {
            return State::Terminated { accepted, erase_at };
        }
        match self.consent {
            Consent::None => State::New {},
            Consent::Withdrawn { effective_at } => State::Withdrawn {
                accepted,
                effective_at,
            },
            Consent::Accepted {
                edition,
                basis,
                record,
                recorded_at,
            } => match terms.deadline_after(edition) {
                Some(deadline) => State::Pending {
                    accepted: edition,
                    deadline,
                },
                None => State::Accepted {
                    edition,
                    basis,
                    record,
                    recorded_at,
                },
            },
        }
    }

    /// Decides about a message that arrives at `now` while an edition of these terms is in force. It cannot have been made
    /// before `made_after`, or claims to have been made then; that can only keep it from counting.
    ///
    /// # Errors
    /// [`Refusal::NotInForce`], [`Refusal::Outdated`], [`Refusal::ConsentRequired`].
    pub fn on_message(
        &self,
        message: &Message,
        terms: &Terms,
        made_after: Timestamp,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        let Message {
            agreement,
            source,
            occurrence,
        } = message.clone();
        if let Some(last) = self.last_accepted
            && !terms.knows(last.edition)
        {
            // Whoever passed these terms on has not heard of an edition that this subject has accepted.
            return Err(Refusal::NotInForce {});
        }
        match occurrence {
            Occurrence::Presented { edition, shown } => {
                terms.demand(edition)?;
                Ok(match (self.presented, self.state(terms)) {
                    (_, State::Accepted { .. }) => Decision::Unchanged(None),
                    (Some(presented), _) if presented.edition == edition => {
                        Decision::Unchanged(Some(presented.record))
                    }
                    _ => Decision::Record(Box::new(Event::Presented(Presentation {
                        edition,
                        agreement,
                        shown,
                        source,
                    }))),
                })
            }
            Occurrence::Accepted {
                edition,
                shown,
                control,
            } => {
                terms.demand(edition)?;
                if self.ended_at.is_some_and(|ended_at| made_after < ended_at) {
                    return Err(Refusal::Outdated {});
                }
                Ok(match self.state(terms) {
                    State::Accepted {
                        edition: accepted,
                        basis: Basis::Explicit,
                        record,
                        ..
                    } if accepted == edition => Decision::Unchanged(Some(record)),
                    _ => Decision::Record(Box::new(Event::Accepted(Acceptance {
                        edition,
                        agreement,
                        presentation: self.presentation_of(edition),
                        ground: Ground::Explicit { shown, control },
                        source,
                    }))),
                })
            }
            Occurrence::Used { edition, place } => {
                if let Some(edition) = edition {
                    terms.demand(edition)?;
                }
                match self.state(terms) {
                    State::Pending { deadline, .. }
                        if deadline.has_come(now) && deadline.has_come(made_after) =>
                    {
                        Ok(Decision::Record(Box::new(Event::Accepted(Acceptance {
                            edition: terms.edition(),
                            agreement,
                            presentation: self.presentation_of(terms.edition()),
                            ground: Ground::Implied { deadline, place },
                            source,
                        }))))
                    }
                    State::Accepted { .. } | State::Pending { .. } => Ok(Decision::Unchanged(None)),
                    State::New {}
                    | State::Withdrawn { .. }
                    | State::Terminated { .. }
                    | State::Erased { .. } => Err(Refusal::ConsentRequired {}),
                }
            }
        }
    }

    /// Decides about the end of the user agreement, recorded at `now`.
    ///
    /// # Errors
    /// [`Refusal::InFuture`], [`Refusal::EndedTooEarly`], [`Refusal::Lapsed`].
    pub fn on_termination(
        &self,
        termination: Termination,
        now: Timestamp,
    ) -> Result<Decision, Refusal> {
        if termination.ended_on.date() > now.to_almaty().date_naive() {
            return Err(Refusal::InFuture {});
        }
        let accepted_on = |last: LastAccepted| last.recorded_at.to_almaty().date_naive();
        if self
            .last_accepted
            .is_some_and(|last| termination.ended_on.date() < accepted_on(last))
        {
            return Err(Refusal::EndedTooEarly {});
        }
        match retention::ends_at(termination.ended_on.date()) {
            Ok(erase_at) if self.erase_at == Some(erase_at) => Ok(Decision::Unchanged(None)),
            Ok(erase_at) if erase_at > now => {
                Ok(Decision::Record(Box::new(Event::Terminated(termination))))
            }
            Ok(_) | Err(OutOfRange) => Err(Refusal::Lapsed {}),
        }
    }

    /// Decides about a legal hold. Each case has its own, and lifting one leaves the others.
    #[must_use]
    pub fn on_hold(&self, hold: Hold) -> Decision {
        if self.holds.contains(&hold.case) {
            Decision::Unchanged(None)
        } else {
            Decision::Record(Box::new(Event::Held(hold)))
        }
    }

    /// Decides about the end of a legal hold.
    #[must_use]
    pub fn on_release(&self, release: Release) -> Decision {
        if self.holds.contains(&release.case) {
            Decision::Record(Box::new(Event::Released(release)))
        } else {
            Decision::Unchanged(None)
        }
    }

    /// Whether everything may be erased.
    ///
    /// # Errors
    /// [`Refusal::Held`].
    pub fn on_erasure(&self) -> Result<(), Refusal> {
        if self.holds.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Held {})
        }
    }

    /// Whether everything is to be erased at `now`, without anybody asking for it.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.holds.is_empty() && self.erase_at.is_some_and(|erase_at| now >= erase_at)
    }

    /// The edition that the subject accepts, and on what ground; none from when the agreement has ended.
    #[must_use]
    pub const fn holding(&self) -> Option<(EditionId, Basis)> {
        match (self.consent, self.erase_at) {
            (Consent::Accepted { edition, basis, .. }, None) => Some((edition, basis)),
            _ => None,
        }
    }

    fn presentation_of(&self, edition: EditionId) -> Option<RecordId> {
        self.presented
            .filter(|presented| presented.edition == edition)
            .map(|presented| presented.record)
    }
}

impl Consent {
    /// What is left of it after a withdrawal. Only an explicit acceptance that was recorded after the withdrawal took effect,
    /// before it was recorded itself, outlives it: that was said later (policy, clause 2.6).
    fn after_withdrawal(self, effective_at: Timestamp) -> Self {
        match self {
            Self::Accepted {
                basis: Basis::Explicit,
                recorded_at,
                ..
            } if recorded_at > effective_at => self,
            _ => Self::Withdrawn { effective_at },
        }
    }
}

/// Checks the times of a withdrawal that is recorded at `now`. A withdrawal whose times are right is never refused, not
/// even of a subject who has accepted nothing, or who was erased.
///
/// # Errors
/// [`Refusal::InFuture`], [`Refusal::EffectiveTooEarly`].
pub fn check_withdrawal(
    received_at: Timestamp,
    effective_at: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    if effective_at < received_at {
        Err(Refusal::EffectiveTooEarly {})
    } else if effective_at > now {
        Err(Refusal::InFuture {})
    } else {
        Ok(())
    }
}

//! Random histories of a subject: whatever happens in whatever order, the rules of acceptance hold.

#![expect(
    clippy::unwrap_used,
    reason = "a test that panics has failed, as it should"
)]

use kelisim_shared::{
    deadline::{Calendar, Deadline, Rule},
    digest::Sha256Digest,
    edition::{Change, EditionId, Succession},
    jwk::Thumbprint,
    language::Language,
    record::{
        Basis, Channel, Event, Ground, Head, Hold, Place, Record, Release, Source, Staff,
        SubjectId, Termination, Withdrawal, verify_chain,
    },
    statement::{Control, Shown},
    subject::{Consent, Decision, Facts, Message, Occurrence, Refusal, State, Terms},
    time::Timestamp,
};
use proptest::prelude::*;

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// Time passes, or the server's clock is set back; in milliseconds.
    Wait(i64),
    /// The clock moves to so many milliseconds from the deadline in force, if there is one.
    ToDeadline(i64),
    Publish {
        editorial: bool,
    },
    Present,
    /// The button is pressed under the edition in force, or under an earlier one.
    Accept {
        behind: usize,
    },
    Use,
    Withdraw,
    Terminate,
    Hold,
    Release,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3 * DAY).prop_map(Step::Wait),
        1 => (-DAY..0).prop_map(Step::Wait),
        3 => prop::sample::select(vec![-1, 0, 1]).prop_map(Step::ToDeadline),
        2 => any::<bool>().prop_map(|editorial| Step::Publish { editorial }),
        2 => Just(Step::Present),
        4 => (0..2_usize).prop_map(|behind| Step::Accept { behind }),
        6 => Just(Step::Use),
        1 => Just(Step::Withdraw),
        1 => Just(Step::Terminate),
        1 => Just(Step::Hold),
        1 => Just(Step::Release),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_rules_hold_in_every_history(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
        prop_assert_eq!(Facts::of(&world.records), world.facts.clone());
        prop_assert!(verify_chain(&world.records).is_ok());
        prop_assert_eq!(serde_json::from_value::<Facts>(serde_json::to_value(&world.facts).unwrap()).unwrap(), world.facts);
    }

    /// Pressing and using in either order leads to the explicit acceptance.
    #[test]
    fn explicit_outranks_implied_whichever_comes_first(press_first in any::<bool>()) {
        let mut world = World::new();
        for step in [Step::Accept { behind: 0 }, Step::Wait(DAY), Step::Publish { editorial: false }, Step::ToDeadline(0)] {
            world.take(&step);
        }
        let mut steps = [Step::Use, Step::Accept { behind: 0 }];
        if press_first {
            steps.reverse();
        }
        for step in &steps {
            world.take(step);
        }
        prop_assert_eq!(world.facts.holding(), Some((world.terms().edition(), Basis::Explicit)));
        let bases: Vec<Basis> = world.records[1..].iter().map(basis).collect();
        prop_assert_eq!(bases, if press_first { vec![Basis::Explicit] } else { vec![Basis::Implied, Basis::Explicit] });
    }
}

/// A subject, its registry and a clock, and what must be true after each step.
struct World {
    now: i64,
    history: Vec<(EditionId, Change, Timestamp)>,
    records: Vec<Record>,
    facts: Facts,
    messages: u32,
}

impl World {
    fn new() -> Self {
        let published_at = Timestamp::from_unix_milliseconds(START).unwrap();
        Self {
            now: START,
            history: vec![(edition(0), Change::Initial {}, published_at)],
            records: Vec::new(),
            facts: Facts::default(),
            messages: 0,
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_unix_milliseconds(self.now).unwrap()
    }

    fn terms(&self) -> Terms {
        Terms::of(self.history.iter().map(|(id, change, _)| (*id, change))).unwrap()
    }

    fn deadline(&self) -> Option<Deadline> {
        let (_, change, _) = self.history.last().unwrap();
        change.succession().map(|succession| succession.deadline)
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Wait(milliseconds) => self.now = (self.now + milliseconds).clamp(START, END),
            Step::ToDeadline(milliseconds) => {
                if let Some(deadline) = self.deadline() {
                    self.now = deadline.instant().unix_milliseconds() + milliseconds;
                }
            }
            Step::Publish { editorial } => self.publish(editorial),
            Step::Present => {
                let edition = self.terms().edition();
                let told = self.tell(Occurrence::Presented {
                    edition,
                    shown: shown(),
                });
                assert_eq!(told, Ok(()));
            }
            Step::Accept { behind } => self.accept(behind),
            Step::Use => self.use_the_app(),
            Step::Withdraw => {
                let now = self.now();
                self.write(Event::Withdrawn(Withdrawal {
                    application: "1".parse().unwrap(),
                    document_sha256: Sha256Digest::of(b"document"),
                    channel: Channel::Office,
                    received_at: now,
                    effective_at: now,
                    officer: officer(),
                }));
                let settled = matches!(
                    self.facts.state(&self.terms()),
                    State::Withdrawn { .. } | State::Terminated { .. }
                );
                assert!(settled, "after a withdrawal nothing is accepted");
            }
            Step::Terminate => {
                let ended_on = self.now().to_almaty().date_naive();
                let termination = Termination {
                    ended_on,
                    officer: officer(),
                };
                self.order(self.facts.on_termination(termination, self.now()).unwrap());
                assert_eq!(self.facts.holding(), None);
                assert!(!self.facts.is_due(self.now()), "three years lie between");
            }
            Step::Hold => {
                let case = "7".parse().unwrap();
                self.order(self.facts.on_hold(Hold {
                    case,
                    officer: officer(),
                }));
                assert_eq!(self.facts.on_erasure(), Err(Refusal::Held {}));
            }
            Step::Release => {
                self.order(self.facts.on_release(Release { officer: officer() }));
                assert_eq!(self.facts.on_erasure(), Ok(()));
            }
        }
    }

    fn publish(&mut self, editorial: bool) {
        let (before, published_before) = {
            let (id, _, published_at) = self.history.last().unwrap();
            (*id, *published_at)
        };
        if self.now() <= published_before {
            return; // The registry publishes nothing while its clock is behind.
        }
        let calendar = Calendar::kazakhstan();
        let succession = Succession {
            supersedes: before,
            deadline: Deadline::of(self.now(), Rule::default(), calendar).unwrap(),
            rule: Rule::default(),
            calendar: calendar.version().parse().unwrap(),
        };
        let was_settled = self.facts.state(&self.terms()).is_settled();
        let change = if editorial {
            Change::Editorial(succession)
        } else {
            Change::Material(succession)
        };
        let id = edition(self.history.len());
        self.history.push((id, change, self.now()));
        let is_settled = self.facts.state(&self.terms()).is_settled();
        assert_eq!(is_settled, was_settled && editorial);
    }

    fn accept(&mut self, behind: usize) {
        let index = self.history.len().saturating_sub(1 + behind);
        let (edition, _, _) = self.history[index];
        let in_force = self.terms().edition();
        let outcome = self.tell(Occurrence::Accepted {
            edition,
            shown: shown(),
            control: Control::DialogAccept,
        });
        if edition == in_force {
            assert_eq!(self.facts.holding(), Some((in_force, Basis::Explicit)));
        } else {
            assert_eq!(outcome, Err(Refusal::NotInForce {}));
        }
    }

    fn use_the_app(&mut self) {
        let before = self.facts.state(&self.terms());
        let count = self.records.len();
        let outcome = self.tell(Occurrence::Used {
            edition: None,
            place: Place::App {
                app: "app".parse().unwrap(),
            },
        });
        let was_due = match before {
            State::Pending { deadline, .. } => {
                assert_eq!(Some(deadline), self.deadline(), "an older clock is void");
                deadline.instant().unix_milliseconds() <= self.now
            }
            _ => false,
        };
        assert_eq!(self.records.len() - count, usize::from(was_due));
        match before {
            State::New {} | State::Withdrawn { .. } | State::Terminated { .. } => {
                assert_eq!(outcome, Err(Refusal::ConsentRequired {}));
            }
            _ => assert!(outcome.is_ok()),
        }
        if was_due {
            let Event::Accepted(acceptance) = &self.records.last().unwrap().event else {
                panic!("{:?}", self.records);
            };
            assert!(
                matches!(acceptance.ground, Ground::Implied { deadline, .. } if deadline.has_come(self.now()))
            );
            assert_eq!(acceptance.edition, self.terms().edition());
            let has_accepted = |record: &Record| matches!(record.event, Event::Accepted(_));
            assert!(self.records[..count].iter().any(has_accepted));
        }
    }

    /// Tells the subject's object, twice: the second time changes nothing.
    fn tell(&mut self, occurrence: Occurrence) -> Result<(), Refusal> {
        self.messages += 1;
        let message = Message {
            agreement: "2026-01".parse().unwrap(),
            source: Source::Device {
                key: Thumbprint::new(Sha256Digest::of(b"key")),
                statement: Sha256Digest::of(&self.messages.to_be_bytes()),
                jti: self.messages.to_string().parse().unwrap(),
                claimed_at: 0.try_into().unwrap(),
            },
            occurrence,
        };
        let decision = self.facts.on_message(&message, &self.terms(), self.now())?;
        self.order(decision);
        let again = self.facts.on_message(&message, &self.terms(), self.now());
        assert!(matches!(again, Ok(Decision::Unchanged(_))), "{again:?}");
        Ok(())
    }

    fn order(&mut self, decision: Decision) {
        match decision {
            Decision::Record(event) => self.write(*event),
            Decision::Unchanged(Some(record)) => {
                assert!(self.records.iter().any(|known| known.id() == record));
            }
            Decision::Unchanged(None) => {}
        }
    }

    fn write(&mut self, event: Event) {
        let head = self.records.last().map(|record| Head {
            sequence: record.sequence,
            record: record.id(),
        });
        let subject = SubjectId::new(Sha256Digest::of(b"subject"));
        let record = Head::next(head, subject, self.now(), event).unwrap();
        self.facts = self.facts.clone().after(&record);
        self.records.push(record);
        if let Consent::Accepted { edition, .. } = self.facts.consent {
            let known = self.history.iter().any(|(id, _, _)| *id == edition);
            assert!(known, "only what was published is accepted");
        }
    }
}

fn basis(record: &Record) -> Basis {
    match &record.event {
        Event::Accepted(acceptance) => acceptance.ground.basis(),
        other => panic!("{other:?}"),
    }
}

fn edition(number: usize) -> EditionId {
    EditionId::new(Sha256Digest::of(&number.to_be_bytes()))
}

fn shown() -> Shown {
    Shown {
        language: Language::Ru,
        text_sha256: Sha256Digest::of(b"text"),
        interface_language: Language::Kk,
    }
}

fn officer() -> Staff {
    Staff {
        issuer: "https://id.example".parse().unwrap(),
        subject: "officer".parse().unwrap(),
    }
}

const DAY: i64 = 86_400_000;

/// 2024-01-10: the clocks of Almaty go back soon after.
const START: i64 = 1_704_844_800_000;

/// 2027-11-01: the calendar of working days knows no more than the end of that year.
const END: i64 = 1_825_027_200_000;

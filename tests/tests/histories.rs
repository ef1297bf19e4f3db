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
    /// A message from before comes once more.
    Replay(prop::sample::Index),
    /// The officer records it so many milliseconds after it took effect.
    Withdraw {
        ago: i64,
    },
    /// The officer records it so many days after it ended.
    Terminate {
        ago: u64,
    },
    Hold(u8),
    Release(u8),
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
        2 => any::<prop::sample::Index>().prop_map(Step::Replay),
        1 => (0..2 * DAY).prop_map(|ago| Step::Withdraw { ago }),
        1 => (0..3_u64).prop_map(|ago| Step::Terminate { ago }),
        1 => (0..3_u8).prop_map(Step::Hold),
        1 => (0..3_u8).prop_map(Step::Release),
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
}

#[test]
fn explicit_outranks_implied_whichever_comes_first() {
    for (press_first, expected) in [
        (false, vec![Basis::Implied, Basis::Explicit]),
        (true, vec![Basis::Explicit]),
    ] {
        let mut world = World::new();
        world.take(&Step::Accept { behind: 0 });
        world.take(&Step::Wait(DAY));
        world.take(&Step::Publish { editorial: false });
        world.take(&Step::ToDeadline(0));
        let mut steps = [Step::Use, Step::Accept { behind: 0 }];
        if press_first {
            steps.reverse();
        }
        for step in &steps {
            world.take(step);
        }
        let in_force = world.terms().edition();
        assert_eq!(world.facts.holding(), Some((in_force, Basis::Explicit)));
        let bases: Vec<Basis> = world.records[1..].iter().map(basis).collect();
        assert_eq!(bases, expected);
    }
}

/// A subject, its registry and a clock, and what must be true after each step.
struct World {
    now: i64,
    history: Vec<(EditionId, Change, Timestamp)>,
    records: Vec<Record>,
    facts: Facts,
    /// Every message that was told, and when it was made.
    messages: Vec<(Message, Timestamp)>,
}

impl World {
    fn new() -> Self {
        let published_at = Timestamp::from_unix_milliseconds(START).unwrap();
        Self {
            now: START,
            history: vec![(edition(0), Change::Initial {}, published_at)],
            records: Vec::new(),
            facts: Facts::default(),
            messages: Vec::new(),
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
            Step::Replay(index) => self.replay(index),
            Step::Withdraw { ago } => self.withdraw(ago),
            Step::Terminate { ago } => self.terminate(ago),
            Step::Hold(case) => {
                let case = case.to_string().parse().unwrap();
                let officer = officer();
                self.order(self.facts.on_hold(Hold { case, officer }));
                assert_eq!(self.facts.on_erasure(), Err(Refusal::Held {}));
            }
            Step::Release(case) => {
                let case = case.to_string().parse().unwrap();
                let held_before = self.facts.holds.clone();
                let release = Release {
                    case,
                    officer: officer(),
                };
                self.order(self.facts.on_release(release.clone()));
                let mut expected = held_before;
                expected.remove(&release.case);
                assert_eq!(self.facts.holds, expected, "one case, and no other");
            }
        }
    }

    fn withdraw(&mut self, ago: i64) {
        let before = self.facts.consent;
        let effective_at = Timestamp::from_unix_milliseconds(self.now - ago).unwrap();
        self.write(Event::Withdrawn(Withdrawal {
            application: "1".parse().unwrap(),
            document_sha256: Sha256Digest::of(b"document"),
            channel: Channel::Office,
            received_at: effective_at,
            effective_at,
            officer: officer(),
        }));
        let outlives = matches!(before, Consent::Accepted { basis: Basis::Explicit, recorded_at, .. }
            if recorded_at > effective_at);
        assert_eq!(
            matches!(self.facts.consent, Consent::Accepted { .. }),
            outlives
        );
    }

    fn terminate(&mut self, ago: u64) {
        let today = self.now().to_almaty().date_naive();
        let ended_on = today - chrono::Days::new(ago);
        let accepted_on = self
            .facts
            .last_accepted
            .map(|last| last.recorded_at.to_almaty().date_naive());
        let termination = Termination {
            ended_on: ended_on.into(),
            officer: officer(),
        };
        match self.facts.on_termination(termination, self.now()) {
            Err(refusal) => {
                assert_eq!(refusal, Refusal::EndedTooEarly {});
                assert!(accepted_on.is_some_and(|day| ended_on < day));
            }
            Ok(decision) => {
                self.order(decision);
                assert_eq!(self.facts.holding(), None);
                assert!(!self.facts.is_due(self.now()), "three years lie between");
            }
        }
    }

    /// The edge knows what was recorded; what was not is decided again, and never accepts what an end came after.
    fn replay(&mut self, index: prop::sample::Index) {
        if self.messages.is_empty() {
            return;
        }
        let (message, made_after) = index.get(&self.messages).clone();
        let is_known = |record: &Record| record.event.source() == Some(&message.source);
        if self.records.iter().any(is_known) {
            return;
        }
        let count = self.records.len();
        let before = self.facts.clone();
        if let Ok(decision) = self
            .facts
            .on_message(&message, &self.terms(), made_after, self.now())
        {
            self.order(decision);
        }
        if let Some(Event::Accepted(acceptance)) =
            self.records.get(count).map(|record| &record.event)
        {
            match acceptance.ground {
                Ground::Explicit { .. } => {
                    assert!(before.ended_at.is_none_or(|ended| ended <= made_after));
                }
                Ground::Implied { deadline, .. } => {
                    assert!(deadline.instant() <= made_after && deadline.instant() <= self.now());
                }
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
            if self
                .facts
                .ended_at
                .is_some_and(|ended_at| self.now() < ended_at)
            {
                return; // The clock was set back to before a withdrawal.
            }
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
        let number = u32::try_from(self.messages.len()).unwrap();
        let message = Message {
            agreement: "2026-01".parse().unwrap(),
            source: Source::Device {
                key: Thumbprint::new(Sha256Digest::of(b"key")),
                statement: Sha256Digest::of(&number.to_be_bytes()),
                jti: number.to_string().parse().unwrap(),
                claimed_at: 0.try_into().unwrap(),
            },
            occurrence,
        };
        self.messages.push((message.clone(), self.now()));
        self.is_refused_by_who_knows_less(&message);
        let decide = |world: &Self| {
            let now = world.now();
            world.facts.on_message(&message, &world.terms(), now, now)
        };
        let decision = decide(self)?;
        self.order(decision);
        let again = decide(self);
        assert!(matches!(again, Ok(Decision::Unchanged(_))), "{again:?}");
        Ok(())
    }

    /// Terms from before an edition that the subject has accepted decide nothing.
    fn is_refused_by_who_knows_less(&self, message: &Message) {
        let Some(last) = self.facts.last_accepted else {
            return;
        };
        let place = self
            .history
            .iter()
            .position(|(id, ..)| *id == last.edition)
            .unwrap();
        if let Some(stale) = Terms::of(
            self.history[..place]
                .iter()
                .map(|(id, change, _)| (*id, change)),
        ) {
            let decision = self
                .facts
                .on_message(message, &stale, self.now(), self.now());
            assert_eq!(decision, Err(Refusal::NotInForce {}));
        }
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

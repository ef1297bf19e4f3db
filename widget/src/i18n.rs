//! What the live part of the widget says, in every language: a sentence that is missing does not compile.
//!
//! These are the product's own words. The policy's words are shown as published, in the languages in which they
//! were published. A press of the button is called an acceptance of the edition: never a signature, and never a
//! consent to more than that. Nor is use of the app after a deadline: it counts as acceptance, and is called that.
//!
//! The edge has all of them, and hands those of one language to the app with the notice, a line each.

#[cfg(any(feature = "render", test))]
mod en;
#[cfg(any(feature = "render", test))]
mod kk;
#[cfg(any(feature = "render", test))]
mod ru;

use kelisim_shared::language::Language;
use yew::AttrValue;

use crate::model::Remaining;

macro_rules! messages {
    ($($(#[$documentation:meta])* $name:ident,)*) => {
        /// The sentences of a language, as they are written. A `{}` stands for what the field's documentation says.
        #[cfg(any(feature = "render", test))]
        struct Sentences {
            $($(#[$documentation])* $name: &'static str,)*
        }

        #[cfg(any(feature = "render", test))]
        impl Sentences {
            fn lines(&self) -> String {
                [$(self.$name),*].join("\n")
            }
        }

        /// The place of a sentence among the lines.
        #[expect(non_camel_case_types, reason = "named as the sentences are")]
        enum Place {
            $($name,)*
        }

        impl Messages {
            $($(#[$documentation])*
            #[must_use]
            pub fn $name(&self) -> &AttrValue {
                &self.0[Place::$name as usize]
            })*
        }

        /// How many sentences there are.
        const COUNT: usize = [$(stringify!($name)),*].len();
    };
}

messages! {
    /// Heading of the notice.
    title,
    /// When the edition was published; `{}`: the day.
    published,
    /// Name of the edition; `{}`: the first digits of its id.
    edition,
    /// "In English", of a text.
    in_english,
    /// "In Kazakh".
    in_kazakh,
    /// "In Russian".
    in_russian,
    /// What the button records.
    what_is_recorded,
    /// What it does not.
    what_is_not,
    /// The button of acceptance.
    accept,
    /// The button after a failure.
    retry,
    /// The button while the answer is awaited.
    recording,
    /// Link to the policy's page, which can be printed.
    own_page,
    /// That a link opens in a new tab, for a screen reader.
    new_tab,
    /// Another edition has taken the place of the one that was read.
    replaced,
    /// A press is kept on the device.
    kept,
    /// What follows at the deadline; `{}`: the deadline.
    until,
    /// What follows now that the deadline has come; `{}`: the deadline.
    since,
    /// The button that puts it off, before the deadline.
    later,
    /// The button that goes on using the app, from the deadline on.
    go_on,
    /// How many days there are until the deadline; `{}`: a number of the form "one" (Unicode CLDR, "Language Plural Rules").
    days_one,
    /// The same for the form "few".
    days_few,
    /// The same for every other number.
    days_many,
    /// How many hours there are until the deadline; `{}`: a number of the form "one" (Unicode CLDR, "Language Plural Rules").
    hours_one,
    /// The same for the form "few".
    hours_few,
    /// The same for every other number.
    hours_many,
    /// How many minutes there are until the deadline; `{}`: a number of the form "one" (Unicode CLDR, "Language Plural Rules").
    minutes_one,
    /// The same for the form "few".
    minutes_few,
    /// The same for every other number.
    minutes_many,
    /// Less than a day is left.
    last_day,
    /// Less than an hour is left.
    last_hour,
    /// No answer.
    unreachable,
    /// The edge refused; `{}`: the kind of problem, for support.
    refused,
    /// The host's backend gave no token, or the edge took none.
    token,
    /// The answer cannot be understood.
    unreadable,
    /// The text could not be had in another language.
    not_loaded,
    /// The browser cannot sign.
    crypto,
    /// Heading of the receipt.
    receipt_title,
    /// What the receipt is good for.
    receipt_lead,
    /// Heading where the app was used at or after the deadline.
    implied_title,
    /// What the receipt is good for then.
    implied_lead,
    /// Before what was accepted.
    accepted,
    /// Before date and time.
    when,
    /// Whose clock it is.
    server_clock,
    /// Before the language of the text.
    language,
    /// Before the ground of an acceptance without a press.
    ground,
    /// That ground; `{}`: the deadline.
    use_since,
    /// Before the record's id.
    record,
    /// Button that keeps the receipt as a file.
    save,
    /// Button that closes the dialog.
    close,
}

/// The sentences of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Messages(Vec<AttrValue>);

impl Messages {
    /// Those of that language.
    #[cfg(any(feature = "render", test))]
    #[must_use]
    pub fn of(language: Language) -> Self {
        Self::of_lines(&lines(language)).expect("`lines` gives a line for each sentence")
    }

    /// Those of [`lines`](self::lines()); `None` where there are more or fewer.
    #[must_use]
    pub fn of_lines(lines: &str) -> Option<Self> {
        let lines = lines.split('\n');
        let sentences: Vec<_> = lines.map(|line| AttrValue::Rc(line.into())).collect();
        (sentences.len() == COUNT).then_some(Self(sentences))
    }

    /// "In that language".
    #[must_use]
    pub fn in_language(&self, language: Language) -> &AttrValue {
        match language {
            Language::En => self.in_english(),
            Language::Kk => self.in_kazakh(),
            Language::Ru => self.in_russian(),
        }
    }

    /// How long there is until the deadline, in `language`, which is theirs.
    #[must_use]
    pub fn remaining(&self, language: Language, remaining: Remaining) -> String {
        let (one, number) = match remaining {
            Remaining::Days(days) => (Place::days_one, days),
            Remaining::Hours(hours) => (Place::hours_one, hours),
            Remaining::Minutes(minutes) => (Place::minutes_one, minutes),
        };
        let form = &self.0[one as usize + plural(language, number)];
        fill(form, &number.to_string())
    }

    /// What of it is said aloud: no more than once a day, and once more when the last hour begins.
    #[must_use]
    pub fn remaining_aloud(&self, language: Language, remaining: Remaining) -> String {
        match remaining {
            Remaining::Days(_) => self.remaining(language, remaining),
            Remaining::Hours(_) => self.last_day().to_string(),
            Remaining::Minutes(_) => self.last_hour().to_string(),
        }
    }
}

/// Which of the forms one, few and many, which follow one another, goes with a number (Unicode CLDR, "Language Plural Rules").
const fn plural(language: Language, number: u32) -> usize {
    match (language, number % 10, number % 100) {
        (Language::En, ..) if number == 1 => 0,
        (Language::Ru, 1, tens) if tens != 11 => 0,
        (Language::Ru, 2..=4, tens) if tens < 12 || tens > 14 => 1,
        _ => 2,
    }
}

/// The sentences of a language, a line each.
#[cfg(any(feature = "render", test))]
#[must_use]
pub fn lines(language: Language) -> String {
    match language {
        Language::En => en::SENTENCES.lines(),
        Language::Kk => kk::SENTENCES.lines(),
        Language::Ru => ru::SENTENCES.lines(),
    }
}

/// A sentence with its `{}` filled in.
#[must_use]
pub fn fill(sentence: &str, value: &str) -> String {
    // By a character: the search for a text takes more bytes than all of this module's code.
    match sentence.split_once('{') {
        Some((before, after)) => [before, value, after.trim_start_matches('}')].concat(),
        None => sentence.to_owned(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::Remaining::{Days, Hours, Minutes};

    #[test]
    fn travels_a_line_each() {
        for language in Language::ALL {
            let lines = lines(language);
            assert_eq!(Messages::of_lines(&lines), Some(Messages::of(language)));
            let (some, _) = lines.rsplit_once('\n').unwrap();
            assert_eq!(Messages::of_lines(some), None);
        }
    }

    #[test]
    fn every_language_has_its_placeholders() {
        let placeholders = |language| -> Vec<usize> {
            let lines = lines(language);
            lines
                .lines()
                .map(|line| line.matches("{}").count())
                .collect()
        };
        for language in Language::ALL {
            assert_eq!(
                placeholders(language),
                placeholders(Language::En),
                "{language}"
            );
        }
        let filled = placeholders(Language::En)
            .iter()
            .filter(|count| **count == 1)
            .count();
        assert_eq!(
            filled,
            6 + 9,
            "published, edition, until, since, refused, use_since; and what is left"
        );
    }

    #[test]
    fn counts_as_people_of_the_language_do() {
        for (language, remaining, expected) in [
            (Language::Ru, Days(1), "Остался 1 день"),
            (Language::Ru, Days(2), "Осталось 2 дня"),
            (Language::Ru, Days(5), "Осталось 5 дней"),
            (Language::Ru, Days(11), "Осталось 11 дней"),
            (Language::Ru, Days(12), "Осталось 12 дней"),
            (Language::Ru, Days(21), "Остался 21 день"),
            (Language::Ru, Days(111), "Осталось 111 дней"),
            (Language::Ru, Hours(22), "Осталось 22 часа"),
            (Language::Ru, Minutes(1), "Осталась 1 минута"),
            (Language::Ru, Minutes(14), "Осталось 14 минут"),
            (Language::Kk, Days(1), "1 күн қалды"),
            (Language::Kk, Minutes(5), "5 минут қалды"),
            (Language::En, Days(1), "1 day left"),
            (Language::En, Hours(21), "21 hours left"),
        ] {
            assert_eq!(
                Messages::of(language).remaining(language, remaining),
                expected
            );
        }
    }

    #[test]
    fn says_nothing_new_aloud_within_the_last_day_but_that_an_hour_is_left() {
        for language in Language::ALL {
            let messages = Messages::of(language);
            let aloud = |remaining| messages.remaining_aloud(language, remaining);
            assert_eq!(aloud(Days(3)), messages.remaining(language, Days(3)));
            assert_eq!(aloud(Hours(23)), aloud(Hours(1)));
            assert_ne!(aloud(Hours(1)), aloud(Minutes(59)));
            assert_eq!(aloud(Minutes(59)), aloud(Minutes(1)));
        }
    }

    #[test]
    fn no_sentence_calls_acceptance_a_signature_or_a_consent() {
        for language in Language::ALL {
            for sentence in lines(language).lines() {
                // That somebody is to sign in is no word about acceptance.
                if !sentence.contains("Sign in") && !sentence.contains("sign-in") {
                    assert_neutral(sentence);
                }
            }
        }
    }

    /// Holds a sentence of the interface against words that it must not use.
    pub(crate) fn assert_neutral(sentence: &str) {
        for word in [
            "подпис",
            "согла",
            "қол қой",
            "келіс",
            "sign",
            "consent",
            "agree",
        ] {
            assert!(!sentence.to_lowercase().contains(word), "{sentence}");
        }
    }
}

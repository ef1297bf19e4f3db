//! What the pages say around a policy, in each language of the interface.

use chrono::{Datelike, Timelike};
use kelisim_shared::{language::Language, time::Timestamp};

/// The words of one language.
pub(super) struct Words {
    pub(super) languages: &'static str,
    pub(super) in_force: &'static str,
    pub(super) former: &'static str,
    pub(super) to_current: &'static str,
    pub(super) published: &'static str,
    pub(super) purposes: &'static str,
    pub(super) data_categories: &'static str,
    pub(super) edition: &'static str,
    pub(super) text_hash: &'static str,
    pub(super) authoritative: &'static str,
    pub(super) data: &'static str,
    /// By the text's language: that there is none in this one. In the order kk, ru, en.
    text_only_in: [&'static str; 3],
    months: [&'static str; 12],
    date: fn(day: u32, month: &str, year: i32) -> String,
}

/// The words of `language`.
pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::Kk => &KK,
        Language::Ru => &RU,
        Language::En => &EN,
    }
}

impl Words {
    /// That the policy's text follows in another language than this one.
    pub(super) const fn text_only_in(&self, language: Language) -> &'static str {
        let [kk, ru, en] = self.text_only_in;
        match language {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        }
    }

    /// An instant by the clock of Almaty, with its distance from UTC.
    pub(super) fn instant(&self, instant: Timestamp) -> String {
        let local = instant.to_almaty();
        let month = self.months[local.month0() as usize];
        let date = (self.date)(local.day(), month, local.year());
        let offset = local.offset().local_minus_utc() / 3600;
        format!(
            "{date}, {:02}:{:02} (UTC+{offset})",
            local.hour(),
            local.minute()
        )
    }
}

const KK: Words = Words {
    languages: "Тілдер",
    in_force: "Қолданыстағы редакция.",
    former: "Бұл бұрынғы редакция.",
    to_current: "Қолданыстағы редакцияға өту.",
    published: "Жарияланған уақыты:",
    purposes: "Деректер не үшін өңделеді (2.1-тармақ)",
    data_categories: "Қандай деректер өңделеді (2.2-тармақ)",
    edition: "Редакцияның идентификаторы (SHA-256)",
    text_hash: "Мәтіннің хеші (SHA-256)",
    authoritative: "Негізгі мәтіннің тілі",
    data: "Деректер түрінде",
    text_only_in: [
        "Мәтін қазақ тілінде берілген.",
        "Бұл редакция қазақ тілінде жарияланбаған. Төменде орыс тіліндегі мәтін берілген.",
        "Бұл редакция қазақ тілінде жарияланбаған. Төменде ағылшын тіліндегі мәтін берілген.",
    ],
    months: [
        "қаңтар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ],
    date: |day, month, year| format!("{year} жылғы {day} {month}"),
};

const RU: Words = Words {
    languages: "Языки",
    in_force: "Действующая редакция.",
    former: "Это прежняя редакция.",
    to_current: "Перейти к действующей.",
    published: "Опубликована",
    purposes: "Для чего обрабатываются данные (пункт 2.1)",
    data_categories: "Какие данные обрабатываются (пункт 2.2)",
    edition: "Идентификатор редакции (SHA-256)",
    text_hash: "Хеш текста (SHA-256)",
    authoritative: "Язык основного текста",
    data: "В виде данных",
    text_only_in: [
        "Эта редакция не опубликована на русском языке. Ниже приведён текст на казахском.",
        "Текст приведён на русском языке.",
        "Эта редакция не опубликована на русском языке. Ниже приведён текст на английском.",
    ],
    months: [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    date: |day, month, year| format!("{day} {month} {year} г."),
};

const EN: Words = Words {
    languages: "Languages",
    in_force: "Edition in force.",
    former: "This is a former edition.",
    to_current: "Go to the one in force.",
    published: "Published",
    purposes: "Why data is processed (clause 2.1)",
    data_categories: "What data is processed (clause 2.2)",
    edition: "Edition id (SHA-256)",
    text_hash: "Hash of the text (SHA-256)",
    authoritative: "Language of the authoritative text",
    data: "As data",
    text_only_in: [
        "This edition is not published in English. The text below is in Kazakh.",
        "This edition is not published in English. The text below is in Russian.",
        "The text is in English.",
    ],
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    date: |day, month, year| format!("{day} {month} {year}"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_an_instant_as_people_of_the_language_do() {
        let instant = "2026-11-22T20:05:00.000Z".parse().unwrap();
        let written = Language::ALL.map(|language| of(language).instant(instant));
        assert_eq!(
            written,
            [
                "2026 жылғы 23 қараша, 01:05 (UTC+5)",
                "23 ноября 2026 г., 01:05 (UTC+5)",
                "23 November 2026, 01:05 (UTC+5)",
            ]
        );
    }
}

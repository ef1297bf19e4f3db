//! What the pages say around a policy, in each language of the interface.

use kelisim_shared::language::Language;

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
};

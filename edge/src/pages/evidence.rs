//! The page in an archive of evidence, which explains the archive to whoever has to judge by it. In Russian, as proceedings are;
//! it stands by itself, without the edge.

use kelisim_shared::{
    date,
    edition::{Edition, EditionDocument, EditionId, Operator},
    evidence::Evidence,
    language::Language,
    record::{Acceptance, Channel, Event, Ground, Place, Record, Source},
    time::Timestamp,
};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The page, as of `made_at`.
#[must_use]
pub fn evidence(evidence: &Evidence, operator: &Operator, made_at: Timestamp) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="ru" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Доказательства принятия политики · " (operator.name) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Доказательства принятия политики конфиденциальности" }
                (about(evidence, operator, made_at))
                (chronology(evidence))
                (grounds(evidence))
                (what_is_proven(evidence))
                (what_is_not())
                (how_to_check())
                @for edition in &evidence.editions { (text(edition)) }
            }
        }
    };
    page.into_string()
}

fn about(evidence: &Evidence, operator: &Operator, made_at: Timestamp) -> Markup {
    html! {
        dl {
            dt { "Оператор" }
            dd {
                (operator.name)
                @if let Some(bin) = &operator.bin { ", БИН " (bin) }
                @if let Some(address) = &operator.address { ", " (address) }
            }
            dt { "Лицо" }
            dd {
                code { (evidence.subject) } br;
                "Псевдоним: результат вычисления из номера пользователя с секретным ключом оператора. Кому он принадлежит, подтверждает оператор."
            }
            dt { "Составлено" }
            dd { (moment(made_at)) }
        }
        p {
            "В архиве всё, что хранится об этом лице: каждая запись, сообщения, по которым записи сделаны, квитанции, "
            "доказательства внесения в журнал и тексты редакций. Записи идут подряд и ссылаются одна на другую; ни одна не может быть "
            "изменена, изъята или переставлена незаметно."
        }
    }
}

fn chronology(evidence: &Evidence) -> Markup {
    html! {
        h2 { "Что записано" }
        table {
            thead { tr { th { "№" } th { "Когда записано" } th { "Что" } th { "Файлы" } } }
            tbody {
                @for entry in &evidence.entries {
                    @let record = &entry.record;
                    @let name = format!("{:04}", record.sequence);
                    tr {
                        td { (record.sequence) }
                        td { (moment(record.recorded_at)) }
                        td { (event(record)) }
                        td {
                            a href={ "records/" (name) ".json" } { "запись" }
                            @if entry.message.is_some() { ", " a href={ "messages/" (name) ".txt" } { "сообщение" } }
                            @if entry.receipt.is_some() { ", " a href={ "receipts/" (name) ".jws" } { "квитанция" } }
                            @if evidence.proofs.contains_key(&entry.id) {
                                ", " a href={ "proofs/" (name) ".tlog-proof" } { "доказательство" }
                            }
                        }
                    }
                }
            }
        }
        p { "Время — по часам сервера, не по часам устройства." }
    }
}

fn event(record: &Record) -> Markup {
    match &record.event {
        Event::Presented(presentation) => html! {
            "Показана редакция " (short(presentation.edition)) ", текст на языке: "
            (presentation.shown.language.autonym()) ". " (source(&presentation.source))
        },
        Event::Accepted(acceptance) => accepted(acceptance),
        Event::Withdrawn(withdrawal) => html! {
            "Отзыв по письменному заявлению № " (withdrawal.application) ", " (channel(withdrawal.channel))
            "; получено " (moment(withdrawal.received_at)) ", действует с " (moment(withdrawal.effective_at))
            ". Хеш документа SHA-256: " code { (withdrawal.document_sha256) }
        },
        Event::Terminated(termination) => html! {
            "Пользовательское соглашение прекращено: " (termination.ended_on.to_string()) "."
        },
        Event::Held(hold) => html! { "Хранение продлено по делу " (hold.case) "." },
        Event::Released(release) => html! { "Продление по делу " (release.case) " снято." },
        Event::Viewed(view) => html! { "Записи просмотрел сотрудник " (view.reader.subject) "." },
    }
}

fn accepted(acceptance: &Acceptance) -> Markup {
    html! {
        strong {
            @match acceptance.ground {
                Ground::Explicit { .. } => "Принято нажатием кнопки: ",
                Ground::Implied { .. } => "Принято продолжением использования: ",
            }
        }
        "редакция " (short(acceptance.edition)) "; пользовательское соглашение " (acceptance.agreement) ". "
        @match &acceptance.ground {
            Ground::Explicit { shown, .. } => {
                "На экране был текст на языке: " (shown.language.autonym()) ", хеш SHA-256: " code { (shown.text_sha256) } ". "
            },
            Ground::Implied { deadline, place } => {
                "Срок истёк " (moment(deadline.instant())) "; после этого использовалось: "
                @match place {
                    Place::Web { origin } => (origin),
                    Place::App { app } => (app),
                }
                ". "
            },
        }
        (source(&acceptance.source))
    }
}

fn source(source: &Source) -> Markup {
    match source {
        Source::Device { key, .. } => html! {
            "Известно из заявления, подписанного ключом устройства " code { (key.to_jkt()) } "."
        },
        Source::Session { issued_at, .. } => html! {
            "Известно из формы, выданной этому лицу; оно было опознано " (moment(*issued_at)) "."
        },
        Source::Service { service, .. } => {
            html! { "Известно из сообщения сервера приложения: " (service) "." }
        }
    }
}

/// How each way of accepting works, of those that came to pass.
fn grounds(evidence: &Evidence) -> Markup {
    let implied: Vec<_> = evidence
        .entries
        .iter()
        .filter_map(|entry| match &entry.record.event {
            Event::Accepted(Acceptance {
                edition,
                ground: Ground::Implied { .. },
                ..
            }) => evidence.editions.iter().find(|other| other.id == *edition),
            _ => None,
        })
        .collect();
    html! {
        h2 { "Как принимается редакция" }
        p {
            "Пункт 1.2 политики: изменение считается принятым, когда пользователь нажал соответствующую кнопку, либо когда он "
            "продолжает пользоваться приложением по истечении 7 календарных дней с опубликования. Первую редакцию можно принять "
            "только кнопкой. Истечение срока само ничего не записывает: нужно использование после него. Оба основания записываются "
            "и считаются раздельно."
        }
        @for edition in implied {
            @if let Some(succession) = edition.manifest.change.succession() {
                p {
                    "Редакция " (short(edition.id)) " опубликована " (moment(edition.manifest.published_at))
                    ". Счёт начинается на следующий день (Гражданский кодекс Республики Казахстан, статья 173); последний, седьмой день, если он "
                    "нерабочий, переносится на ближайший рабочий (статья 175); действия можно совершить до 24 часов "
                    "последнего дня (статья 176). Срок истёк " (moment(succession.deadline.instant()))
                    ". Правило и календарь рабочих дней: " a href="deadlines.json" { "deadlines.json" } "."
                }
            }
        }
    }
}

fn what_is_proven(evidence: &Evidence) -> Markup {
    let logged = evidence.proofs.len();
    html! {
        h2 { "Чем это доказывается" }
        ul {
            li {
                b { "Цепочка. " } "Номер записи — хеш SHA-256 её содержания, и каждая запись называет номер предыдущей."
            }
            li {
                b { "Квитанция. " } "О каждом принятии оператор выдал пользователю квитанцию со своей электронной подписью (JWS, RFC 7515). "
                "Открытые ключи: " a href="keys.json" { "keys.json" } "; сравните их с теми, что опубликованы оператором."
            }
            @if logged > 0 {
                li {
                    b { "Журнал. " } "Записей, внесённых в журнал: " (logged) ". В журнале лежит не сама запись, а её хеш с солью. "
                    "Журнал — дерево хешей (RFC 6962): к нему можно только добавлять, и кто видел его раньше, заметит "
                    "любую замену. Ключи журнала и свидетелей: " a href="log.json" { "log.json" } "."
                }
            }
            li { b { "Редакции. " } "Номер редакции — хеш её описания, в котором есть хеш каждого текста." }
            li { b { "Сам архив. " } "Хеш каждого файла есть в " a href="manifest.jws" { "manifest.jws" } ", который подписан оператором." }
        }
    }
}

fn what_is_not() -> Markup {
    html! {
        h2 { "Чего эти файлы не доказывают" }
        ul {
            li { "Кто именно держал устройство в руках: видно, что действовал тот, кого опознало приложение." }
            li { "Что текст был прочитан: видно, что он был на экране." }
            li { "Что ключ устройства не покидал устройство: так сделано, но не заверено производителем." }
            li { "Что за псевдонимом стоит определённый человек: это подтверждает оператор." }
        }
    }
}

fn how_to_check() -> Markup {
    html! {
        h2 { "Как проверить" }
        p {
            "Программой " code { "kelisim" } ", без сети: " code { "kelisim verify файл.zip" } ". Она проверяет каждую подпись, каждый хеш, "
            "срок и каждое доказательство и говорит словами, что доказано и что нет. Изменение одного байта в архиве будет "
            "обнаружено. Исходный код открыт, а форматы описаны в открытых стандартах, поэтому проверить можно и другими средствами."
        }
    }
}

/// An edition, as its text reads.
fn text(document: &EditionDocument) -> Markup {
    let Ok(edition) = Edition::from_document(document.clone()) else {
        return Markup::default();
    };
    let (manifest, policy) = edition.text(edition.manifest().authoritative);
    html! {
        details {
            summary { "Редакция " (short(edition.id())) " от " (date::day(RU, edition.manifest().published_at)) }
            h2 lang=(manifest.language) { (policy.title()) }
            (super::text(manifest, policy, manifest.language))
        }
    }
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Office => "подано лично",
        Channel::Post => "по почте",
        Channel::Electronic => "электронный документ",
    }
}

fn short(id: EditionId) -> Markup {
    let id = id.to_string();
    html! { a href={ "editions/" (id) ".json" } { code { (&id[..8]) } } }
}

fn moment(instant: Timestamp) -> Markup {
    super::moment(RU, instant)
}

const RU: Language = Language::Ru;

const STYLE: &str = "body{max-width:52rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 sans-serif}\
    code{overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.4rem;\
    text-align:left;vertical-align:top}dt{font-weight:bold}details{margin-top:1rem;border-top:1px solid #999}";

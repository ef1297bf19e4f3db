//! What is done with personal data: "Processing Fields" of the guide.

use serde::Serialize;

use super::Text;
use crate::{
    export::{Exportable, Imprint},
    text::Line,
};

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:Process")]
pub(super) struct Process {
    #[serde(rename = "dpv:hasPurpose")]
    purposes: Vec<Purpose>,
    #[serde(rename = "dpv:hasPersonalData")]
    personal_data: Vec<PersonalData>,
    #[serde(rename = "dpv:hasStorageCondition")]
    storage: [StorageCondition; 2],
    #[serde(rename = "dpv:hasRecipient")]
    recipient: Recipient,
    #[serde(rename = "dpv:hasService", skip_serializing_if = "Option::is_none")]
    service: Option<Service>,
}

impl Process {
    pub(super) fn of(exportable: &Exportable<'_>, imprint: Option<&Imprint>) -> Self {
        let text = exportable.text;
        let policy = exportable.edition_address();
        let line = |line: &Line<300>| Text {
            text: line.to_string(),
            language: text.language,
        };
        Self {
            purposes: text
                .purposes
                .iter()
                .map(|purpose| Purpose {
                    description: line(purpose),
                })
                .collect(),
            personal_data: text
                .data_categories
                .iter()
                .map(|category| PersonalData {
                    description: line(category),
                })
                .collect(),
            storage: [
                StorageCondition::Location {
                    policy: policy.clone(),
                },
                StorageCondition::Duration {
                    policy: policy.clone(),
                },
            ],
            recipient: Recipient { policy },
            service: imprint.map(|imprint| Service {
                name: imprint.service.clone(),
            }),
        }
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:Purpose")]
struct Purpose {
    #[serde(rename = "dct:description")]
    description: Text,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:PersonalData")]
struct PersonalData {
    #[serde(rename = "dct:description")]
    description: Text,
}

/// Both are mandatory in ISO/IEC TS 27560: where, and for how long.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type")]
enum StorageCondition {
    #[serde(rename = "dpv:StorageLocation")]
    Location {
        #[serde(rename = "dct:source")]
        policy: String,
    },
    #[serde(rename = "dpv:StorageDuration")]
    Duration {
        #[serde(rename = "dct:source")]
        policy: String,
    },
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:Recipient")]
struct Recipient {
    #[serde(rename = "dct:source")]
    policy: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:Service")]
struct Service {
    #[serde(rename = "dct:title")]
    name: Line<200>,
}

//! The consent receipt of the Kantara Initiative, version 1.1.0 (Consent Receipt Specification, 20 February 2018), as JSON.
//!
//! ```json
//! {"version":"KI-CR-v1.1.0","jurisdiction":"KZ","consentTimestamp":1795410000,
//!  "collectionMethod":"The button dialog-accept was pressed: stated with a key of the device.",
//!  "consentReceiptID":"…","language":"ru","piiPrincipalId":"…",
//!  "piiControllers":[{"piiController":"ТОО «BTS Digital»","contact":"…","address":{"streetAddress":"…"},
//!    "email":"privacy@example.kz","phone":"tel:+7-717-200-00-00"}],
//!  "policyUrl":"https://consent.example/privacy/editions/…",
//!  "services":[{"service":"SmartAqkol","purposes":[{"consentType":"EXPLICIT","purposeCategory":["…"],"piiCategory":["…"],
//!    "termination":"https://consent.example/privacy/editions/…","thirdPartyDisclosure":true,
//!    "thirdPartyName":"…"}]}],
//!  "sensitive":false,"spiCat":[]}
//! ```
//!
//! | field | section | from |
//! |---|---|---|
//! | `version` | 4.3.1 | constant |
//! | `jurisdiction` | 4.3.2 | constant: Kazakhstan, by its code in ISO 3166-1 |
//! | `consentTimestamp` | 4.3.3 | `iat` of the receipt, in seconds since 1970 |
//! | `collectionMethod` | 4.3.4 | `control` or `place`, and `source` |
//! | `consentReceiptID` | 4.3.5 | `jti` of the receipt: unique, though not the UUID that is recommended |
//! | `language` | | the language of the text that was shown |
//! | `piiPrincipalId` | 4.4.1 | `sub` of the receipt: a pseudonym |
//! | `piiController`, `address` | 4.4.3, 4.4.6 | `operator` of the receipt |
//! | `contact`, `email` | | [`Imprint`] |
//! | `phone` | 4.4.8 | [`Imprint`]: a URI of RFC 3966, as the specification demands |
//! | `policyUrl` | 4.4.10 | the page of the edition, which stays when another is in force |
//! | `service` | 4.5.2 | [`Imprint`] |
//! | `consentType` | 4.5.6 | `basis`; see below |
//! | `purposeCategory`, `piiCategory` | | `purposes` and `data_categories` of the text |
//! | `termination` | 4.5.9 | the page of the edition: the field may be a link to the policy that tells |
//! | `thirdPartyDisclosure`, `thirdPartyName` | 4.5.11 | constant, and the page of the edition |
//! | `sensitive` | | constant |
//! | `spiCat` | 4.5.13 | constant: needs an entry only where `sensitive` is true |
//!
//! What cannot be known is answered so that it hides nothing. A manifest does not say whether anyone else gets data: the
//! receipt says that there is disclosure, and where to read of it. A manifest designates no data category as sensitive, and
//! that is what the receipt says; it is no finding that none is.
//!
//! The specification cannot tell of an acceptance that is not consent: its members have names like `consentTimestamp` whatever
//! is in them. But where `consentType` is not `EXPLICIT`, it has to describe the method (section 4.5.6). For an implied
//! acceptance it begins with the words that this is no consent, and goes on with rule and deadline.
//!
//! Without an [`Imprint`] or a postal address there is no receipt: `contact`, `email`, `phone` and `address` are required
//! (section 4.8), and none of them can be guessed.

use serde::Serialize;

use super::{Email, Exportable, Ground, Imprint, Incomplete, Telephone};
use crate::{
    language::Language,
    record::{RecordId, SubjectId},
    text::Line,
};

/// A receipt.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentReceipt {
    version: Version,
    jurisdiction: Country,
    consent_timestamp: i64,
    collection_method: String,
    #[serde(rename = "consentReceiptID")]
    id: RecordId,
    language: Language,
    pii_principal_id: SubjectId,
    pii_controllers: [Operator; 1],
    policy_url: String,
    services: [Service; 1],
    sensitive: bool,
    spi_cat: [Line<300>; 0],
}

impl ConsentReceipt {
    /// The receipt for an acceptance.
    ///
    /// # Errors
    /// See [`Incomplete`].
    pub fn of(exportable: &Exportable<'_>, imprint: Option<&Imprint>) -> Result<Self, Incomplete> {
        let Exportable { claims, text, .. } = exportable;
        let imprint = imprint.ok_or(Incomplete::Imprint)?;
        let address = claims.operator.address.clone();
        let policy = exportable.edition_address();
        Ok(Self {
            version: Version::V1_1_0,
            jurisdiction: Country::Kazakhstan,
            consent_timestamp: claims.iat,
            collection_method: exportable.method(),
            id: claims.jti,
            language: text.language,
            pii_principal_id: claims.sub,
            pii_controllers: [Operator {
                pii_controller: claims.operator.name.clone(),
                contact: imprint.contact.clone(),
                address: PostalAddress {
                    street_address: address.ok_or(Incomplete::Address)?,
                },
                email: imprint.email.clone(),
                phone: imprint.phone.clone(),
            }],
            policy_url: policy.clone(),
            services: [Service {
                service: imprint.service.clone(),
                purposes: [Processing {
                    consent_type: ConsentType::of(exportable),
                    purpose_category: text.purposes.clone(),
                    pii_category: text.data_categories.clone(),
                    third_party_disclosure: true,
                    third_party_name: format!("As the policy tells: {policy}"),
                    termination: policy,
                }],
            }],
            sensitive: false,
            spi_cat: [],
        })
    }
}

#[derive(Clone, Copy, Debug, Serialize)]
enum Version {
    #[serde(rename = "KI-CR-v1.1.0")]
    V1_1_0,
}

#[derive(Clone, Copy, Debug, Serialize)]
enum Country {
    #[serde(rename = "KZ")]
    Kazakhstan,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Operator {
    pii_controller: Line<200>,
    contact: Line<200>,
    address: PostalAddress,
    email: Email,
    phone: Telephone,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PostalAddress {
    street_address: Line<400>,
}

#[derive(Clone, Debug, Serialize)]
struct Service {
    service: Line<200>,
    purposes: [Processing; 1],
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Processing {
    consent_type: ConsentType,
    purpose_category: Vec<Line<300>>,
    pii_category: Vec<Line<300>>,
    termination: String,
    third_party_disclosure: bool,
    third_party_name: String,
}

#[derive(Clone, Debug, Serialize)]
enum ConsentType {
    #[serde(rename = "EXPLICIT")]
    Explicit,
    /// What there was in its place.
    #[serde(untagged)]
    Other(String),
}

impl ConsentType {
    fn of(exportable: &Exportable<'_>) -> Self {
        match &exportable.ground {
            Ground::Explicit { .. } => Self::Explicit,
            Ground::Implied { succession, .. } => Self::Other(format!(
                "NOT CONSENT, but acceptance implied by use. {} {}",
                exportable.method(),
                exportable.reason(succession)
            )),
        }
    }
}

//! Whose policy it is: "Entity Fields" of the guide.

use serde::Serialize;

use crate::{
    export::{Email, Exportable, Imprint},
    text::Line,
};

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "dpv:DataController")]
pub(super) struct DataController {
    #[serde(rename = "@id")]
    pub(super) id: String,
    #[serde(rename = "dpv:hasIdentifier")]
    identifier: String,
    /// The business identification number.
    #[serde(rename = "dct:identifier", skip_serializing_if = "Option::is_none")]
    bin: Option<Line<12>>,
    #[serde(rename = "dpv:hasName")]
    name: Line<200>,
    #[serde(rename = "schema:address", skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<PostalAddress>,
    #[serde(rename = "schema:contactPoint")]
    contact: ContactPoint,
}

impl DataController {
    pub(super) fn of(exportable: &Exportable<'_>, imprint: Option<&Imprint>) -> Self {
        let claims = exportable.claims;
        let id = format!("{}#operator", claims.iss);
        Self {
            identifier: id.clone(),
            id,
            bin: claims.operator.bin.clone(),
            name: claims.operator.name.clone(),
            address: claims
                .operator
                .address
                .clone()
                .map(|lines| PostalAddress { lines }),
            contact: ContactPoint {
                policy: claims.policy_url.clone(),
                name: imprint.map(|imprint| imprint.contact.clone()),
                email: imprint.map(|imprint| imprint.email.clone()),
                telephone: imprint.map(|imprint| imprint.phone.number().to_owned()),
            },
        }
    }
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "schema:PostalAddress")]
pub(super) struct PostalAddress {
    #[serde(rename = "schema:streetAddress")]
    lines: Line<400>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "@type", rename = "schema:ContactPoint")]
struct ContactPoint {
    #[serde(rename = "schema:url")]
    policy: Line<200>,
    #[serde(rename = "schema:name", skip_serializing_if = "Option::is_none")]
    name: Option<Line<200>>,
    #[serde(rename = "schema:email", skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    #[serde(rename = "schema:telephone", skip_serializing_if = "Option::is_none")]
    telephone: Option<String>,
}

//! How often one may ask. Cloudflare counts, by names that tell nothing: of a subject the pseudonym, of an address a keyed
//! hash. The numbers are in the wrangler configuration; neither names nor counts are stored.

use hmac::Mac;
use http::HeaderMap;
use kelisim_shared::{digest::Sha256Digest, problem::ProblemType, record::SubjectId};

use crate::{config::SecretBytes, ports::Limits};

/// What requests are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The subject that they are about.
    Subject(SubjectId),
    /// A keyed hash of the address that they come from.
    Address(Sha256Digest),
}

/// Counts a request by the address that Cloudflare says it comes from.
///
/// # Errors
/// [`ProblemType::RateLimited`].
pub async fn by_address(
    headers: &HeaderMap,
    key: &SecretBytes,
    limits: &impl Limits,
) -> Result<(), ProblemType> {
    match headers.get("CF-Connecting-IP") {
        None => Ok(()),
        Some(address) => check(Limit::Address(name(address.as_bytes(), key)), limits).await,
    }
}

/// Counts a request by the subject that it is about.
///
/// # Errors
/// [`ProblemType::RateLimited`].
pub async fn by_subject(subject: SubjectId, limits: &impl Limits) -> Result<(), ProblemType> {
    check(Limit::Subject(subject), limits).await
}

async fn check(limit: Limit, limits: &impl Limits) -> Result<(), ProblemType> {
    if limits.allows(limit).await {
        Ok(())
    } else {
        Err(ProblemType::RateLimited)
    }
}

fn name(address: &[u8], key: &SecretBytes) -> Sha256Digest {
    let mac = key.mac("kelisim-address/v1").chain_update(address);
    Sha256Digest::from_bytes(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_counted_by_a_name_that_only_the_key_can_tell() {
        let key = SecretBytes::from_bytes([1; 32]);
        let address = name(b"203.0.113.7", &key);
        assert_eq!(name(b"203.0.113.7", &key), address);
        assert_ne!(name(b"203.0.113.8", &key), address);
        assert_ne!(
            name(b"203.0.113.7", &SecretBytes::from_bytes([2; 32])),
            address
        );
    }
}

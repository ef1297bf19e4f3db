//! Why something did not come about, and what may help.

use kelisim_shared::problem::ProblemType as Type;

/// Why something did not come about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer, or one that says to try again.
    Unreachable,
    /// The edge refused, and said why.
    Problem {
        /// The type of the problem.
        uri: String,
        /// The HTTP status code.
        status: u64,
    },
    /// The host's backend gave no token.
    TokenRefused,
    /// The answer is not what the contract says.
    Unreadable,
    /// The browser cannot sign.
    CryptoUnavailable,
}

/// What may help after a failure, with no press needed.
pub(super) enum Recovery {
    FreshToken,
    FreshStatus,
    None,
}

impl From<&Failure> for Recovery {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Problem { uri, status } if *status == 401 || uri == STATEMENT_TOKEN => {
                Self::FreshToken
            }
            Failure::Problem { uri, .. } if OUTDATED.contains(&&**uri) => Self::FreshStatus,
            _ => Self::None,
        }
    }
}

/// The statement was bound to another token.
const STATEMENT_TOKEN: &str = Type::StatementToken.uri();

/// What was known is known no longer. By name: a table of all problems would double what the widget knows of them.
const OUTDATED: [&str; 8] = [
    Type::NonceInvalid.uri(),
    Type::NonceExpired.uri(),
    Type::JtiReused.uri(),
    Type::StatementAudience.uri(),
    Type::EditionNotInForce.uri(),
    Type::EditionUnknown.uri(),
    Type::ConsentRequired.uri(),
    Type::SubjectErased.uri(),
];

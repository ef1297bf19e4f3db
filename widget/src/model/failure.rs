//! Why something did not come about, and what may help.

use kelisim_shared::problem::ProblemType;

/// Why something did not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer, or one that says to try again.
    Unreachable,
    /// The edge refused, and said why.
    Problem(ProblemType),
    /// The host's backend gave no token.
    TokenRefused,
    /// The answer is not what the contract says, or a text does not match its hash.
    Unreadable,
    /// The browser cannot sign.
    CryptoUnavailable,
}

impl Failure {
    /// Its name for programs: the problem's type where there is one.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Problem(problem) => problem.uri(),
            Self::TokenRefused => "token-refused",
            Self::Unreadable => "unreadable",
            Self::CryptoUnavailable => "crypto-unavailable",
        }
    }
}

/// What may help after a failure, with no press needed.
pub(super) enum Recovery {
    FreshToken,
    FreshStatus,
    None,
}

impl From<Failure> for Recovery {
    fn from(failure: Failure) -> Self {
        use ProblemType as Type;
        match failure {
            Failure::Problem(
                Type::TokenMissing
                | Type::TokenMalformed
                | Type::TokenAlgorithm
                | Type::TokenIssuer
                | Type::TokenKey
                | Type::TokenSignature
                | Type::TokenAudience
                | Type::TokenExpired
                | Type::TokenNotYetValid
                | Type::TokenLifetime
                | Type::StatementToken,
            ) => Self::FreshToken,
            Failure::Problem(
                Type::NonceInvalid
                | Type::NonceExpired
                | Type::JtiReused
                | Type::StatementAudience
                | Type::EditionNotInForce
                | Type::EditionUnknown
                | Type::ConsentRequired
                | Type::SubjectErased,
            ) => Self::FreshStatus,
            _ => Self::None,
        }
    }
}

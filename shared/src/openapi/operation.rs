//! What can be said of an operation.

use schemars::JsonSchema;
use serde_json::Value;

use super::{MakeSchema, schema_of};
use crate::{problem::ProblemType, token::Role};

/// Something that can be asked of the edge.
pub(super) struct Operation {
    /// Its name, for programs.
    pub(super) id: &'static str,
    /// The method.
    pub(super) method: Method,
    /// The path, with the names of its parameters in braces.
    pub(super) path: &'static str,
    /// The part of the interface.
    pub(super) tag: Tag,
    /// Who may ask.
    pub(super) caller: Caller,
    /// What it does, in a line.
    pub(super) summary: &'static str,
    /// What there is to say besides; may be empty.
    pub(super) description: &'static str,
    /// What is asked for in the address, besides the language of what is to be read.
    pub(super) queries: &'static [Query],
    /// What is sent, if anything is.
    pub(super) body: Option<RequestBody>,
    /// Whether it is taken from a page of the edge itself only.
    pub(super) own_page_only: bool,
    /// Whether a browser gets a page where something is wrong.
    pub(super) is_for_people: bool,
    /// What comes back when nothing is wrong.
    pub(super) replies: &'static [Reply],
    /// What may be wrong, besides what may be wrong with any request, any token of its caller's kind, and any body.
    pub(super) problems: &'static [ProblemType],
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
    Delete,
}

impl Method {
    /// As it stands in a request.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// Anyone.
    Anyone,
    /// A subject, by a token of its host.
    Subject,
    /// A host's backend.
    Service,
    /// A member of staff who has one of the roles.
    Staff(&'static [Role]),
}

/// A part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Pages,
    Editions,
    Subjects,
    Hosts,
    Log,
    Staff,
    Edge,
}

impl Tag {
    /// Every part.
    pub(super) const ALL: [Self; 7] = [
        Self::Pages,
        Self::Editions,
        Self::Subjects,
        Self::Hosts,
        Self::Log,
        Self::Staff,
        Self::Edge,
    ];

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Editions => "editions",
            Self::Subjects => "subjects",
            Self::Hosts => "hosts",
            Self::Log => "log",
            Self::Staff => "staff",
            Self::Edge => "edge",
        }
    }

    /// What it is about.
    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::Pages => "Pages, which need no JavaScript",
            Self::Editions => "The policy's editions, for programs",
            Self::Subjects => "What a subject may ask and state",
            Self::Hosts => "What a host's backend reports",
            Self::Log => "The log of commitments and editions (C2SP tlog-tiles), and proofs by it",
            Self::Staff => "What staff may ask and order",
            Self::Edge => "The edge itself",
        }
    }
}

/// A parameter in the address.
pub(super) struct Query {
    /// Its name.
    pub(super) name: &'static str,
    /// What it says.
    pub(super) description: &'static str,
    /// Whether it has to be there.
    pub(super) required: bool,
    /// What it can say; nothing where that is the id of an edition.
    pub(super) values: &'static [&'static str],
}

/// A request's body.
pub(super) struct RequestBody {
    /// Its media type.
    pub(super) media_type: &'static str,
    /// Its schema.
    pub(super) schema: MakeSchema,
    /// One that would do.
    pub(super) example: fn() -> Value,
    /// The most that is read of it, in bytes.
    pub(super) limit: u32,
}

/// An answer that is no problem.
pub(super) struct Reply {
    /// The status code.
    pub(super) status: u16,
    /// What it means here.
    pub(super) description: &'static str,
    /// What is in it.
    pub(super) content: Content,
    /// Whether it has the header `ETag`.
    pub(super) has_etag: bool,
    /// Whether it is in a language, which can be chosen.
    pub(super) is_in_language: bool,
    /// What can be asked next.
    pub(super) links: &'static [Link],
}

/// What is in an answer.
pub(super) enum Content {
    Empty,
    Html,
    Script,
    Text,
    Zip,
    Receipt,
    Json(MakeSchema),
}

/// An operation that takes a value of an answer.
pub(super) struct Link {
    /// The operation's name.
    pub(super) operation: &'static str,
    /// Its parameter.
    pub(super) parameter: &'static str,
    /// Where the value is: a runtime expression.
    pub(super) value: &'static str,
}

/// What an operation is unless it says otherwise.
pub(super) const NOTHING: Operation = Operation {
    id: "",
    method: Method::Get,
    path: "",
    tag: Tag::Edge,
    caller: Caller::Anyone,
    summary: "",
    description: "",
    queries: &[],
    body: None,
    own_page_only: false,
    is_for_people: false,
    replies: &[],
    problems: &[],
};

impl RequestBody {
    /// A form; the schema is of its fields.
    pub(super) const fn form<T: JsonSchema>(limit: u32, example: fn() -> Value) -> Self {
        Self {
            media_type: "application/x-www-form-urlencoded",
            ..Self::json::<T>(limit, example)
        }
    }

    pub(super) const fn json<T: JsonSchema>(limit: u32, example: fn() -> Value) -> Self {
        Self {
            media_type: "application/json",
            schema: schema_of::<T>,
            example,
            limit,
        }
    }
}

impl Reply {
    pub(super) const fn empty(status: u16, description: &'static str) -> Self {
        Self {
            status,
            description,
            content: Content::Empty,
            has_etag: false,
            is_in_language: false,
            links: &[],
        }
    }

    pub(super) const fn html(status: u16, description: &'static str) -> Self {
        Self {
            content: Content::Html,
            is_in_language: true,
            ..Self::empty(status, description)
        }
    }

    pub(super) const fn script(status: u16, description: &'static str) -> Self {
        Self {
            content: Content::Script,
            is_in_language: true,
            ..Self::empty(status, description)
        }
    }

    pub(super) const fn text(status: u16, description: &'static str) -> Self {
        Self {
            content: Content::Text,
            ..Self::empty(status, description)
        }
    }

    /// A receipt file, or an export of it.
    pub(super) const fn receipt(status: u16, description: &'static str) -> Self {
        Self {
            content: Content::Receipt,
            ..Self::empty(status, description)
        }
    }

    pub(super) const fn zip(status: u16, description: &'static str) -> Self {
        Self {
            content: Content::Zip,
            ..Self::empty(status, description)
        }
    }

    pub(super) const fn json<T: JsonSchema>(status: u16, description: &'static str) -> Self {
        Self {
            content: Content::Json(schema_of::<T>),
            ..Self::empty(status, description)
        }
    }

    pub(super) const fn with_etag(self) -> Self {
        Self {
            has_etag: true,
            ..self
        }
    }

    pub(super) const fn in_language(self) -> Self {
        Self {
            is_in_language: true,
            ..self
        }
    }

    pub(super) const fn linked(self, links: &'static [Link]) -> Self {
        Self { links, ..self }
    }
}

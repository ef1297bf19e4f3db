// Written by `cargo xtask contract` from shared/src/host.rs.

/** The id of an edition: the SHA-256 of its manifest, as 64 lower-case hexadecimal digits. */
export type EditionId = string;

/** An instant in UTC to the millisecond, such as `2026-12-02T19:00:00.000Z`. */
export type Instant = string;


-- Accounts, their sessions and tokens, the audit log, receipts of writes, remarks on rounds, long jobs.

-- To whom an account belongs: the office's own people, or a contractor's, who never see results per unit.
CREATE TABLE teams (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE CHECK (name <> ''),
    kind      TEXT NOT NULL CHECK (kind IN ('own', 'contractor')),
    until_day INTEGER,               -- its accounts sign in no more after that day; NULL: no end
    max_accounts INTEGER NOT NULL DEFAULT 0 CHECK (max_accounts >= 0), -- enabled ones; 0: no limit
    created_utc INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE CHECK (name <> ''), -- what one signs in with; lower-case ASCII
    display_name TEXT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN (
        'administrator', 'office', 'supervisor', 'checker', 'caller', 'liaison', 'auditor', 'security')),
    team_id      INTEGER REFERENCES teams (id),          -- NULL: the office's own, no team
    unit_code    TEXT,               -- a county office or liaison sees this unit and those below it; NULL: all
    password     TEXT NOT NULL,      -- argon2id, as libsodium writes it
    password_utc INTEGER NOT NULL,
    must_change  INTEGER NOT NULL CHECK (must_change IN (0, 1)), -- the password was given by somebody else
    totp         BLOB,               -- the secret, sealed as row `id`; NULL: none
    totp_is_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (totp_is_confirmed IN (0, 1)),
    totp_step    INTEGER NOT NULL DEFAULT 0, -- the last that was used: none is taken twice
    failures     INTEGER NOT NULL DEFAULT 0, -- failed sign-ins since the last that succeeded
    failed_utc   INTEGER NOT NULL DEFAULT 0,
    locked_until_utc INTEGER NOT NULL DEFAULT 0,
    disabled_utc INTEGER,
    signed_in_utc INTEGER,
    created_utc  INTEGER NOT NULL,
    created_by   TEXT NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    code_sha256 BLOB NOT NULL,       -- 80 random bits need no slow hash
    used_utc   INTEGER,
    PRIMARY KEY (account_id, code_sha256)
) STRICT, WITHOUT ROWID;

-- Failed sign-ins under names that are no account's: they lock as accounts do, so that nobody learns which names exist.
-- Few, and forgotten within minutes.
CREATE TABLE strangers (
    name_sha256 BLOB PRIMARY KEY,    -- somebody may have typed a password for a name
    failures    INTEGER NOT NULL,
    failed_utc  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX strangers_by_failure ON strangers (failed_utc);

-- Idle limits that the security administrator set for a role; without a row the default holds.
CREATE TABLE role_limits (
    role       TEXT PRIMARY KEY,
    idle_s     INTEGER NOT NULL CHECK (idle_s BETWEEN 60 AND 86400),
    absolute_s INTEGER NOT NULL CHECK (absolute_s BETWEEN 300 AND 604800)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY,
    account_id   INTEGER NOT NULL REFERENCES accounts (id),
    secret_sha256 BLOB NOT NULL UNIQUE, -- of the cookie's value
    csrf         TEXT NOT NULL,
    stage        TEXT NOT NULL CHECK (stage IN ('full', 'must_change', 'must_enrol')),
    created_utc  INTEGER NOT NULL,
    seen_utc     INTEGER NOT NULL,   -- written now and then
    address      TEXT NOT NULL,
    agent        TEXT NOT NULL,      -- User-Agent, cut
    ended_utc    INTEGER,
    ended_why    TEXT                -- sign_out, revoked, replaced, idle, absolute, password, totp, disabled, role
) STRICT;
CREATE INDEX sessions_open ON sessions (account_id) WHERE ended_utc IS NULL;
CREATE INDEX sessions_ended ON sessions (ended_utc) WHERE ended_utc IS NOT NULL;

-- Of other systems: Authorization: Bearer.
CREATE TABLE tokens (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    secret_sha256 BLOB NOT NULL UNIQUE,
    scopes      TEXT NOT NULL,       -- words, separated by a blank
    created_by  TEXT NOT NULL,
    created_utc INTEGER NOT NULL,
    expires_utc INTEGER NOT NULL,
    revoked_utc INTEGER
) STRICT;

-- Who did what, chained: mac is HMAC-SHA-256 of the mac before it and of this row's canonical line. Rows are appended;
-- those older than the retention go into an exported file, whose last mac the first row left goes on from.
CREATE TABLE audit_log (
    id      INTEGER PRIMARY KEY,     -- without gaps
    at_ms   INTEGER NOT NULL,        -- milliseconds since 1970, UTC
    who     TEXT NOT NULL,           -- account name, `cli:` and a login, `token:` and its name, or `-`
    role    TEXT NOT NULL,
    address TEXT NOT NULL,
    action  TEXT NOT NULL,           -- a word of the list in service/auth/audit.h
    target  TEXT NOT NULL,           -- what was acted upon: an account's name, a round's id; never a person's
    -- Not by IN: of three words or more SQLite makes a table of its own for each row that it checks.
    outcome TEXT NOT NULL CHECK (outcome = 'done' OR outcome = 'refused' OR outcome = 'failed'),
    details TEXT NOT NULL,           -- JSON object or empty; nothing personal, nothing secret
    mac     BLOB NOT NULL
) STRICT;

-- What an audit log that was cut begins from.
CREATE TABLE audit_anchor (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    last_id INTEGER NOT NULL,
    mac     BLOB NOT NULL,
    cut_utc INTEGER NOT NULL
) STRICT;

-- Answers of writes, by their idempotency key; appended, looked up through memory, purged after 48 hours.
CREATE TABLE receipts (
    id          INTEGER PRIMARY KEY,
    account     INTEGER NOT NULL,    -- accounts.id, or -tokens.id
    key         TEXT NOT NULL,
    request_sha256 BLOB NOT NULL,
    answer      BLOB NOT NULL,
    created_utc INTEGER NOT NULL
) STRICT;

-- What the office notes about a round (工作记录): appended, never changed.
CREATE TABLE round_remarks (
    id       INTEGER PRIMARY KEY,
    round_id INTEGER NOT NULL REFERENCES rounds (id),
    account_id INTEGER NOT NULL,
    who      TEXT NOT NULL,
    text     TEXT NOT NULL,
    at_utc   INTEGER NOT NULL
) STRICT;
CREATE INDEX round_remarks_by_round ON round_remarks (round_id);

-- Long jobs of the service.
CREATE TABLE tasks (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,       -- import, draw, score, report, …
    account_id  INTEGER NOT NULL,
    who         TEXT NOT NULL,
    subject     TEXT NOT NULL,       -- a file's name, a round's id
    state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'canceled', 'interrupted')),
    message     TEXT NOT NULL DEFAULT '', -- why it failed, Chinese
    result_type TEXT NOT NULL DEFAULT '', -- media type of results/ID; empty: none
    created_utc INTEGER NOT NULL,
    ended_utc   INTEGER
) STRICT;

-- Files of the data directory inside a backup, in parts of 1 MiB; empty in a database that is at work.
CREATE TABLE backup_files (
    name    TEXT NOT NULL,
    part    INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (name, part)
) STRICT;

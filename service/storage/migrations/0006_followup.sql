-- The phoning of drawn orders (电话测评): campaigns, cases, dials, answers, shifts, re-checks, call records.

-- Where attempts come from: a loaded file; the service itself, one source a campaign; a correction, one source each.
ALTER TABLE outcome_files ADD COLUMN kind TEXT NOT NULL DEFAULT 'file'
    CHECK (kind IN ('file', 'service', 'correction'));
ALTER TABLE outcome_files ADD COLUMN why TEXT NOT NULL DEFAULT ''; -- of a correction

-- The phoning of one draw by the service.
CREATE TABLE campaigns (
    id         INTEGER PRIMARY KEY,
    round_id   INTEGER NOT NULL,
    draw_no    INTEGER NOT NULL,
    file_id    INTEGER NOT NULL REFERENCES outcome_files (id), -- the source of its attempts
    is_paused  INTEGER NOT NULL DEFAULT 0 CHECK (is_paused IN (0, 1)),
    opened_utc INTEGER NOT NULL,
    opened_by  TEXT NOT NULL,
    ended_utc  INTEGER,              -- the round is closed, or the draw abandoned: nothing of it is called any more
    UNIQUE (round_id, draw_no),
    FOREIGN KEY (round_id, draw_no) REFERENCES draws (round_id, no)
) STRICT;

-- How far each unit is, kept with every change of its cases. A case counts for the unit of its first order.
CREATE TABLE campaign_units (
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
    unit     INTEGER NOT NULL,       -- as in draw_units
    target   INTEGER NOT NULL,       -- cases of the sample
    released INTEGER NOT NULL,       -- cases
    queued   INTEGER NOT NULL,       -- fresh: nobody has been dialled, nobody holds it
    final    INTEGER NOT NULL,
    complete INTEGER NOT NULL,       -- final by an answer, whole or partial
    -- The unit with the lowest share comes next, of equals the one with the fewest in work.
    share    REAL NOT NULL AS (CAST(final AS REAL) / max(target, 1)) VIRTUAL,
    in_work  INTEGER NOT NULL AS (released - queued - final) VIRTUAL,
    PRIMARY KEY (campaign_id, unit),
    CHECK (queued >= 0 AND final >= complete AND complete >= 0 AND queued + final <= released)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_units_fresh ON campaign_units (campaign_id, share, in_work, unit) WHERE queued > 0;

-- One person to be phoned, for all their drawn orders together.
CREATE TABLE cases (
    id          INTEGER PRIMARY KEY, -- told to callers and contractors in place of order numbers
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
    case_no     INTEGER NOT NULL,    -- of drawn_orders
    unit        INTEGER NOT NULL,
    shuffle     INTEGER NOT NULL,    -- random: fresh cases of a unit are given out by it
    team_id     INTEGER NOT NULL DEFAULT 0, -- teams; 0: whoever is not a contractor's
    language    TEXT NOT NULL DEFAULT '',   -- '': Mandarin; za: Zhuang; other
    -- Not by IN, as in audit_log.
    state       TEXT NOT NULL CHECK (
        state = 'queued' OR state = 'leased' OR state = 'appointment' OR state = 'waiting' OR state = 'final'),
    from_utc    INTEGER NOT NULL,    -- offered from then on; leased: since then
    until_utc   INTEGER NOT NULL,    -- offered until then, and placed anew after it; leased: the lease's end
    -- leased: who holds it; appointment: whose own it is; queued: who gave it back and is not given it before from_utc;
    -- 0: nobody's
    account_id  INTEGER NOT NULL DEFAULT 0,
    appointment_utc INTEGER,         -- agreed and not yet kept
    appointment_account INTEGER NOT NULL DEFAULT 0,
    freed_utc   INTEGER,             -- when a supervisor released its refusal
    code        TEXT NOT NULL DEFAULT '', -- final: its disposition
    final_utc   INTEGER,
    why         TEXT NOT NULL DEFAULT '', -- final by other than a dial: exhausted, do_not_call, settled, handed_over, imported
    UNIQUE (campaign_id, case_no),
    CHECK (state <> 'leased' OR account_id <> 0),
    CHECK ((state = 'final') = (final_utc IS NOT NULL) AND (state = 'final' OR code = ''))
) STRICT;
CREATE INDEX cases_queued ON cases (campaign_id, unit, team_id, language, shuffle) WHERE state = 'queued';
CREATE INDEX cases_due ON cases (campaign_id, state, team_id, language, from_utc)
    WHERE state IN ('appointment', 'waiting');
CREATE INDEX cases_own ON cases (account_id, from_utc) WHERE state = 'appointment' AND account_id <> 0;
CREATE UNIQUE INDEX cases_held ON cases (account_id) WHERE state = 'leased'; -- nobody holds two
CREATE INDEX cases_ending ON cases (until_utc) WHERE state <> 'queued' AND state <> 'final';
CREATE INDEX cases_by_unit ON cases (campaign_id, unit, state, code);
CREATE INDEX cases_by_campaign ON cases (campaign_id);

-- The orders of a case.
CREATE INDEX drawn_orders_by_case ON drawn_orders (round_id, draw_no, case_no);

-- The numbers of a person, in the order of trying.
CREATE TABLE case_numbers (
    case_id   INTEGER NOT NULL REFERENCES cases (id),
    no        INTEGER NOT NULL CHECK (no BETWEEN 1 AND 15),
    phone_key INTEGER NOT NULL,      -- blind index
    sealed    BLOB NOT NULL,         -- the number, as row `case_id * 16 + no`
    is_dead   INTEGER NOT NULL DEFAULT 0 CHECK (is_dead IN (0, 1)), -- out of service, wrong: not tried again
    PRIMARY KEY (case_id, no)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX case_numbers_by_key ON case_numbers (phone_key, case_id);

-- One look at a number, and the dial that followed. Append-only but for its end.
CREATE TABLE dials (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    number_no   INTEGER NOT NULL,
    phone_key   INTEGER NOT NULL,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    recheck_id  INTEGER NOT NULL DEFAULT 0, -- a checker's; such a dial is none of the case's attempts
    day         INTEGER NOT NULL,    -- civil day in the round's time zone
    started_utc INTEGER NOT NULL,
    ended_utc   INTEGER,             -- NULL: going on
    code        TEXT NOT NULL DEFAULT '', -- AAPOR's; ended and '': interrupted, nobody said what became of it
    recording   TEXT NOT NULL DEFAULT '', -- reference into the telephone system
    sealed      BLOB,                -- the caller's note, as row `id`; NULL: none
    FOREIGN KEY (case_id, number_no) REFERENCES case_numbers (case_id, no)
) STRICT;
CREATE UNIQUE INDEX dials_open ON dials (case_id) WHERE ended_utc IS NULL;
CREATE UNIQUE INDEX dials_open_number ON dials (phone_key) WHERE ended_utc IS NULL; -- none is dialled twice at once
CREATE INDEX dials_by_case ON dials (case_id);
CREATE INDEX dials_by_number ON dials (phone_key, day);
CREATE INDEX dials_by_account ON dials (account_id, day);
CREATE INDEX dials_complete ON dials (account_id, case_id) WHERE code = '1.1' AND recheck_id = 0;

-- What was answered, as it was given: a later answer to the same item takes the place of an earlier one.
CREATE TABLE answers (
    id       INTEGER PRIMARY KEY,
    case_id  INTEGER NOT NULL REFERENCES cases (id),
    dial_id  INTEGER NOT NULL REFERENCES dials (id),
    drawn_id INTEGER NOT NULL,       -- drawn_orders; 0: of the call as a whole
    item     TEXT NOT NULL,          -- of service/followup/script.h
    value    TEXT NOT NULL,
    sealed   BLOB,                   -- the person's words, as row `id`; NULL: none
    at_utc   INTEGER NOT NULL,
    spent_ms INTEGER NOT NULL        -- on the item, as the page measured it; -1: not said
) STRICT;
CREATE INDEX answers_by_case ON answers (case_id);

-- Who must not be called (免打扰名单), in any round.
CREATE TABLE do_not_call (
    id         INTEGER PRIMARY KEY,
    phone_key  INTEGER NOT NULL,
    sealed     BLOB NOT NULL,        -- the number, as row `id`
    since_utc  INTEGER NOT NULL,
    who        TEXT NOT NULL,
    why        TEXT NOT NULL,
    ended_utc  INTEGER,              -- the person asked to be taken off
    ended_by   TEXT,
    ended_why  TEXT
) STRICT;
CREATE UNIQUE INDEX do_not_call_in_force ON do_not_call (phone_key) WHERE ended_utc IS NULL;

-- What callers can besides Mandarin.
CREATE TABLE caller_languages (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    language   TEXT NOT NULL,
    PRIMARY KEY (account_id, language)
) STRICT, WITHOUT ROWID;

-- Attendance (考勤).
CREATE TABLE shifts (
    id          INTEGER PRIMARY KEY,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    day         INTEGER NOT NULL,    -- in Asia/Shanghai
    started_utc INTEGER NOT NULL,
    ended_utc   INTEGER,
    ended_why   TEXT NOT NULL DEFAULT '', -- signed_out, forgotten
    minutes     INTEGER,             -- as confirmed
    confirmed_utc INTEGER,
    confirmed_by TEXT,
    note        TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX shifts_open ON shifts (account_id) WHERE ended_utc IS NULL;
CREATE INDEX shifts_by_day ON shifts (day, account_id);

-- A complete that is called again (复核).
CREATE TABLE rechecks (
    id          INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    dial_id     INTEGER NOT NULL UNIQUE REFERENCES dials (id), -- the complete
    caller_id   INTEGER NOT NULL,    -- accounts: whose complete
    reason      TEXT NOT NULL CHECK (reason IN ('first', 'share', 'wish')),
    state       TEXT NOT NULL CHECK (
        state = 'queued' OR state = 'leased' OR state = 'done' OR state = 'unreached' OR state = 'settled'),
    account_id  INTEGER NOT NULL DEFAULT 0, -- the checker
    until_utc   INTEGER NOT NULL DEFAULT 0, -- leased: the lease's end; queued: offered from then on
    tries       INTEGER NOT NULL DEFAULT 0,
    method      TEXT NOT NULL DEFAULT '' CHECK (method IN ('', 'phone', 'recording')),
    done_utc    INTEGER,
    compared    INTEGER NOT NULL DEFAULT 0, -- items
    differing   INTEGER NOT NULL DEFAULT 0,
    sealed      BLOB,                -- the checker's note, as row `id`
    verdict     TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'kept', 'replaced', 'void')),
    settled_by  TEXT, settled_utc INTEGER, settled_why TEXT,
    CHECK (state <> 'leased' OR account_id <> 0),
    CHECK ((state = 'settled') = (verdict <> ''))
) STRICT;
CREATE INDEX rechecks_queued ON rechecks (until_utc) WHERE state = 'queued';
CREATE INDEX rechecks_ending ON rechecks (until_utc) WHERE state = 'leased';
CREATE UNIQUE INDEX rechecks_held ON rechecks (account_id) WHERE state = 'leased'; -- nobody holds two
CREATE INDEX rechecks_by_campaign ON rechecks (campaign_id);
CREATE INDEX rechecks_by_caller ON rechecks (caller_id, campaign_id);

CREATE TABLE recheck_answers (
    recheck_id INTEGER NOT NULL REFERENCES rechecks (id),
    drawn_id   INTEGER NOT NULL,
    item       TEXT NOT NULL,
    value      TEXT NOT NULL,
    PRIMARY KEY (recheck_id, drawn_id, item)
) STRICT, WITHOUT ROWID;

-- The telephone company's own list of calls (话单).
CREATE TABLE call_record_files (
    id           INTEGER PRIMARY KEY,
    file_name    TEXT NOT NULL,
    sha256       BLOB NOT NULL UNIQUE,
    imported_utc INTEGER NOT NULL,
    who          TEXT NOT NULL,
    rows INTEGER NOT NULL, matched INTEGER NOT NULL, unmatched INTEGER NOT NULL, rejected INTEGER NOT NULL
) STRICT;

CREATE TABLE call_records (
    id          INTEGER PRIMARY KEY,
    file_id     INTEGER NOT NULL REFERENCES call_record_files (id),
    line        INTEGER NOT NULL,
    phone_key   INTEGER NOT NULL,
    sealed      BLOB NOT NULL,       -- the number, as row `id`
    started_utc INTEGER NOT NULL,
    seconds     INTEGER NOT NULL,    -- talked; 0: not answered
    line_name   TEXT NOT NULL DEFAULT '', -- the calling line
    -- 0: matches none; -1: none, and an earlier record is of the same call
    dial_id     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX call_records_by_call ON call_records (phone_key, started_utc);
CREATE INDEX call_records_by_dial ON call_records (dial_id);

-- Cases given to a contractor as a file.
CREATE TABLE packages (
    id          INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaigns (id),
    team_id     INTEGER NOT NULL REFERENCES teams (id),
    mark        TEXT NOT NULL UNIQUE, -- in the file's head and in every row
    cases       INTEGER NOT NULL,
    made_utc    INTEGER NOT NULL,
    made_by     TEXT NOT NULL,
    until_day   INTEGER NOT NULL     -- opened no more after it, and its rows are taken no more
) STRICT;

CREATE TABLE package_cases (
    package_id INTEGER NOT NULL REFERENCES packages (id),
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    PRIMARY KEY (package_id, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX package_cases_by_case ON package_cases (case_id);

-- What the file calls the orders of its cases: CASE-NO. Later ones of the person are not in it.
CREATE TABLE package_orders (
    package_id INTEGER NOT NULL,
    case_id    INTEGER NOT NULL,
    no         INTEGER NOT NULL, -- from 1
    drawn_id   INTEGER NOT NULL, -- drawn_orders
    PRIMARY KEY (package_id, case_id, no),
    FOREIGN KEY (package_id, case_id) REFERENCES package_cases (package_id, case_id)
) STRICT, WITHOUT ROWID;

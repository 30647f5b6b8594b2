-- Frames, draws, outcomes, exclusions by request, and what was scored.

-- Rounds know all their steps, and may be sums of others. Rebuilt, because SQLite changes no CHECK.
CREATE TABLE rounds_new (
    id        INTEGER PRIMARY KEY,
    name      TEXT NOT NULL UNIQUE CHECK (name <> ''), -- what people call it: 2024-05
    kind      TEXT NOT NULL CHECK (kind IN ('monthly', 'quarterly', 'midyear', 'yearend', 'other')),
    from_day  INTEGER NOT NULL,
    to_day    INTEGER NOT NULL,
    as_of_utc INTEGER,               -- NULL: the extraction time of the last dump that covers the period
    rules     TEXT NOT NULL,         -- canonical text, all keys
    is_accumulated INTEGER NOT NULL DEFAULT 0 CHECK (is_accumulated IN (0, 1)), -- 1: it pools its round_parts
    state     TEXT NOT NULL CHECK (state IN ('draft', 'frozen', 'drawn', 'calling', 'closed', 'scored')),
    CHECK (from_day <= to_day)
) STRICT;
INSERT INTO rounds_new (id, name, kind, from_day, to_day, as_of_utc, rules, state)
SELECT id, name, kind, from_day, to_day, as_of_utc, rules, state FROM rounds;
DROP TABLE rounds;
ALTER TABLE rounds_new RENAME TO rounds;

-- Whom an accumulated round pools. Parts are never accumulated themselves.
CREATE TABLE round_parts (
    round_id INTEGER NOT NULL REFERENCES rounds (id),
    part_id  INTEGER NOT NULL REFERENCES rounds (id),
    PRIMARY KEY (round_id, part_id),
    CHECK (round_id <> part_id)
) STRICT, WITHOUT ROWID;

-- One freezing of a round. A freezing after a reopening has the next number; those before it stay here, as evidence.
CREATE TABLE frames (
    round_id       INTEGER NOT NULL REFERENCES rounds (id),
    no             INTEGER NOT NULL CHECK (no > 0),
    entries        INTEGER NOT NULL,
    listing_sha256 BLOB NOT NULL,    -- of the canonical listing, `unit code TAB order number` a line
    rules_sha256   BLOB NOT NULL,    -- of the round's canonical rules
    secret_sha256  BLOB NOT NULL,    -- the commitment to the secret half of the seed, of its 32 hexadecimal digits
    sealed_secret  BLOB NOT NULL,    -- sealed as row `round_id * 65536 + no`
    frozen_utc     INTEGER NOT NULL,
    PRIMARY KEY (round_id, no)
) STRICT, WITHOUT ROWID;

-- The units of the frame in force, numbered from 0 by the bytes of their codes.
CREATE TABLE frame_units (
    round_id INTEGER NOT NULL REFERENCES rounds (id),
    unit     INTEGER NOT NULL,
    code     TEXT NOT NULL,
    entries  INTEGER NOT NULL,
    PRIMARY KEY (round_id, unit)
) STRICT, WITHOUT ROWID;

-- The frame in force, in the order of its listing: read from end to end by a draw.
CREATE TABLE frame_entries (
    round_id    INTEGER NOT NULL,
    unit        INTEGER NOT NULL,
    order_no    TEXT NOT NULL,
    handling_id INTEGER NOT NULL,
    PRIMARY KEY (round_id, unit, order_no)
) STRICT, WITHOUT ROWID;

-- Frame entries while they are gathered, in the order of handlings; empty at any other time.
CREATE TABLE frame_pending (
    handling_id INTEGER PRIMARY KEY,
    unit        INTEGER NOT NULL
) STRICT;

-- The unit's handlings that the round counts but that are not to be drawn, by reason.
CREATE TABLE frame_left_out (
    round_id INTEGER NOT NULL REFERENCES rounds (id),
    unit     INTEGER NOT NULL,
    reason   INTEGER NOT NULL,       -- enum frame_reason
    orders   INTEGER NOT NULL,
    PRIMARY KEY (round_id, unit, reason)
) STRICT, WITHOUT ROWID;

-- One draw. In force is the last one, unless it is abandoned.
CREATE TABLE draws (
    round_id  INTEGER NOT NULL REFERENCES rounds (id),
    no        INTEGER NOT NULL CHECK (no > 0),
    frame_no  INTEGER NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('seed', 'exact', 'adopted')),
    seed      TEXT NOT NULL,         -- seed: the public half; exact: the whole; adopted: ''
    sealed_salt_key BLOB NOT NULL,   -- 32 bytes from which the salts of the commitments come, sealed as row
                                     -- `round_id * 65536 + no`
    wanted    INTEGER NOT NULL,      -- orders asked for
    public_sha256 BLOB NOT NULL,     -- of the SHA256SUMS of what was published
    drawn_utc INTEGER NOT NULL,
    who       TEXT NOT NULL,
    abandoned_utc INTEGER,           -- NULL: not
    seed_opened_utc INTEGER,         -- when somebody was told the whole seed, and so the secret half; NULL: never
    PRIMARY KEY (round_id, no),
    FOREIGN KEY (round_id, frame_no) REFERENCES frames (round_id, no)
) STRICT, WITHOUT ROWID;

-- What a draw gave each unit. Released are the positions 1 to `released`: the sample, and what of the reserve was added.
CREATE TABLE draw_units (
    round_id INTEGER NOT NULL,
    draw_no  INTEGER NOT NULL,
    unit     INTEGER NOT NULL,
    code     TEXT NOT NULL,
    frame    INTEGER NOT NULL,
    sample   INTEGER NOT NULL,
    reserve  INTEGER NOT NULL,
    released INTEGER NOT NULL,
    PRIMARY KEY (round_id, draw_no, unit),
    FOREIGN KEY (round_id, draw_no) REFERENCES draws (round_id, no),
    CHECK (released BETWEEN 0 AND sample + reserve)
) STRICT, WITHOUT ROWID;

-- Sample and reserve. Ids ascend by draw, unit and position.
CREATE TABLE drawn_orders (
    id          INTEGER PRIMARY KEY,
    round_id    INTEGER NOT NULL,
    draw_no     INTEGER NOT NULL,
    unit        INTEGER NOT NULL,
    position    INTEGER NOT NULL,    -- in ticket order, from 1
    order_no    TEXT NOT NULL,
    handling_id INTEGER NOT NULL,
    ticket      BLOB,                -- NULL: adopted
    case_no     INTEGER NOT NULL,    -- orders of one person are one case, asked together
    UNIQUE (round_id, draw_no, unit, position),
    UNIQUE (round_id, draw_no, order_no),
    FOREIGN KEY (round_id, draw_no) REFERENCES draws (round_id, no)
) STRICT;

-- Loaded files of outcomes.
CREATE TABLE outcome_files (
    id           INTEGER PRIMARY KEY,
    round_id     INTEGER NOT NULL,
    draw_no      INTEGER NOT NULL,
    file_name    TEXT NOT NULL,
    sha256       BLOB NOT NULL,
    imported_utc INTEGER NOT NULL,
    who          TEXT NOT NULL,
    rows INTEGER NOT NULL, accepted INTEGER NOT NULL, updated INTEGER NOT NULL, unchanged INTEGER NOT NULL,
    rejected     INTEGER NOT NULL,
    FOREIGN KEY (round_id, draw_no) REFERENCES draws (round_id, no)
) STRICT;

-- One dial, in the order of drawn orders: what scoring reads. called_at and no say which it was.
CREATE TABLE attempts (
    drawn_id   INTEGER NOT NULL REFERENCES drawn_orders (id),
    called_at  INTEGER NOT NULL,     -- as in handlings; 0: not said
    no         INTEGER NOT NULL,     -- from 1 within the drawn order, as they came in
    called_kind INTEGER NOT NULL,    -- enum moment_kind
    caller_id  INTEGER,              -- terms
    code       TEXT NOT NULL,        -- AAPOR's
    resolved   INTEGER NOT NULL CHECK (resolved BETWEEN 0 AND 3),     -- enum resolution_answer
    still_open INTEGER NOT NULL CHECK (still_open IN (0, 1)),         -- 1: 正在解决
    satisfaction INTEGER NOT NULL CHECK (satisfaction BETWEEN 0 AND 5), -- 0: missing
    sealed     BLOB,                 -- reason and comment, as row `drawn_id * 4096 + no`; NULL: neither
    file_id    INTEGER NOT NULL REFERENCES outcome_files (id),
    PRIMARY KEY (drawn_id, called_at, no)
) STRICT, WITHOUT ROWID;

-- The attempt as it was before file `changed_by` corrected it.
CREATE TABLE attempt_versions (
    changed_by INTEGER NOT NULL REFERENCES outcome_files (id),
    drawn_id INTEGER NOT NULL, called_at INTEGER NOT NULL, no INTEGER NOT NULL, called_kind INTEGER NOT NULL,
    caller_id INTEGER, code TEXT NOT NULL, resolved INTEGER NOT NULL, still_open INTEGER NOT NULL,
    satisfaction INTEGER NOT NULL, sealed BLOB, file_id INTEGER NOT NULL,
    PRIMARY KEY (drawn_id, called_at, no, changed_by)
) STRICT, WITHOUT ROWID;

-- Rows of outcomes that could not be taken.
CREATE TABLE outcome_rejects (
    id      INTEGER PRIMARY KEY,
    file_id INTEGER NOT NULL REFERENCES outcome_files (id),
    line    INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    header  TEXT NOT NULL,           -- of the guilty column, '' when none is
    sealed  BLOB NOT NULL            -- the row's cells
) STRICT;
CREATE INDEX outcome_rejects_by_file ON outcome_rejects (file_id);

-- An order that its unit asks to take out of a round (剔除).
CREATE TABLE exclusions (
    id           INTEGER PRIMARY KEY,
    round_id     INTEGER NOT NULL REFERENCES rounds (id),
    handling_id  INTEGER NOT NULL,
    order_no     TEXT NOT NULL,
    reason       TEXT NOT NULL,      -- a key of the rules' [exclude]
    effect       TEXT NOT NULL CHECK (effect IN ('all', 'on_time', 'draw')), -- which rates it leaves
    basis        TEXT NOT NULL CHECK (basis <> ''),   -- the provision it rests on
    file_name    TEXT NOT NULL,
    file_sha256  BLOB NOT NULL,      -- of the paper
    state        TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'refused')),
    requested_by TEXT NOT NULL, requested_utc INTEGER NOT NULL,
    decided_by   TEXT, decided_utc INTEGER, decision_why TEXT,
    CHECK ((state = 'requested') = (decided_by IS NULL)),
    CHECK (decided_by <> requested_by)
) STRICT;
CREATE UNIQUE INDEX exclusions_in_force ON exclusions (round_id, handling_id) WHERE state <> 'refused';

-- The imported calendar layers that a round froze: a layer that is imported again changes no frozen round.
CREATE TABLE round_layers (
    round_id INTEGER NOT NULL REFERENCES rounds (id),
    name     TEXT NOT NULL,
    csv      TEXT NOT NULL,
    PRIMARY KEY (round_id, name)
) STRICT, WITHOUT ROWID;

-- What `score` published of a closed round. An accumulated round is issued again when a part was corrected.
CREATE TABLE round_scores (
    round_id   INTEGER NOT NULL REFERENCES rounds (id),
    issue      INTEGER NOT NULL CHECK (issue > 0),
    scored_utc INTEGER NOT NULL,
    who        TEXT NOT NULL,
    program_version TEXT NOT NULL,
    csv        TEXT NOT NULL,        -- `score --format csv`
    PRIMARY KEY (round_id, issue)
) STRICT, WITHOUT ROWID;

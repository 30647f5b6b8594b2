-- Work orders as the dumps bring them. Conventions of all tables:
--   *_utc      seconds since 1970-01-01 00:00:00 UTC
--   *_day      civil day, days since 1970-01-01
--   *_at       a moment of a dump: seconds since 1970 UTC, or, where the row's `traits` call it a bare
--              day, the civil day's midnight as if UTC (the dump gave no time of day)
-- An import writes under its id; what it brought is visible once its row says 'loaded' (order ids are given in
-- ascending order, so "below the loading import's first order" is what readers may see).

-- One loaded file.
CREATE TABLE imports (
    id               INTEGER PRIMARY KEY,
    state            TEXT NOT NULL CHECK (state IN ('loading', 'loaded', 'undone')),
    file_name        TEXT NOT NULL,           -- without its directory
    sha256           BLOB NOT NULL CHECK (length(sha256) = 32),
    profile          TEXT NOT NULL,           -- its name
    profile_sha256   BLOB NOT NULL CHECK (length(profile_sha256) = 32),
    encoding         TEXT NOT NULL,
    delimiter        TEXT NOT NULL,
    header_line      INTEGER NOT NULL,        -- from 1
    extracted_utc    INTEGER NOT NULL,        -- when the dump was taken
    started_utc      INTEGER NOT NULL,
    loaded_utc       INTEGER,
    undone_utc       INTEGER,
    first_order_id   INTEGER NOT NULL,        -- orders of this import: from here ...
    end_order_id     INTEGER,                 -- ... up to, not including, here
    row_count        INTEGER NOT NULL DEFAULT 0, -- data records; accepted + updated + unchanged + rejected
    accepted         INTEGER NOT NULL DEFAULT 0,
    updated          INTEGER NOT NULL DEFAULT 0,
    unchanged        INTEGER NOT NULL DEFAULT 0,
    rejected         INTEGER NOT NULL DEFAULT 0,
    contradictions   INTEGER NOT NULL DEFAULT 0, -- records, each once
    bad_dates        INTEGER NOT NULL DEFAULT 0,
    flag_disagreements INTEGER NOT NULL DEFAULT 0,
    oldest_received_utc INTEGER,
    newest_event_utc INTEGER
) STRICT;

-- The same bytes read with the same profile are the same file.
CREATE UNIQUE INDEX imports_identity ON imports (sha256, profile_sha256) WHERE state = 'loaded';
CREATE UNIQUE INDEX imports_loading ON imports (state) WHERE state = 'loading';

-- Names of units in an import that meant no unit when it was loaded.
CREATE TABLE import_unmatched (
    import_id INTEGER NOT NULL REFERENCES imports (id),
    name      TEXT NOT NULL,         -- as first written in the file, trimmed
    records   INTEGER NOT NULL CHECK (records > 0),
    PRIMARY KEY (import_id, name)
) STRICT, WITHOUT ROWID;

-- Words that repeat (category, region, channel ...), stored once.
CREATE TABLE terms (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

-- Classes of units (县(区), 市直政府 ...), in the order in which papers print them.
CREATE TABLE unit_classes (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE CHECK (name <> ''),
    position INTEGER NOT NULL
) STRICT;

-- The register of units.
CREATE TABLE units (
    id         INTEGER PRIMARY KEY,
    code       TEXT NOT NULL UNIQUE CHECK (code <> ''),
    name       TEXT NOT NULL CHECK (name <> ''),
    class_id   INTEGER NOT NULL REFERENCES unit_classes (id),
    parent_id  INTEGER REFERENCES units (id), -- a county's bureau belongs to its county
    valid_from INTEGER,                       -- civil day, NULL: always
    valid_to   INTEGER,                       -- civil day, inclusive, NULL: for ever
    merged_into INTEGER REFERENCES units (id),
    CHECK (parent_id <> id),
    CHECK (merged_into <> id)
) STRICT;

-- Every name by which a dump has named a unit, and the register's own names and aliases. What a name means is kept
-- once, with its row without code; unit_names_matched says what every row means.
CREATE TABLE unit_names (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,            -- as first written, trimmed
    folded  TEXT NOT NULL,            -- width, white space and brackets made one kind
    code    TEXT NOT NULL DEFAULT '', -- the dump's unit_code, '' without one
    unit_id INTEGER REFERENCES units (id), -- whom the register or the office means by the name; NULL: nobody
    is_alias INTEGER NOT NULL DEFAULT 0 CHECK (is_alias IN (0, 1)), -- 1: by word of the office
    UNIQUE (folded, code),
    CHECK (code = '' OR (unit_id IS NULL AND is_alias = 0))
) STRICT;

-- Whom each name means: the unit with the dump's code, else the one that the name without code means; in place of a
-- merged unit, the one at the end of its chain. unit_id NULL: unmatched.
CREATE VIEW unit_names_matched AS
SELECT n.id, n.name, n.folded, n.code, n.is_alias,
       (WITH RECURSIVE chain (id, merged_into) AS (
            SELECT u.id, u.merged_into FROM units AS u
            WHERE u.id = coalesce((SELECT c.id FROM units AS c WHERE c.code = n.code),
                                  (SELECT m.unit_id FROM unit_names AS m WHERE m.folded = n.folded AND m.code = ''))
            UNION
            SELECT u.id, u.merged_into FROM chain JOIN units AS u ON u.id = chain.merged_into
        )
        SELECT chain.id FROM chain WHERE chain.merged_into IS NULL) AS unit_id
FROM unit_names AS n;

-- One request of a citizen.
CREATE TABLE orders (
    id        INTEGER PRIMARY KEY,
    order_no  TEXT NOT NULL UNIQUE CHECK (order_no <> ''),
    import_id INTEGER NOT NULL,      -- the import that last changed it
    category_id INTEGER,             -- terms
    region_id INTEGER,               -- terms
    channel_id INTEGER,              -- terms
    repeat_of TEXT,                  -- order_no of the order it repeats
    phone_key INTEGER,               -- blind index: first 64 bits of HMAC-SHA-256 of the number
    sealed    BLOB NOT NULL          -- title, content, citizen's name and number, replies
) STRICT;

-- One unit's part in an order. id = order_id * 64 + place: an order's handlings lie side by side, found without an
-- index. The columns up to extension_count are what scoring reads.
CREATE TABLE handlings (
    id              INTEGER PRIMARY KEY,
    unit_name_id    INTEGER,         -- NULL: answered directly, without a unit
    received_at     INTEGER NOT NULL,
    due_at          INTEGER,
    closed_at       INTEGER,
    submitted_at    INTEGER,
    traits          INTEGER NOT NULL, -- small things in one number, as a column costs more than a bit:
                                      --   bits  0-17 two for each moment: 0 none (its column is NULL), 1 a time, 2 a bare
                                      --              day; 0 received, 2 due, 4 closed, 6 submitted, 8 dispatched,
                                      --              10 extended_due, 12 extension_asked, 14 accepted, 16 first_closed
                                      --   bits 18-21 enum order_kind            (traits >> 18) & 15
                                      --   bits 22-25 enum order_status          (traits >> 22) & 15
                                      --   bits 26-27 enum handling_part         (traits >> 26) & 3
                                      --   bits 28-29 enum overdue_flag          (traits >> 28) & 3
                                      --   bits 30-45 bits of enum fact_mark     traits >> 30
    dispatched_at   INTEGER,
    extended_due_at INTEGER,
    extension_asked_at INTEGER,
    extension_count INTEGER NOT NULL, -- -1: the dump tells none
    accepted_at     INTEGER,
    first_closed_at INTEGER,
    redo_count      INTEGER NOT NULL, -- -1: the dump tells none
    role            INTEGER NOT NULL, -- enum handling_role, as the dump has it
    urgency_id      INTEGER,          -- terms
    status_id       INTEGER,          -- terms: the word as the dump has it
    hotline_resolved_id     INTEGER,  -- terms
    hotline_satisfaction_id INTEGER,  -- terms
    unit_resolved_id        INTEGER,  -- terms
    import_id       INTEGER NOT NULL  -- the import that last changed it
) STRICT;

-- Who called: orders by blind index, filled at the end of an import by one sorted insert.
CREATE TABLE person_orders (
    phone_key INTEGER NOT NULL,
    order_id  INTEGER NOT NULL,
    PRIMARY KEY (phone_key, order_id)
) STRICT, WITHOUT ROWID;

-- History: the row as it was before import `changed_by` changed it. What changed is the difference to the next
-- version, or to the row itself.
CREATE TABLE order_versions (
    changed_by INTEGER NOT NULL,
    id INTEGER NOT NULL, order_no TEXT NOT NULL, import_id INTEGER NOT NULL, category_id INTEGER, region_id INTEGER,
    channel_id INTEGER, repeat_of TEXT, phone_key INTEGER, sealed BLOB NOT NULL,
    PRIMARY KEY (id, changed_by)
) STRICT, WITHOUT ROWID;

CREATE TABLE handling_versions (
    changed_by INTEGER NOT NULL,
    id INTEGER NOT NULL, unit_name_id INTEGER, received_at INTEGER NOT NULL, due_at INTEGER, closed_at INTEGER,
    submitted_at INTEGER, traits INTEGER NOT NULL, dispatched_at INTEGER, extended_due_at INTEGER,
    extension_asked_at INTEGER, extension_count INTEGER NOT NULL, accepted_at INTEGER, first_closed_at INTEGER,
    redo_count INTEGER NOT NULL, role INTEGER NOT NULL, urgency_id INTEGER, status_id INTEGER, hotline_resolved_id INTEGER,
    hotline_satisfaction_id INTEGER, unit_resolved_id INTEGER, import_id INTEGER NOT NULL,
    PRIMARY KEY (id, changed_by)
) STRICT, WITHOUT ROWID;

-- What an import changed: for taking it back.
CREATE INDEX order_versions_by_import ON order_versions (changed_by);
CREATE INDEX handling_versions_by_import ON handling_versions (changed_by);

-- Which handlings of older orders an import named: 0 unchanged, 1 changed, 2 added by it.
CREATE TABLE sightings (
    import_id   INTEGER NOT NULL,
    handling_id INTEGER NOT NULL,
    what        INTEGER NOT NULL CHECK (what IN (0, 1, 2)),
    PRIMARY KEY (import_id, handling_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_handling ON sightings (handling_id);

-- Changes to older orders, waiting for the end of the import that is loading; empty at any other time.
CREATE TABLE pending_orders (
    id INTEGER PRIMARY KEY, order_no TEXT NOT NULL, import_id INTEGER NOT NULL, category_id INTEGER, region_id INTEGER,
    channel_id INTEGER, repeat_of TEXT, phone_key INTEGER, sealed BLOB NOT NULL
) STRICT;

CREATE TABLE pending_handlings (
    id INTEGER PRIMARY KEY, unit_name_id INTEGER, received_at INTEGER NOT NULL, due_at INTEGER, closed_at INTEGER,
    submitted_at INTEGER, traits INTEGER NOT NULL, dispatched_at INTEGER, extended_due_at INTEGER,
    extension_asked_at INTEGER, extension_count INTEGER NOT NULL, accepted_at INTEGER, first_closed_at INTEGER,
    redo_count INTEGER NOT NULL, role INTEGER NOT NULL, urgency_id INTEGER, status_id INTEGER, hotline_resolved_id INTEGER,
    hotline_satisfaction_id INTEGER, unit_resolved_id INTEGER, import_id INTEGER NOT NULL
) STRICT;

-- Rows that could not be taken. The cells are sealed: they hold numbers and names.
CREATE TABLE rejects (
    id        INTEGER PRIMARY KEY,
    import_id INTEGER NOT NULL,
    line      INTEGER NOT NULL,      -- first physical line of the record, from 1
    reason    TEXT NOT NULL,
    header    TEXT NOT NULL,         -- of the guilty column, '' when none is
    sealed    BLOB NOT NULL          -- the row's cells
) STRICT;
CREATE INDEX rejects_by_import ON rejects (import_id);

-- Rows that were taken although something about them is odd.
CREATE TABLE record_flags (
    import_id   INTEGER NOT NULL,
    line        INTEGER NOT NULL,
    handling_id INTEGER NOT NULL,
    flags       INTEGER NOT NULL,    -- enum record_flag
    PRIMARY KEY (import_id, line, handling_id)
) STRICT, WITHOUT ROWID;

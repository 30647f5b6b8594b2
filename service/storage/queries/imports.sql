-- Imports, what they rejected and flagged, and how one is taken back. Parameters are bound by number, in the order of
-- their first appearance.

-- name: import_put_loading
-- Ids of orders are never given twice, not even those of imports that were taken back.
INSERT INTO imports (
    state, file_name, profile, encoding, delimiter, sha256, profile_sha256, header_line, extracted_utc, started_utc,
    first_order_id
)
SELECT
    'loading', :file_name, :profile, :encoding, :delimiter, :sha256, :profile_sha256, :header_line, :extracted_utc,
    :started_utc,
    coalesce((SELECT max(taken.id) FROM (SELECT max(o.id) AS id FROM orders AS o
                                         UNION ALL
                                         SELECT max(i.end_order_id) - 1 FROM imports AS i) AS taken), 0) + 1
RETURNING id, first_order_id;

-- name: import_put_loaded
UPDATE imports SET
    state = 'loaded', loaded_utc = :loaded_utc, delimiter = :delimiter, header_line = :header_line,
    end_order_id = :end_order_id, row_count = :row_count,
    accepted = :accepted, updated = :updated, unchanged = :unchanged, rejected = :rejected,
    contradictions = :contradictions, bad_dates = :bad_dates, flag_disagreements = :flag_disagreements,
    oldest_received_utc = :oldest_received_utc, newest_event_utc = :newest_event_utc
WHERE id = :id AND state = 'loading';

-- name: import_find
SELECT
    id, state, file_name, profile, encoding, delimiter, sha256, profile_sha256, header_line, extracted_utc,
    started_utc, loaded_utc, undone_utc, first_order_id, end_order_id, row_count, accepted, updated,
    unchanged, rejected, contradictions, bad_dates, flag_disagreements, oldest_received_utc,
    newest_event_utc
FROM imports WHERE sha256 = :sha256 AND profile_sha256 = :profile_sha256 AND state = 'loaded';

-- name: import_get
SELECT
    id, state, file_name, profile, encoding, delimiter, sha256, profile_sha256, header_line, extracted_utc,
    started_utc, loaded_utc, undone_utc, first_order_id, end_order_id, row_count, accepted, updated,
    unchanged, rejected, contradictions, bad_dates, flag_disagreements, oldest_received_utc,
    newest_event_utc
FROM imports WHERE id = :id;

-- name: imports_each
SELECT
    id, state, file_name, profile, encoding, delimiter, sha256, profile_sha256, header_line, extracted_utc,
    started_utc, loaded_utc, undone_utc, first_order_id, end_order_id, row_count, accepted, updated,
    unchanged, rejected, contradictions, bad_dates, flag_disagreements, oldest_received_utc,
    newest_event_utc
FROM imports ORDER BY id;

-- name: import_loading
SELECT id, first_order_id FROM imports WHERE state = 'loading';

-- name: orders_last_id
SELECT coalesce(max(id), 0) FROM orders;

-- name: orders_delete_range
DELETE FROM orders WHERE id >= :first_id AND id < :end_id;

-- name: handlings_delete_range
DELETE FROM handlings WHERE id >= :first_id AND id < :end_id;

-- name: sightings_delete
DELETE FROM sightings WHERE import_id = :import_id;

-- name: record_flags_delete
DELETE FROM record_flags WHERE import_id = :import_id;

-- name: rejects_delete
DELETE FROM rejects WHERE import_id = :import_id;

-- name: import_delete
DELETE FROM imports WHERE id = :id;

-- name: import_blocked_by_import
-- The newest later import that named an order which the import made or changed.
WITH touched (order_id) AS (
    SELECT s.handling_id / 64 AS order_id FROM sightings AS s WHERE s.import_id = :id AND s.what <> 0
    UNION
    SELECT v.id FROM order_versions AS v WHERE v.changed_by = :id
    UNION
    SELECT v.id / 64 FROM handling_versions AS v WHERE v.changed_by = :id
)
SELECT coalesce(max(import_id), 0) FROM (
    SELECT max(s.import_id) AS import_id FROM sightings AS s
    WHERE s.handling_id >= :first_handling_id AND s.handling_id < :end_handling_id AND s.import_id > :id
    UNION ALL
    SELECT max(s.import_id) FROM touched AS t
    JOIN sightings AS s ON s.handling_id >= t.order_id * 64 AND s.handling_id < t.order_id * 64 + 64
    WHERE s.import_id > :id
) AS later;

-- name: import_blocked_by_round
-- The newest round that froze such an order.
WITH touched (order_id) AS (
    SELECT s.handling_id / 64 AS order_id FROM sightings AS s WHERE s.import_id = :id AND s.what <> 0
    UNION
    SELECT v.id FROM order_versions AS v WHERE v.changed_by = :id
    UNION
    SELECT v.id / 64 FROM handling_versions AS v WHERE v.changed_by = :id
)
SELECT r.name FROM rounds AS r
WHERE r.state <> 'draft' AND (
    EXISTS (SELECT 1 FROM round_facts AS f
            WHERE f.round_id = r.id AND f.id >= :first_handling_id AND f.id < :end_handling_id)
    OR EXISTS (SELECT 1 FROM touched AS t
               JOIN round_facts AS f ON f.round_id = r.id AND f.id >= t.order_id * 64 AND f.id < t.order_id * 64 + 64)
)
ORDER BY r.id DESC LIMIT 1;

-- name: import_touched_each
-- What it changed may also be what an order repeats. The parts come sorted by their indexes and are merged.
SELECT s.handling_id FROM sightings AS s WHERE s.import_id = :id AND s.what <> 0
UNION
SELECT h.id FROM handlings AS h WHERE h.id >= :first_handling_id AND h.id < :end_handling_id
UNION
SELECT v.id FROM handling_versions AS v WHERE v.changed_by = :id
UNION
SELECT h.id FROM order_versions AS v
JOIN orders AS o ON o.id = v.id AND o.repeat_of IS NOT v.repeat_of
JOIN handlings AS h ON h.id >= v.id * 64 AND h.id < v.id * 64 + 64
WHERE v.changed_by = :id
ORDER BY 1;

-- name: person_orders_delete_range
DELETE FROM person_orders WHERE (phone_key, order_id) IN (
    SELECT o.phone_key, o.id FROM orders AS o WHERE o.id >= :first_id AND o.id < :end_id AND o.phone_key IS NOT NULL
);

-- name: person_orders_drop_changed
-- Numbers that orders have which the import changed.
DELETE FROM person_orders WHERE (phone_key, order_id) IN (
    SELECT o.phone_key, o.id FROM orders AS o
    WHERE o.id IN (SELECT v.id FROM order_versions AS v WHERE v.changed_by = :import_id) AND o.phone_key IS NOT NULL
);

-- name: handlings_delete_added
DELETE FROM handlings
WHERE id IN (SELECT s.handling_id FROM sightings AS s WHERE s.import_id = :import_id AND s.what = 2);

-- name: orders_restore
INSERT INTO orders (
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
)
SELECT
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
FROM order_versions WHERE changed_by = :import_id
ON CONFLICT (id) DO UPDATE SET
    order_no = excluded.order_no, import_id = excluded.import_id, category_id = excluded.category_id,
    region_id = excluded.region_id, channel_id = excluded.channel_id, repeat_of = excluded.repeat_of,
    phone_key = excluded.phone_key, sealed = excluded.sealed;

-- name: handlings_restore
INSERT INTO handlings (
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
)
SELECT
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
FROM handling_versions WHERE changed_by = :import_id
ON CONFLICT (id) DO UPDATE SET
    unit_name_id = excluded.unit_name_id, received_at = excluded.received_at, due_at = excluded.due_at,
    closed_at = excluded.closed_at, submitted_at = excluded.submitted_at, traits = excluded.traits,
    dispatched_at = excluded.dispatched_at, extended_due_at = excluded.extended_due_at, extension_asked_at =
    excluded.extension_asked_at, extension_count = excluded.extension_count, accepted_at =
    excluded.accepted_at, first_closed_at = excluded.first_closed_at, redo_count = excluded.redo_count, role
    = excluded.role, urgency_id = excluded.urgency_id, status_id = excluded.status_id, hotline_resolved_id =
    excluded.hotline_resolved_id, hotline_satisfaction_id = excluded.hotline_satisfaction_id,
    unit_resolved_id = excluded.unit_resolved_id, import_id = excluded.import_id;

-- name: order_versions_delete
DELETE FROM order_versions WHERE changed_by = :import_id;

-- name: handling_versions_delete
DELETE FROM handling_versions WHERE changed_by = :import_id;

-- name: import_put_undone
UPDATE imports SET state = 'undone', undone_utc = :undone_utc WHERE id = :id AND state = 'loaded';

-- name: reject_put
INSERT INTO rejects (id, import_id, line, reason, header, sealed)
VALUES (:id, :import_id, :line, :reason, :header, :sealed);

-- name: reject_next_id
SELECT coalesce(max(id), 0) + 1 FROM rejects;

-- name: rejects_each
SELECT id, line, reason, header, sealed FROM rejects WHERE import_id = :import_id ORDER BY id;

-- name: record_flags_put
-- One record may name a handling twice (A局、A局): its flags add up.
INSERT INTO record_flags (import_id, line, handling_id, flags) VALUES (:import_id, :line, :handling_id, :flags)
ON CONFLICT (import_id, line, handling_id) DO UPDATE SET flags = record_flags.flags | excluded.flags;

-- name: record_flags_each_of_import
SELECT line, handling_id, flags FROM record_flags WHERE import_id = :import_id ORDER BY line, handling_id;

-- name: record_flags_each_of_handling
SELECT f.line, f.handling_id, f.flags FROM record_flags AS f JOIN imports AS i ON i.id = f.import_id
WHERE f.handling_id = :handling_id AND i.state = 'loaded' ORDER BY f.import_id, f.line;

-- name: import_unmatched_put
-- One name with two codes is one name here.
INSERT INTO import_unmatched (import_id, name, records) VALUES (:import_id, :name, :records)
ON CONFLICT (import_id, name) DO UPDATE SET records = import_unmatched.records + excluded.records;

-- name: import_unmatched_each
SELECT name, records FROM import_unmatched WHERE import_id = :import_id ORDER BY name;

-- Frozen frames. Parameters are bound by number, in the order of their first appearance.

-- name: frame_put_new
INSERT INTO frames (round_id, no, entries, listing_sha256, rules_sha256, secret_sha256, sealed_secret, frozen_utc)
VALUES (:round_id, :no, :entries, :listing_sha256, :rules_sha256, :secret_sha256, :sealed_secret, :frozen_utc);

-- name: frame_get_last
SELECT round_id, no, entries, listing_sha256, rules_sha256, secret_sha256, sealed_secret, frozen_utc
FROM frames WHERE round_id = :round_id ORDER BY no DESC LIMIT 1;

-- name: frame_get
SELECT round_id, no, entries, listing_sha256, rules_sha256, secret_sha256, sealed_secret, frozen_utc
FROM frames WHERE round_id = :round_id AND no = :no;

-- name: frame_unit_put
INSERT INTO frame_units (round_id, unit, code, entries) VALUES (:round_id, :unit, :code, :entries);

-- name: frame_units_each
SELECT unit, code, entries FROM frame_units WHERE round_id = :round_id ORDER BY unit;

-- name: frame_pending_put
INSERT INTO frame_pending (handling_id, unit) VALUES (:handling_id, :unit);

-- name: frame_entries_put_pending
-- Both tables are read in the order of their ids, side by side; then one sort, on disk where it is large.
INSERT INTO frame_entries (round_id, unit, order_no, handling_id)
SELECT :round_id, p.unit, o.order_no, p.handling_id
FROM frame_pending AS p CROSS JOIN orders AS o ON o.id = p.handling_id / 64
ORDER BY p.unit, o.order_no;

-- name: frame_pending_clear
DELETE FROM frame_pending;

-- name: frame_entries_each
SELECT unit, order_no, handling_id FROM frame_entries WHERE round_id = :round_id ORDER BY unit, order_no;

-- name: frame_entries_front
SELECT unit, order_no, handling_id FROM frame_entries WHERE round_id = :round_id
ORDER BY unit, order_no LIMIT :count;

-- name: frame_entries_back
SELECT unit, order_no, handling_id FROM frame_entries WHERE round_id = :round_id
ORDER BY unit DESC, order_no DESC LIMIT :count;

-- name: frame_entry_get
-- By unit, because the entries lie so: one search for each unit. An order may stand in several; the first one is told.
SELECT e.unit, e.order_no, e.handling_id
FROM frame_units AS u
CROSS JOIN frame_entries AS e ON e.round_id = u.round_id AND e.unit = u.unit AND e.order_no = :order_no
WHERE u.round_id = :round_id ORDER BY u.unit LIMIT 1;

-- name: frame_left_out_put
INSERT INTO frame_left_out (round_id, unit, reason, orders) VALUES (:round_id, :unit, :reason, :orders);

-- name: frame_left_out_each
SELECT unit, reason, orders FROM frame_left_out WHERE round_id = :round_id ORDER BY unit, reason;

-- name: frame_entries_delete
DELETE FROM frame_entries WHERE round_id = :round_id;

-- name: frame_units_delete
DELETE FROM frame_units WHERE round_id = :round_id;

-- name: frame_left_out_delete
DELETE FROM frame_left_out WHERE round_id = :round_id;

-- Orders, handlings and their history. Parameters are bound by number, in the order of their first appearance.

-- name: orders_put_new
-- Insert orders; nothing of those whose number is taken. OR FAIL: keeping what an error halfway would have to restore takes
-- a tenth of the time, and the transaction is rolled back anyway.
INSERT OR FAIL INTO orders (
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
)
SELECT
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
FROM new_orders WHERE true
ON CONFLICT (order_no) DO NOTHING;

-- name: order_id
SELECT id FROM orders WHERE order_no = :order_no;

-- name: order_put
-- Rewrite an order.
INSERT INTO orders (
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
) VALUES (
    :id, :order_no, :import_id, :category_id, :region_id, :channel_id, :repeat_of, :phone_key, :sealed
)
ON CONFLICT (id) DO UPDATE SET
    order_no = excluded.order_no, import_id = excluded.import_id, category_id = excluded.category_id,
    region_id = excluded.region_id, channel_id = excluded.channel_id, repeat_of = excluded.repeat_of,
    phone_key = excluded.phone_key, sealed = excluded.sealed;

-- name: order_get
SELECT
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
FROM orders WHERE order_no = :order_no;

-- name: order_get_by_id
SELECT
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
FROM orders WHERE id = :id;

-- name: handlings_put_new
-- Insert handlings; their ids must be free.
INSERT INTO handlings (
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
)
SELECT
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
FROM new_handlings;

-- name: handling_put
-- Insert or rewrite a handling.
INSERT INTO handlings (
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
) VALUES (
    :id, :unit_name_id, :received_at, :due_at, :closed_at, :submitted_at, :traits, :dispatched_at,
    :extended_due_at, :extension_asked_at, :extension_count, :accepted_at, :first_closed_at, :redo_count,
    :role, :urgency_id, :status_id, :hotline_resolved_id, :hotline_satisfaction_id, :unit_resolved_id,
    :import_id
)
ON CONFLICT (id) DO UPDATE SET
    unit_name_id = excluded.unit_name_id, received_at = excluded.received_at, due_at = excluded.due_at,
    closed_at = excluded.closed_at, submitted_at = excluded.submitted_at, traits = excluded.traits,
    dispatched_at = excluded.dispatched_at, extended_due_at = excluded.extended_due_at, extension_asked_at =
    excluded.extension_asked_at, extension_count = excluded.extension_count, accepted_at =
    excluded.accepted_at, first_closed_at = excluded.first_closed_at, redo_count = excluded.redo_count, role
    = excluded.role, urgency_id = excluded.urgency_id, status_id = excluded.status_id, hotline_resolved_id =
    excluded.hotline_resolved_id, hotline_satisfaction_id = excluded.hotline_satisfaction_id,
    unit_resolved_id = excluded.unit_resolved_id, import_id = excluded.import_id;

-- name: handlings_get
-- The handlings of one order lie side by side.
SELECT
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
FROM handlings WHERE id >= :first_id AND id < :end_id ORDER BY id;

-- name: pending_order_put
INSERT INTO pending_orders (
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
) VALUES (
    :id, :order_no, :import_id, :category_id, :region_id, :channel_id, :repeat_of, :phone_key, :sealed
)
ON CONFLICT (id) DO UPDATE SET
    order_no = excluded.order_no, import_id = excluded.import_id, category_id = excluded.category_id,
    region_id = excluded.region_id, channel_id = excluded.channel_id, repeat_of = excluded.repeat_of,
    phone_key = excluded.phone_key, sealed = excluded.sealed;

-- name: pending_order_get
SELECT
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
FROM pending_orders WHERE id = :id;

-- name: pending_handling_put
INSERT INTO pending_handlings (
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
) VALUES (
    :id, :unit_name_id, :received_at, :due_at, :closed_at, :submitted_at, :traits, :dispatched_at,
    :extended_due_at, :extension_asked_at, :extension_count, :accepted_at, :first_closed_at, :redo_count,
    :role, :urgency_id, :status_id, :hotline_resolved_id, :hotline_satisfaction_id, :unit_resolved_id,
    :import_id
)
ON CONFLICT (id) DO UPDATE SET
    unit_name_id = excluded.unit_name_id, received_at = excluded.received_at, due_at = excluded.due_at,
    closed_at = excluded.closed_at, submitted_at = excluded.submitted_at, traits = excluded.traits,
    dispatched_at = excluded.dispatched_at, extended_due_at = excluded.extended_due_at, extension_asked_at =
    excluded.extension_asked_at, extension_count = excluded.extension_count, accepted_at =
    excluded.accepted_at, first_closed_at = excluded.first_closed_at, redo_count = excluded.redo_count, role
    = excluded.role, urgency_id = excluded.urgency_id, status_id = excluded.status_id, hotline_resolved_id =
    excluded.hotline_resolved_id, hotline_satisfaction_id = excluded.hotline_satisfaction_id,
    unit_resolved_id = excluded.unit_resolved_id, import_id = excluded.import_id;

-- name: pending_handling_get
SELECT
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
FROM pending_handlings WHERE id = :id;

-- name: pending_handling_delete
DELETE FROM pending_handlings WHERE id = :id;

-- name: pending_handling_next
-- The one behind :after_id. Asked anew each time, because the reader changes the table as it goes.
SELECT
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
FROM pending_handlings WHERE id > :after_id ORDER BY id LIMIT 1;

-- name: order_versions_keep
-- The orders that pending ones will replace, as they are now.
INSERT INTO order_versions (
    changed_by,
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
)
SELECT
    :import_id,
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
FROM orders WHERE id IN (SELECT p.id FROM pending_orders AS p);

-- name: handling_versions_keep
INSERT INTO handling_versions (
    changed_by,
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
)
SELECT
    :import_id,
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
FROM handlings WHERE id IN (SELECT p.id FROM pending_handlings AS p);

-- name: orders_replace
INSERT INTO orders (
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
)
SELECT
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
FROM pending_orders WHERE true
ON CONFLICT (id) DO UPDATE SET
    order_no = excluded.order_no, import_id = excluded.import_id, category_id = excluded.category_id,
    region_id = excluded.region_id, channel_id = excluded.channel_id, repeat_of = excluded.repeat_of,
    phone_key = excluded.phone_key, sealed = excluded.sealed;

-- name: handlings_replace
INSERT INTO handlings (
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
)
SELECT
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
FROM pending_handlings WHERE true
ON CONFLICT (id) DO UPDATE SET
    unit_name_id = excluded.unit_name_id, received_at = excluded.received_at, due_at = excluded.due_at,
    closed_at = excluded.closed_at, submitted_at = excluded.submitted_at, traits = excluded.traits,
    dispatched_at = excluded.dispatched_at, extended_due_at = excluded.extended_due_at, extension_asked_at =
    excluded.extension_asked_at, extension_count = excluded.extension_count, accepted_at =
    excluded.accepted_at, first_closed_at = excluded.first_closed_at, redo_count = excluded.redo_count, role
    = excluded.role, urgency_id = excluded.urgency_id, status_id = excluded.status_id, hotline_resolved_id =
    excluded.hotline_resolved_id, hotline_satisfaction_id = excluded.hotline_satisfaction_id,
    unit_resolved_id = excluded.unit_resolved_id, import_id = excluded.import_id;

-- name: pending_orders_clear
DELETE FROM pending_orders;

-- name: pending_handlings_clear
DELETE FROM pending_handlings;

-- name: order_versions_each
SELECT
    changed_by,
    id, order_no, import_id, category_id, region_id, channel_id, repeat_of, phone_key, sealed
FROM order_versions WHERE id = :id ORDER BY changed_by;

-- name: handling_versions_each
SELECT
    changed_by,
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count, accepted_at, first_closed_at, redo_count, role, urgency_id,
    status_id, hotline_resolved_id, hotline_satisfaction_id, unit_resolved_id, import_id
FROM handling_versions WHERE id = :id ORDER BY changed_by;

-- name: sighting_put
-- A handling is seen as the strongest of what the import's rows made of it.
INSERT INTO sightings (import_id, handling_id, what) VALUES (:import_id, :handling_id, :what)
ON CONFLICT (import_id, handling_id) DO UPDATE SET what = excluded.what WHERE excluded.what > sightings.what;

-- name: sighting_get
SELECT what FROM sightings WHERE import_id = :import_id AND handling_id = :handling_id;

-- name: person_orders_drop_replaced
-- Numbers that orders had before the import changed them.
DELETE FROM person_orders WHERE (phone_key, order_id) IN (
    SELECT v.phone_key, v.id FROM order_versions AS v WHERE v.changed_by = :import_id AND v.phone_key IS NOT NULL
);

-- name: person_orders_put
-- Twice is once: an order may get its number back.
INSERT INTO person_orders (phone_key, order_id)
SELECT phone_key, order_id FROM new_persons WHERE true
ON CONFLICT (phone_key, order_id) DO NOTHING;

-- name: person_order_delete
DELETE FROM person_orders WHERE phone_key = :phone_key AND order_id = :order_id;

-- name: person_orders_add_changed
-- Numbers that orders have which the import changed.
INSERT INTO person_orders (phone_key, order_id)
SELECT o.phone_key, o.id FROM orders AS o
WHERE o.id IN (SELECT v.id FROM order_versions AS v WHERE v.changed_by = :import_id) AND o.phone_key IS NOT NULL
ORDER BY o.phone_key, o.id
ON CONFLICT (phone_key, order_id) DO NOTHING;

-- name: term_find
SELECT id FROM terms WHERE text = :text;

-- name: term_put_new
INSERT INTO terms (text) VALUES (:text) RETURNING id;

-- name: term_get
SELECT text FROM terms WHERE id = :id;

-- name: facts_each
-- Only what scoring reads, in the order of the table.
SELECT
    id, unit_name_id, received_at, due_at, closed_at, submitted_at, traits, dispatched_at, extended_due_at,
    extension_asked_at, extension_count
FROM handlings WHERE id >= :from_id AND id < :end_id ORDER BY id;

-- name: facts_end_id
-- Handlings below belong to loaded imports.
SELECT coalesce(
    (SELECT first_order_id * 64 FROM imports WHERE state = 'loading'),
    (SELECT max(id) + 1 FROM handlings),
    0
);

-- name: facts_changes
-- Each term only grows: two sums are equal when nothing of it has changed in between.
SELECT
    (SELECT count(*) FROM imports WHERE state <> 'loading') + (SELECT count(*) FROM imports WHERE state = 'undone')
    + (SELECT coalesce(max(id), 0) FROM round_steps) + (SELECT count(*) FROM exclusions WHERE state <> 'requested');

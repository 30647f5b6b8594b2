-- Draws and the orders they drew. Parameters are bound by number, in the order of their first appearance.

-- name: draw_put_new
INSERT INTO draws (
    round_id, no, frame_no, kind, seed, sealed_salt_key, wanted, public_sha256, drawn_utc, who, abandoned_utc
)
VALUES (
    :round_id, :no, :frame_no, :kind, :seed, :sealed_salt_key, :wanted, :public_sha256, :drawn_utc, :who, :abandoned_utc
);

-- name: draw_get_current
SELECT round_id, no, frame_no, kind, seed, sealed_salt_key, wanted, public_sha256, drawn_utc, who, abandoned_utc,
    seed_opened_utc
FROM draws
WHERE round_id = :round_id AND no = (SELECT max(d.no) FROM draws AS d WHERE d.round_id = :round_id)
  AND abandoned_utc IS NULL;

-- name: draw_get
SELECT round_id, no, frame_no, kind, seed, sealed_salt_key, wanted, public_sha256, drawn_utc, who, abandoned_utc,
    seed_opened_utc
FROM draws WHERE round_id = :round_id AND no = :no;

-- name: draws_each
SELECT round_id, no, frame_no, kind, seed, sealed_salt_key, wanted, public_sha256, drawn_utc, who, abandoned_utc,
    seed_opened_utc
FROM draws WHERE round_id = :round_id ORDER BY no;

-- name: draw_put_abandoned
UPDATE draws SET abandoned_utc = :abandoned_utc WHERE round_id = :round_id AND no = :no;

-- name: draw_put_seed_opened
-- The first time counts.
UPDATE draws SET seed_opened_utc = coalesce(seed_opened_utc, :at_utc) WHERE round_id = :round_id AND no = :no;

-- name: draw_unit_put
INSERT INTO draw_units (round_id, draw_no, unit, code, frame, sample, reserve, released)
VALUES (:round_id, :draw_no, :unit, :code, :frame, :sample, :reserve, :released);

-- name: draw_units_each
SELECT unit, code, frame, sample, reserve, released
FROM draw_units WHERE round_id = :round_id AND draw_no = :draw_no ORDER BY unit;

-- name: draw_unit_put_released
-- What was released stays so: -1 is what the CHECK of the table refuses.
UPDATE draw_units SET released = iif(:released >= released, :released, -1)
WHERE round_id = :round_id AND draw_no = :draw_no AND unit = :unit;

-- name: drawn_put_new
INSERT INTO drawn_orders (round_id, draw_no, unit, position, order_no, handling_id, ticket, case_no)
VALUES (:round_id, :draw_no, :unit, :position, :order_no, :handling_id, :ticket, :case_no)
RETURNING id;

-- name: drawn_each
SELECT d.id, d.unit, d.position, d.order_no, d.handling_id, d.ticket, d.case_no, d.position <= u.released
FROM draw_units AS u
CROSS JOIN drawn_orders AS d ON d.round_id = u.round_id AND d.draw_no = u.draw_no AND d.unit = u.unit
WHERE u.round_id = :round_id AND u.draw_no = :draw_no
ORDER BY u.unit, d.position;

-- name: drawn_get
SELECT d.id, d.unit, d.position, d.order_no, d.handling_id, d.ticket, d.case_no, d.position <= u.released
FROM drawn_orders AS d
CROSS JOIN draw_units AS u ON u.round_id = d.round_id AND u.draw_no = d.draw_no AND u.unit = d.unit
WHERE d.round_id = :round_id AND d.draw_no = :draw_no AND d.order_no = :order_no;

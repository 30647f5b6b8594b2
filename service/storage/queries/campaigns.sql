-- Campaigns and their units. Parameters are bound by number, in the order of their first appearance.

-- name: campaign_put_new
INSERT INTO campaigns (round_id, draw_no, file_id, is_paused, opened_utc, ended_utc, opened_by)
VALUES (:round_id, :draw_no, :file_id, :is_paused, :opened_utc, :ended_utc, :opened_by);

-- name: campaign_get
SELECT c.id, c.round_id, c.draw_no, r.name, c.file_id, c.is_paused, c.opened_utc, c.opened_by, c.ended_utc,
    r.state NOT IN ('drawn', 'calling') OR w.abandoned_utc IS NOT NULL
FROM campaigns AS c JOIN rounds AS r ON r.id = c.round_id JOIN draws AS w ON w.round_id = c.round_id AND w.no = c.draw_no
WHERE c.id = :id;

-- name: campaign_get_current
-- As draw_get_current.
SELECT c.id, c.round_id, c.draw_no, r.name, c.file_id, c.is_paused, c.opened_utc, c.opened_by, c.ended_utc,
    r.state NOT IN ('drawn', 'calling') OR w.abandoned_utc IS NOT NULL
FROM campaigns AS c JOIN rounds AS r ON r.id = c.round_id JOIN draws AS w ON w.round_id = c.round_id AND w.no = c.draw_no
WHERE c.round_id = :round_id AND c.draw_no = (SELECT max(d.no) FROM draws AS d WHERE d.round_id = :round_id)
  AND w.abandoned_utc IS NULL;

-- name: campaigns_each_open
SELECT c.id, c.round_id, c.draw_no, r.name, c.file_id, c.is_paused, c.opened_utc, c.opened_by, c.ended_utc,
    r.state NOT IN ('drawn', 'calling') OR w.abandoned_utc IS NOT NULL
FROM campaigns AS c JOIN rounds AS r ON r.id = c.round_id JOIN draws AS w ON w.round_id = c.round_id AND w.no = c.draw_no
WHERE c.ended_utc IS NULL ORDER BY c.id;

-- name: campaign_put_paused
UPDATE campaigns SET is_paused = ?2 WHERE id = ?1;

-- name: campaign_put_ended
UPDATE campaigns SET ended_utc = nullif(?2, 0) WHERE id = ?1;

-- name: campaign_unit_put
INSERT INTO campaign_units (campaign_id, unit, target, released, queued, final, complete)
VALUES (:campaign_id, :unit, :target, :released, :queued, :final, :complete)
ON CONFLICT (campaign_id, unit) DO UPDATE SET
    target = excluded.target, released = excluded.released, queued = excluded.queued, final = excluded.final,
    complete = excluded.complete;

-- name: campaign_units_each
SELECT u.unit, d.code, u.target, u.released, u.queued, u.final, u.complete
FROM campaigns AS c
    CROSS JOIN campaign_units AS u ON u.campaign_id = c.id
    CROSS JOIN draw_units AS d ON d.round_id = c.round_id AND d.draw_no = c.draw_no AND d.unit = u.unit
WHERE c.id = :campaign_id ORDER BY u.unit;

-- name: campaign_unit_find_fresh
SELECT unit, share, in_work FROM campaign_units
WHERE campaign_id = :campaign_id AND queued > 0 AND (share, in_work, unit) > (:share, :in_work, :unit)
ORDER BY share, in_work, unit LIMIT 1;

-- name: campaign_unit_add
UPDATE campaign_units SET
    released = released + ?3, queued = queued + ?4, final = final + ?5, complete = complete + ?6
WHERE campaign_id = ?1 AND unit = ?2;

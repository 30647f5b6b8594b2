-- Remarks on rounds. Parameters are bound by number, in the order of their first appearance.

-- name: remark_put_new
INSERT INTO round_remarks (round_id, account_id, who, text, at_utc)
VALUES (:round_id, :account_id, :who, :text, :at_utc);

-- name: remarks_each
SELECT id, round_id, account_id, who, text, at_utc FROM round_remarks
WHERE round_id = :round_id AND id < :before_id
ORDER BY id DESC LIMIT :limit;

-- Answers of writes. Parameters are bound by number, in the order of their first appearance.

-- name: receipt_put_new
INSERT INTO receipts (account, key, request_sha256, answer, created_utc)
VALUES (:account, :key, :request_sha256, :answer, :created_utc);

-- name: receipt_get
SELECT account, key, request_sha256, created_utc, answer FROM receipts WHERE id = :id;

-- name: receipts_each
SELECT account, key, request_sha256, created_utc, id FROM receipts ORDER BY id;

-- name: receipt_newest_id
SELECT coalesce(max(id), 0) FROM receipts;

-- name: receipts_expired
-- Of the oldest, the last before the first that is to stay; the newest of all stays, so that ids go on rising.
SELECT coalesce(min(r.id) FILTER (WHERE r.created_utc >= :until_utc) - 1, max(r.id), 0)
FROM (
    SELECT id, created_utc FROM receipts WHERE id < (SELECT max(id) FROM receipts) ORDER BY id LIMIT :limit
) AS r;

-- name: receipts_purge
DELETE FROM receipts WHERE id <= :last_id;

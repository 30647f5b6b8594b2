-- Files of outcomes, attempts and rejects. Parameters are bound by number, in the order of their first appearance.

-- name: outcome_file_put_new
INSERT INTO outcome_files (
    round_id, draw_no, file_name, sha256, imported_utc, who, rows, accepted, updated, unchanged, rejected, kind,
    why
)
VALUES (
    :round_id, :draw_no, :file_name, :sha256, :imported_utc, :who, :rows, :accepted, :updated, :unchanged, :rejected,
    :kind, :why
)
RETURNING id;

-- name: outcome_file_put_counts
UPDATE outcome_files SET
    rows = :rows, accepted = :accepted, updated = :updated, unchanged = :unchanged, rejected = :rejected
WHERE id = :id;

-- name: outcome_file_add_accepted
UPDATE outcome_files SET rows = rows + ?2, accepted = accepted + ?2 WHERE id = ?1;

-- name: outcome_file_get_by_hash
SELECT id, round_id, draw_no, file_name, sha256, imported_utc, who, rows, accepted, updated, unchanged, rejected, kind, why
FROM outcome_files
WHERE round_id = :round_id AND draw_no = :draw_no AND sha256 = :sha256
ORDER BY id DESC LIMIT 1;

-- name: outcome_files_each
SELECT id, round_id, draw_no, file_name, sha256, imported_utc, who, rows, accepted, updated, unchanged, rejected, kind, why
FROM outcome_files WHERE round_id = :round_id ORDER BY id;

-- name: attempt_put_new
INSERT INTO attempts (
    drawn_id, called_at, no, called_kind, caller_id, code, resolved, still_open, satisfaction, sealed, file_id
)
VALUES (
    :drawn_id, :called_at, :no, :called_kind, :caller_id, :code, :resolved, :still_open, :satisfaction, :sealed, :file_id
);

-- name: attempt_keep_version
-- A file that corrects one attempt twice keeps what stood there before the file.
INSERT INTO attempt_versions (
    changed_by, drawn_id, called_at, no, called_kind, caller_id, code, resolved, still_open, satisfaction, sealed, file_id
)
SELECT
    :changed_by, drawn_id, called_at, no, called_kind, caller_id, code, resolved, still_open, satisfaction, sealed, file_id
FROM attempts WHERE drawn_id = :drawn_id AND called_at = :called_at AND no = :no
ON CONFLICT DO NOTHING;

-- name: attempt_rewrite
-- The parameters of attempt_put_new.
UPDATE attempts SET
    called_kind = ?4, caller_id = ?5, code = ?6, resolved = ?7, still_open = ?8, satisfaction = ?9, sealed = ?10,
    file_id = ?11
WHERE drawn_id = ?1 AND called_at = ?2 AND no = ?3;

-- name: attempts_each_of
SELECT drawn_id, called_at, no, called_kind, caller_id, code, resolved, still_open, satisfaction, file_id, sealed
FROM attempts WHERE drawn_id = :drawn_id ORDER BY called_at, no;

-- name: attempt_versions_each
SELECT drawn_id, called_at, no, called_kind, caller_id, code, resolved, still_open, satisfaction, file_id, sealed
FROM attempt_versions WHERE drawn_id = :drawn_id ORDER BY changed_by, called_at, no;

-- name: attempts_of_draw
-- The ids of a draw's orders follow each other: their first and last say it all, and nothing is joined.
SELECT drawn_id, called_at, no, called_kind, caller_id, code, resolved, still_open, satisfaction, file_id
FROM attempts
WHERE drawn_id >= (SELECT d.id FROM drawn_orders AS d WHERE d.round_id = :round_id AND d.draw_no = :draw_no
                   ORDER BY d.unit, d.position LIMIT 1)
  AND drawn_id <= (SELECT d.id FROM drawn_orders AS d WHERE d.round_id = :round_id AND d.draw_no = :draw_no
                   ORDER BY d.unit DESC, d.position DESC LIMIT 1)
ORDER BY drawn_id, called_at, no;

-- name: outcome_reject_next_id
SELECT coalesce(max(id), 0) + 1 FROM outcome_rejects;

-- name: outcome_reject_put
INSERT INTO outcome_rejects (id, file_id, line, reason, header, sealed)
VALUES (:id, :file_id, :line, :reason, :header, :sealed);

-- name: outcome_rejects_each
SELECT id, file_id, line, reason, header, sealed FROM outcome_rejects WHERE file_id = :file_id ORDER BY line, id;

-- Long jobs of the service. Parameters are bound by number, in the order of their first appearance.

-- name: task_put_new
INSERT INTO tasks (kind, account_id, who, subject, state, message, result_type, created_utc, ended_utc)
VALUES (:kind, :account_id, :who, :subject, :state, :message, :result_type, :created_utc, :ended_utc);

-- name: task_put_state
UPDATE tasks SET state = :state, message = :message, result_type = :result_type, ended_utc = :ended_utc
WHERE id = :id
RETURNING id;

-- name: tasks_put_interrupted
UPDATE tasks SET state = 'interrupted', ended_utc = :at_utc WHERE state IN ('queued', 'running');

-- name: task_get
SELECT id, kind, account_id, who, subject, state, message, result_type, created_utc, ended_utc
FROM tasks WHERE id = :id;

-- name: tasks_each
SELECT id, kind, account_id, who, subject, state, message, result_type, created_utc, ended_utc
FROM tasks WHERE id < :before_id ORDER BY id DESC LIMIT :limit;

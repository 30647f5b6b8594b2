-- The audit log. Parameters are bound by number, in the order of their first appearance.

-- name: audit_put_new
INSERT INTO audit_log (id, at_ms, who, role, address, action, target, outcome, details, mac)
VALUES (:id, :at_ms, :who, :role, :address, :action, :target, :outcome, :details, :mac);

-- name: audit_last
SELECT id, mac FROM audit_log ORDER BY id DESC LIMIT 1;

-- name: audit_get_mac
SELECT id, mac FROM audit_log WHERE id = :id;

-- name: audit_anchor_get
SELECT last_id, mac FROM audit_anchor WHERE id = 1;

-- name: audit_anchor_store
INSERT INTO audit_anchor (id, last_id, mac, cut_utc) VALUES (1, :last_id, :mac, :cut_utc)
ON CONFLICT (id) DO UPDATE SET last_id = excluded.last_id, mac = excluded.mac, cut_utc = excluded.cut_utc;

-- name: audit_each_upward
-- Without `who`, `action`, `target` all are meant; `family` is what the words of some actions begin with, or empty.
SELECT id, at_ms, who, role, address, action, target, outcome, details, mac FROM audit_log
WHERE id > :after_id AND at_ms >= :from_ms AND at_ms < :to_ms
    AND (:who = '' OR who = :who) AND (:target = '' OR target = :target)
    AND (:action = '' OR action = :action)
    AND (:family = '' OR substr(action, 1, length(:family)) = :family)
ORDER BY id LIMIT :rows;

-- name: audit_each_downward
SELECT id, at_ms, who, role, address, action, target, outcome, details, mac FROM audit_log
WHERE id < :after_id AND at_ms >= :from_ms AND at_ms < :to_ms
    AND (:who = '' OR who = :who) AND (:target = '' OR target = :target)
    AND (:action = '' OR action = :action)
    AND (:family = '' OR substr(action, 1, length(:family)) = :family)
ORDER BY id DESC LIMIT :rows;

-- name: audit_delete
DELETE FROM audit_log WHERE id <= :last_id;

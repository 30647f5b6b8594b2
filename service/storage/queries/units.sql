-- The register of units and their names. Parameters are bound by number, in the order of their first appearance.

-- name: units_count
SELECT count(*) FROM units;

-- name: unit_class_put
-- A class that is new stands behind the others.
INSERT INTO unit_classes (name, position)
SELECT :name, coalesce(max(c.position), 0) + 1 FROM unit_classes AS c WHERE true
ON CONFLICT (name) DO NOTHING;

-- name: unit_id
SELECT id FROM units WHERE code = :code;

-- name: unit_leads_to
-- Whether :start is a unit, and whether parents and merges lead from it to :target, itself included. UNION, so that
-- even a damaged register ends.
WITH RECURSIVE above (id) AS (
    SELECT u.id FROM units AS u WHERE u.id = :start
    UNION
    SELECT next.id
    FROM above
    JOIN units AS u ON u.id = above.id
    JOIN units AS next ON next.id IN (u.parent_id, u.merged_into)
)
SELECT count(*), count(CASE WHEN above.id = :target THEN 1 END) FROM above;

-- name: unit_put
-- A merge is not undone by correcting what the unit is called.
INSERT INTO units (code, name, class_id, parent_id, valid_from, valid_to)
VALUES (:code, :name, (SELECT c.id FROM unit_classes AS c WHERE c.name = :class), :parent_id, :valid_from, :valid_to)
ON CONFLICT (code) DO UPDATE SET
    name = excluded.name, class_id = excluded.class_id, parent_id = excluded.parent_id,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to
RETURNING id;

-- name: unit_own_name_put
-- The register's own name of a unit, unless it means another unit already: only the office moves a name.
INSERT INTO unit_names (name, folded, unit_id) VALUES (:name, :folded, :unit_id)
ON CONFLICT (folded, code) DO UPDATE SET unit_id = excluded.unit_id WHERE unit_names.unit_id IS NULL;

-- name: unit_get_by_code
SELECT u.id, u.code, u.name, c.name, c.position, u.parent_id, p.code, u.valid_from, u.valid_to, u.merged_into
FROM units AS u JOIN unit_classes AS c ON c.id = u.class_id LEFT JOIN units AS p ON p.id = u.parent_id
WHERE u.code = :code;

-- name: unit_get
SELECT u.id, u.code, u.name, c.name, c.position, u.parent_id, p.code, u.valid_from, u.valid_to, u.merged_into
FROM units AS u JOIN unit_classes AS c ON c.id = u.class_id LEFT JOIN units AS p ON p.id = u.parent_id
WHERE u.id = :id;

-- name: units_each
-- In the order of papers.
SELECT u.id, u.code, u.name, c.name, c.position, u.parent_id, p.code, u.valid_from, u.valid_to, u.merged_into
FROM units AS u JOIN unit_classes AS c ON c.id = u.class_id LEFT JOIN units AS p ON p.id = u.parent_id
ORDER BY c.position, u.code;

-- name: unit_merge
UPDATE units SET merged_into = :into WHERE id = :id;

-- name: unit_name_put_new
-- What it means without a code, nobody has said yet; with one, the view says it.
INSERT INTO unit_names (name, folded, code) VALUES (:name, :folded, :code)
ON CONFLICT (folded, code) DO NOTHING;

-- name: unit_name_find
SELECT id, name, folded, code, unit_id, is_alias FROM unit_names_matched WHERE folded = :folded AND code = :code;

-- name: unit_name_get
SELECT id, name, folded, code, unit_id, is_alias FROM unit_names_matched WHERE id = :id;

-- name: unit_names_each
SELECT id, name, folded, code, unit_id, is_alias FROM unit_names_matched ORDER BY id;

-- name: unit_names_unmatched_each
-- Materialized, so that the view is asked once a name and not once a handling; of equal spellings the first speaks.
WITH unmatched AS MATERIALIZED (SELECT n.id, n.name, n.folded FROM unit_names_matched AS n WHERE n.unit_id IS NULL)
SELECT u.name, u.folded, count(DISTINCT h.id / 64) AS orders, min(u.id)
FROM handlings AS h JOIN unmatched AS u ON u.id = h.unit_name_id
GROUP BY u.folded
ORDER BY orders DESC, u.folded;

-- name: unit_alias_put
-- The office's word moves a name, whomever it meant.
INSERT INTO unit_names (name, folded, unit_id, is_alias) VALUES (:name, :folded, :unit_id, 1)
ON CONFLICT (folded, code) DO UPDATE SET unit_id = excluded.unit_id, is_alias = 1;

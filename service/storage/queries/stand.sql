-- The stand of what results are counted from.

-- name: stand_get
SELECT number FROM results_stand;

-- name: stand_move
UPDATE results_stand SET number = number + 1;

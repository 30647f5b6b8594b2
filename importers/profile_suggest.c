#include "importers/profile_suggest.h"

#include "base/alloc.h"
#include "base/embedded.h"

#include "importers/columns.h"

extern const struct embedded_file embedded_importers[];

static struct bytes name_of(const struct embedded_file *file)
{
    struct bytes name = bytes_from_z(file->name);
    name.len -= sizeof ".ini" - 1;
    return name;
}

static int fits_header(struct bytes text, const struct bytes *header, size_t header_count,
                       struct buf *scratch, struct columns *columns, bool *out_fits,
                       struct err *err)
{
    struct profile *profile = NULL;
    uint64_t mapped = 0;
    int rc = profile_parse(text, &profile, err);
    if (rc != OK)
        return rc;
    for (int field = 0; field < FIELD_COUNT; field++)
        mapped |= profile->columns[field] != NULL ? UINT64_C(1) << field : 0;
    rc = columns_match(profile, header, header_count, scratch, columns, err);
    *out_fits = rc == OK && columns->doubled < 0 &&
                (columns->fields & COLUMNS_REQUIRED) == COLUMNS_REQUIRED &&
                __builtin_popcountll(columns->fields) * 4 >= __builtin_popcountll(mapped) * 3;
    profile_free(profile);
    return rc;
}

int profile_suggest(const struct profile *used, const struct bytes *header, size_t header_count,
                    struct bytes *out_name, struct err *err)
{
    struct buf scratch;
    struct columns *columns = mem_alloc(sizeof *columns);
    int rc = columns == NULL ? err_set(err, ERR_NOMEM, "could not compare profiles") : OK;
    struct bytes found = BYTES_NONE;
    buf_init(&scratch, TABLE_MAX_ROW_BYTES);
    for (const struct embedded_file *file = embedded_importers;
         file->name != NULL && found.len == 0 && rc == OK; file++) {
        struct bytes name = name_of(file);
        bool fits = false;
        if (bytes_equal(name, BYTES_LIT("auto")) || bytes_equal(name, profile_name(used)))
            continue;
        rc = fits_header(embedded_bytes(file), header, header_count, &scratch, columns, &fits, err);
        if (rc == OK && fits)
            found = name;
    }
    if (rc == OK)
        *out_name = found;
    buf_deinit(&scratch);
    mem_free(columns);
    return rc;
}

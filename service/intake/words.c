#include "service/intake/words.h"

#include "base/alloc.h"

#include "importers/names.h"

enum { NAME_MAX_BYTES = 1024 * 1024, KEY_SEPARATOR = 0x1F };

void words_init(struct words *words, struct store *store)
{
    *words = (struct words){.store = store};
    map_init(&words->terms, WORDS_MAX_TERMS);
    map_init(&words->units, WORDS_MAX_UNITS);
    buf_init(&words->key, (size_t)2 * NAME_MAX_BYTES + 1);
    buf_init(&words->folded, (size_t)2 * NAME_MAX_BYTES);
}

void words_deinit(struct words *words)
{
    map_deinit(&words->terms);
    map_deinit(&words->units);
    mem_free(words->unit_words);
    buf_deinit(&words->key);
    buf_deinit(&words->folded);
    *words = (struct words){0};
}

int words_term(struct words *words, struct bytes text, int64_t *out_id, struct err *err)
{
    if (text.len == 0) {
        *out_id = 0;
        return OK;
    }
    struct map_entry *entry = map_get(&words->terms, text);
    if (entry != NULL) {
        *out_id = entry->value;
        return OK;
    }
    int rc = term_put(words->store, text, out_id, err);
    if (rc != OK)
        return rc;
    /* Any number of words may come; the table is only a shortcut and starts anew when it is full. */
    rc = map_put(&words->terms, text, *out_id, &entry, err);
    if (rc == ERR_LIMIT) {
        map_clear(&words->terms);
        rc = OK;
    }
    return rc;
}

static int add_unit_word(struct words *words, struct bytes name, struct bytes code, struct err *err)
{
    if (words->unit_count == words->unit_capacity) {
        size_t capacity = words->unit_capacity > 0 ? words->unit_capacity * 2 : 64;
        struct unit_word *grown =
            mem_realloc(words->unit_words, size_multiply(capacity, sizeof *grown));
        if (grown == NULL)
            return err_set(err, ERR_NOMEM, "could not keep %zu names of units", capacity);
        words->unit_words = grown;
        words->unit_capacity = capacity;
    }
    buf_clear(&words->folded);
    name_fold(name, &words->folded);
    struct unit_name_row row;
    struct map_entry *entry = NULL;
    int rc = buf_status(&words->folded, err);
    if (rc == OK)
        rc = unit_name_put(words->store, name, buf_bytes(&words->folded), code, &row, err);
    if (rc == OK)
        rc =
            map_put(&words->units, buf_bytes(&words->key), (int64_t)words->unit_count, &entry, err);
    if (rc != OK)
        return rc;
    words->unit_words[words->unit_count++] = (struct unit_word){
        .name = {entry->key.ptr, name.len},
        .code = {entry->key.ptr + name.len + 1, code.len},
        .name_id = row.id,
        .unit_id = row.unit_id,
    };
    return OK;
}

int words_unit(struct words *words, struct bytes name, struct bytes code, struct unit_word **out,
               struct err *err)
{
    buf_clear(&words->key);
    buf_append(&words->key, name);
    buf_append_byte(&words->key, KEY_SEPARATOR);
    buf_append(&words->key, code);
    int rc = buf_status(&words->key, err);
    if (rc != OK)
        return rc;
    struct map_entry *entry = map_get(&words->units, buf_bytes(&words->key));
    if (entry == NULL) {
        rc = add_unit_word(words, name, code, err);
        if (rc != OK)
            return err_wrap(err, "could not look up unit \"" BYTES_FMT "\"", BYTES_ARG(name));
        *out = &words->unit_words[words->unit_count - 1];
        return OK;
    }
    *out = &words->unit_words[entry->value];
    return OK;
}

int64_t unit_identity(int64_t name_id, int64_t unit_id)
{
    return unit_id != 0 ? unit_id : -name_id;
}

int words_identity_of(struct words *words, int64_t name_id, int64_t *out_identity, struct err *err)
{
    if (name_id == 0) {
        *out_identity = 0;
        return OK;
    }
    struct unit_name_row row;
    int rc = unit_name_get(words->store, name_id, &row, err);
    if (rc == OK)
        *out_identity = unit_identity(row.id, row.unit_id);
    return rc;
}

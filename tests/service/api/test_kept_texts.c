#include "service/api/kept_texts.h"

#include "base/alloc.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct text_key bulletin = {
    .what = "bulletin", .round = BYTES_LIT("2024-05"), .minute = 7};

static bool has(const struct kept_texts *texts, const struct text_key *key, struct bytes text)
{
    struct bytes found = kept_texts_find(texts, key);
    return found.ptr != NULL && bytes_equal(found, text);
}

static void texts__are_found_by_the_whole_key(void **state)
{
    (void)state;
    static struct kept_texts texts;
    struct text_key others[] = {bulletin, bulletin, bulletin, bulletin};
    kept_texts_put(&texts, &bulletin, BYTES_LIT("五月"));
    assert_true(has(&texts, &bulletin, BYTES_LIT("五月")));
    others[0].what = "score";
    others[1].round = BYTES_LIT("2024-06");
    others[2].part = BYTES_LIT("on_time-1");
    others[3].minute = 8;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_null(kept_texts_find(&texts, &others[i]).ptr);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        kept_texts_put(&texts, &others[i], BYTES_LIT("x"));
    assert_true(has(&texts, &bulletin, BYTES_LIT("五月")));
    assert_true(has(&texts, &others[2], BYTES_LIT("x")));
    kept_texts_clear(&texts);
    assert_null(kept_texts_find(&texts, &bulletin).ptr);
    assert_int_equal(texts.bytes, 0);
}

static void texts__give_way_by_age(void **state)
{
    (void)state;
    static struct kept_texts texts;
    struct text_key key = bulletin;
    for (int64_t i = 0; i <= KEPT_TEXTS_MAX; i++) {
        key.minute = i;
        kept_texts_put(&texts, &key, BYTES_LIT("text"));
    }
    assert_true(has(&texts, &key, BYTES_LIT("text")));
    key.minute = 1;
    assert_true(has(&texts, &key, BYTES_LIT("text")));
    key.minute = 0;
    assert_null(kept_texts_find(&texts, &key).ptr);
    kept_texts_clear(&texts);
}

static void texts__stay_within_their_bytes(void **state)
{
    (void)state;
    static struct kept_texts texts;
    struct text_key key = bulletin;
    size_t size = KEPT_TEXT_MAX_BYTES - bulletin.round.len;
    char *large = mem_calloc(1, size + 1);
    assert_non_null(large);
    kept_texts_put(&texts, &key, (struct bytes){large, size + 1});
    assert_null(kept_texts_find(&texts, &key).ptr);
    for (int64_t i = 0; i < 6; i++) {
        key.minute = i;
        kept_texts_put(&texts, &key, (struct bytes){large, size});
        assert_true(texts.bytes <= KEPT_TEXTS_MAX_BYTES);
        assert_true(has(&texts, &key, (struct bytes){large, size}));
    }
    key.minute = 1;
    assert_null(kept_texts_find(&texts, &key).ptr);
    key.minute = 2;
    assert_non_null(kept_texts_find(&texts, &key).ptr);
    kept_texts_clear(&texts);
    mem_free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts__are_found_by_the_whole_key),
        cmocka_unit_test(texts__give_way_by_age),
        cmocka_unit_test(texts__stay_within_their_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

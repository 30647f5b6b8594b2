#ifndef PINGYI_SERVICE_COMMANDS_ORDER_VALUES_H
#define PINGYI_SERVICE_COMMANDS_ORDER_VALUES_H

#include "base/zone.h"

#include "service/intake/texts.h"
#include "service/storage/orders.h"

#include <jansson.h>

/* The fields of orders and handlings as JSON, by the words of profiles; what names a person is masked. Fields that are
 * empty are left out. NULL in *out never comes with OK. */

struct order_values {
    struct store *store;
    const struct zone *zone;
};

int order_to_json(const struct order_values *values, const struct order_row *row,
                  const struct texts *texts, json_t **out, struct err *err);
int handling_to_json(const struct order_values *values, const struct handling_row *row,
                     json_t **out, struct err *err);

/* A text of a citizen or unit with its numbers masked; NULL when memory fails. */
json_t *order_text_to_json(struct bytes text);
json_t *order_moment_to_json(struct moment moment, const struct zone *zone);

/* The lines of an object that was made here, labelled in Chinese; indented by `depth`. */
void order_json_to_words(const json_t *value, int depth, struct buf *out);

#endif

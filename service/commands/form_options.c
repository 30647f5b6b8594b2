#include "service/commands/form_options.h"

#include "importers/form.h"

bool form_option_is(int option)
{
    return option >= FORM_OPTION_ENCODING && option < FORM_OPTION_END;
}

int form_option_set(struct form *form, int option, const char *value, struct err *err)
{
    static const char *const keys[] = {"encoding", "delimiter", "quote",
                                       "escape",   "skip_rows", "header_rows"};
    return form_set(form, bytes_from_z(keys[option - FORM_OPTION_ENCODING]), bytes_from_z(value),
                    err);
}

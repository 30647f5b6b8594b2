#ifndef PINGYI_SERVICE_COMMANDS_IMPORT_REPORT_H
#define PINGYI_SERVICE_COMMANDS_IMPORT_REPORT_H

#include "service/api/import_view.h"
#include "service/commands/command.h"
#include "service/intake/intake.h"
#include "service/rounds/late.h"

#include <jansson.h>

/* What `import` and `imports` print of files: words for people, or an array of objects. */
struct import_report {
    json_t *array; /* NULL: words */
    struct buf text;
    int files, refused, partly;
};

void import_report_init(struct import_report *report, bool json);
void import_report_deinit(struct import_report *report);

/* `late` is what came too late for frozen rounds; objects alone name it, in words the command says it. */
int import_report_add(struct import_report *report, const char *path,
                      const struct intake_result *result, const struct late *late, bool dry_run,
                      struct err *err);

/* A file that could not be loaded, like a refused one. In words the failure has been printed already. */
int import_report_add_failed(struct import_report *report, const char *path,
                             const struct err *failure, struct err *err);

/* Print; *out_status is 0, 3 (something to look at, or some files refused) or 1 (all refused). */
int import_report_finish(struct import_report *report, const struct command_context *context,
                         int *out_status, struct err *err);

/* Whether a text goes by the name of a spreadsheet: .xls, .xlsx, .xlsm, .et. */
bool import_is_misnamed(struct bytes file_name);

#endif

#include "service/api/call.h"
#include "service/api/handlers.h"
#include "service/api/import_shown.h"
#include "service/api/import_view.h"

/* What was loaded and how good it is. Loading and taking back are tasks: task_import.c. */

static int list(struct call *call, struct store *store, struct err *err)
{
    json_t *imports = json_array();
    int rc = import_rows_to_json(store, imports, err);
    if (rc == OK)
        rc = call_put_json(call, json_pack("{s:O, s:n}", "items", imports, "after"), err);
    json_decref(imports);
    return rc;
}

void imports_list(struct http_exchange *exchange)
{
    call_read(call_of(exchange), list, NULL);
}

static int show(struct call *call, struct store *store, struct err *err)
{
    const int64_t *id = call->input;
    struct datadir datadir = call->service->datadir;
    json_t *object = NULL;
    datadir.store = store;
    int rc = import_shown_json(&datadir, *id, &object, err);
    if (rc == OK)
        rc = import_shown_say(object, err);
    if (rc == OK)
        return call_put_json(call, object, err);
    json_decref(object);
    return rc;
}

void imports_show(struct http_exchange *exchange)
{
    struct call *call = call_of(exchange);
    int64_t *id = call_alloc(call, sizeof *id);
    call->input = id;
    if (id != NULL && call_param_id(call, "id", id))
        call_read(call, show, NULL);
}

#ifndef PINGYI_SERVICE_COMMANDS_ROTATION_H
#define PINGYI_SERVICE_COMMANDS_ROTATION_H

#include "service/host/datadir.h"

/* Sealing everything anew under the vault's current key, blind indexes too. In slices that commit by themselves: what
 * was interrupted goes on where it stopped. `datadir` is one that datadir_open_rotating opened; nobody else may be at
 * work on it. */
struct rotation_counts {
    int64_t seen, sealed; /* records */
};
int rotation_run(const struct datadir *datadir, struct rotation_counts *out, struct err *err);

#endif

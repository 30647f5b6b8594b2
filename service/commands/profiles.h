#ifndef PINGYI_SERVICE_COMMANDS_PROFILES_H
#define PINGYI_SERVICE_COMMANDS_PROFILES_H

#include "importers/profile.h"

/* The profile of a command line: NULL means auto; an argument with a slash or ending in .ini is a file, any other the
 * name of a built-in one. */
int profile_choose(const char *argument, struct profile **out_profile, struct err *err);

#endif

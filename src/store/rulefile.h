/*
 * rulefile: a file of rules, smtpd-rules(5).
 */
#ifndef STORE_RULEFILE_H
#define STORE_RULEFILE_H

#include "format/wire/rules.h"

/*
 * Reads it.  NULL when it cannot be read or has mistakes, all of which are
 * said on standard error.
 */
struct rules *rulefile_read(const char *path);

/* rules_event, now. */
struct rules_action rulefile_event(void *rules, enum rules_place place,
    const struct rules_facts *facts);

#endif

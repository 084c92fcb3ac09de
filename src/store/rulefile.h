/*
 * rulefile: a file of smtpd-rules(5).
 */
#ifndef STORE_RULEFILE_H
#define STORE_RULEFILE_H

#include "format/dialogue/rules.h"

/* The rules that are in it; what is wrong is said, and ends the program. */
struct rules *rulefile_read(const char *path, const struct rules_for *who);

/* rules_event, now; rules as void * so that this fits a session's callback. */
struct rules_action rulefile_event(void *rules, enum rules_place place,
    const struct rules_facts *facts);

#endif

/*
 * rulefile: a file of smtpd-rules(5).
 */
#ifndef STORE_RULEFILE_H
#define STORE_RULEFILE_H

#include "format/dialogue/rules.h"

/* The rules that are in it; NULL after all that is wrong was said. */
struct rules *rulefile_read(const char *path, const struct rules_for *who);

#endif

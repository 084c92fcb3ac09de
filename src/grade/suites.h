/*
 * suites: the points of each kind of program.
 */
#ifndef GRADE_SUITES_H
#define GRADE_SUITES_H

#include "clientgrade.h"

extern const struct client_kind suites_smtp_client;

#endif

/*
 * suites: the points of each kind of program.
 */
#ifndef GRADE_SUITES_H
#define GRADE_SUITES_H

#include "clientgrade.h"
#include "servergrade.h"

/* What a protocol has for its servers. */
struct server_kind {
	const struct suite *suite;
	int pop3;
	const char *from, *to;	/* addresses, or a login and a password */
};

extern const struct client_kind suites_smtp_client;
extern const struct client_kind suites_pop3_client;
extern const struct server_kind suites_smtp_server;
extern const struct server_kind suites_pop3_server;

#endif

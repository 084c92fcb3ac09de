/*
 * tap: a session of prototap, between a client and a server: what the one says
 * the other gets, but where rules say something else.
 */
#ifndef SERVER_TAP_TAP_H
#define SERVER_TAP_TAP_H

#include "sys/session.h"
#include "tapsession.h"

/* conf is a struct tap_conf; busy is for the caller to set. */
extern const struct session_type tap_session;

#endif

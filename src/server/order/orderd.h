/*
 * orderd: the server's side of orderproto(7), one session.
 */
#ifndef SERVER_ORDER_ORDERD_H
#define SERVER_ORDER_ORDERD_H

#include "orderreply.h"
#include "sys/session.h"

/* conf is a struct orderd_conf. */
extern const struct session_type orderd_session;

#endif

/*
 * pop3d: the server's side of a POP3 session (RFC 1939), fed line by line: its
 * commands, and when they may come.
 */
#ifndef SERVER_POP3_POP3D_H
#define SERVER_POP3_POP3D_H

#include "pop3session.h"
#include "sys/session.h"

/*
 * No piece of input is left unused that is longer than this, which is what a
 * response to AUTH may take.
 */
#define POP3D_LINE_MAX SASLD_LINE_MAX

/* conf is a struct pop3d_conf. */
extern const struct session_type pop3d_session;

#endif

/*
 * single: sends one message.
 */
#ifndef CLIENT_SMTP_SINGLE_H
#define CLIENT_SMTP_SINGLE_H

#include "client/smtp/report.h"
#include "client/smtp/route.h"

/* m as conf says, whose callbacks are report's and whose arg is report. */
void single_send(const struct sender_conf *conf, struct resolver *resolver,
    const char *port, struct message *m);

#endif

/*
 * parallel: a batch over several connections, each of which is a batch of its
 * own in another process (pool.h).  The parent reads the messages, deals them
 * to the workers, and alone writes journal and results: so one wait for the
 * disk serves all connections, and the journal's marks have one writer.
 *
 * A worker gets messages in the form of bsmtp(5), each after
 *	NOOP NUMBER TRIES
 * and answers with lines of results(5), "sending" ones only where there is a
 * journal, and these:
 *	an empty line		may the end of the message go, of which the
 *				"sending" lines before speak?
 *	back NUMBER TRIES HUNG [WAIT]
 *				no server talks here, as report_back says; the
 *				lines that follow, one for each recipient, are
 *				the outcome should nobody else send it
 *	bye			all that was begun is done
 */
#ifndef CLIENT_SMTP_PARALLEL_H
#define CLIENT_SMTP_PARALLEL_H

#include "client/smtp/batch.h"

/* The most connections at once. */
#define PARALLEL_JOBS_MAX 1000

/* As batch_run; the servers are shared out among the connections. */
enum exit_code parallel_run(const struct batchread_conf *in,
    struct sender_conf *conf, struct report *report, long jobs);

#endif

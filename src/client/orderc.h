/*
 * orderc: the client's side of orderproto(7).  Orders go out one behind the
 * other without waiting; their answers are taken as they come.
 */
#ifndef CLIENT_ORDERC_H
#define CLIENT_ORDERC_H

#include "orderfile.h"
#include "sys/net.h"

/* An order whose content could not be sent whole; no code of a server's. */
#define ORDERC_SPOILED 1

struct orderc_conf {
	struct net_addr addr;
	int timeout;		/* ms that one wait for the peer may take */
	long retries;		/* after a failure that may pass by itself */
	struct span key;	/* empty: no macs */
	const char *tag;	/* a word, "-" for none */
	int verbose;		/* the dialogue on standard error */
};

/*
 * Sends the n files, and again those that got no answer, or one that says to
 * try later, with growing pauses between.  Each file's code and text then
 * tell: 250; 4xx and 5xx; ORDERC_SPOILED; or 0 with the reason why no answer
 * came.  EX_OK, or the code for a failure that concerns them all: EX_TEMPFAIL
 * when the server cannot be reached, EX_NOHOST when there is no such host,
 * EX_CONFIG when what answers is no orderrecv.
 */
enum exit_code orderc_send(const struct orderc_conf *conf,
    struct orderfile *files, size_t n);

#endif

/*
 * orderc: the client's side of orderproto(7).  Orders go out one behind the
 * other without waiting; their answers are taken as they come.
 */
#ifndef CLIENT_ORDER_ORDERC_H
#define CLIENT_ORDER_ORDERC_H

#include "client/client.h"
#include "client/handin.h"
#include "sys/net.h"

struct orderc_conf {
	struct net_addr addr;
	int timeout;		/* ms that one wait for the peer may take */
	struct span key;	/* empty: no macs */
	const char *tag;	/* a word, "-" for none */
	enum client_talk talk;	/* the dialogue on standard error */
};

/*
 * One connection, for handin_send: sends those of the n files that are open
 * (handin_load, hashed).  Each file's code and text then tell: 250; 4xx and
 * 5xx; ORDERFILE_SPOILED; or 0 with the reason why no answer came.  EX_OK, or
 * the code for a failure that concerns them all: EX_TEMPFAIL when the server
 * cannot be reached, EX_NOHOST when there is no such host, EX_CONFIG when what
 * answers is not an orderrecv.
 */
enum exit_code orderc_send(void *conf, struct orderfile *files, size_t n);

#endif

/*
 * setup: which servers smtpsend uses, and how: what its command line, its
 * environment and its configuration file (rcfile.h), in that order, say of
 * them.  What is wrong ends the program.
 */
#ifndef CLIENT_SMTP_SETUP_H
#define CLIENT_SMTP_SETUP_H

#include "client/smtp/prepare.h"
#include "client/smtp/sender.h"
#include "sys/local.h"

/* Messages without an answer on one connection, where nothing is said. */
#define SETUP_DEPTH 32
#define SETUP_DEPTH_MAX 1000

struct setup {
	/* From the command line; NULL is what it does not say. */
	const char *file;	/* of the configuration; "" is none */
	const char *servers;
	const char *secret;	/* the command that prints it */
	struct saslc_account auth;
	struct resolver *resolver;	/* NULL where nobody needs one */
	int mx;			/* straight to the mail hosts */
	long depth;		/* 0: no pipelining */
	int typed;

	/* From the environment. */
	const char *env_file, *env_servers, *netrc, *home, *no_color;

	int named;		/* set by setup_file: -s says which server */

	/*
	 * The settings that come of it.  The command line has set helo,
	 * command, tls (to the number of -Z), limit, old and cap in it.
	 */
	struct sender_conf conf;

	/* private */
	char host[LOCAL_HOST_MAX];	/* its name, where helo is none */
	struct buf text;	/* of the file */
	struct buf aliases;
	struct span password;	/* of the file */
};

/*
 * Reads the configuration file, and puts what it says where nothing else does,
 * in s and in p, where sender, aliases and our name then are.
 */
void setup_file(struct setup *s, struct prepare *p);

/* The resolver, which is freed with s. */
struct resolver *setup_resolver(struct setup *s);

/* What the options ask for together must make sense. */
void setup_check(struct setup *s);

/* Makes conf complete, with the dialogue on trace, or (NULL) on nothing. */
void setup_conf(struct setup *s, struct wr *trace);

/* The secrets of the log-in, where there is one: they may be asked for. */
void setup_secrets(struct setup *s);

void setup_free(struct setup *s);

#endif

/*
 * smtpconf: what an SMTP session is told, and by which functions it learns what
 * it cannot know: it has no socket, clock or file.  Types alone.
 */
#ifndef SERVER_SMTP_SMTPCONF_H
#define SERVER_SMTP_SMTPCONF_H

#include <stddef.h>
#include <stdint.h>

#include "format/dialogue/rules.h"
#include "format/mail/mailstore.h"
#include "server/sasld.h"
#include "sys/buf.h"

/* A server that ends with the first message. */
struct smtpd_once {
	int claimed;		/* some message is the one, or may become it */
	void (*done)(void *arg);	/* it is safe, and will be answered */
	void *arg;
};

struct smtpd_conf {
	const char *host;		/* our name in greeting and trace */
	const char *const *domain;	/* that we take mail for */
	size_t domains;			/* 0: for all */
	uint64_t max_size;		/* of a message, 0: no limit */
	int known;			/* find knows every mailbox, so that
					   VRFY can say yes */
	const struct mail_store *store;	/* NULL: nothing is kept */
	void *store_arg;		/* store's first argument */
	const struct sasld_conf *auth;	/* NULL: nobody can log in */
	struct smtpd_once *once;	/* NULL: it goes on */
	int tls;			/* STARTTLS can be had */

	/*
	 * Where mail for foreign domains goes, its boxes being addresses,
	 * each twice.  NULL: it is refused.  A message that has mailboxes too
	 * is safe here before they get it: settle commits one whose end has
	 * returned EINPROGRESS, 0 or errno, and then end makes an end of it
	 * or drop takes it back.
	 */
	const struct mail_store *relay;
	void *relay_arg;		/* relay's first argument */

	/* Whether relay has a message for a domain: 1, 0, or -1: unknown. */
	int (*queued)(void *relay_arg, struct span domain);

	/*
	 * Adds the names of the mailboxes of a local part to names, each
	 * with a NUL behind it: 0, 1 where it is an alias, or -1 when there
	 * is none.
	 */
	int (*find)(const void *users, struct span local, struct buf *names);
	const void *users;

	/*
	 * Where all are known: the full name of a mailbox, or "", and the
	 * names, as find adds them, of those who have such a full name, or a
	 * word of it: how many.
	 */
	const char *(*full_name)(const void *users, const char *name);
	size_t (*named)(const void *users, struct span name,
	    struct buf *names);

	/* With auth: adds a nonce as sasld_start wants it. */
	void (*nonce)(struct buf *b);

	/* What goes wrong at an event, as rules_event.  May be NULL. */
	struct rules_action (*event)(void *rules, enum rules_place place,
	    const struct rules_facts *facts);
	void *rules;

	/* Adds an identifier no other message has; and the date. */
	void (*id)(struct buf *b);
	void (*date)(struct buf *b);

	/*
	 * Hears each line of the dialogue without its ending, who is 'C' or
	 * 'S', with secrets masked, but not the text of messages.  May be
	 * NULL.
	 */
	void (*talk)(const char *peer, int who, struct span line);
};

#endif

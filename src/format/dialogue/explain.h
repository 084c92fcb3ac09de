/*
 * explain: what the commands, replies, status codes and words of SMTP, POP3,
 * FTP and orderproto(7) mean, and where that is written.
 */
#ifndef FORMAT_DIALOGUE_EXPLAIN_H
#define FORMAT_DIALOGUE_EXPLAIN_H

#include "dialogue.h"
#include "notes.h"

/* In all tables the last element is NULL throughout. */

struct explain_command {
	const char *verb;
	const char *means;
	const char *when;	/* where it may stand: a clause behind "when" */
	const char *section;
};

struct explain_reply {
	const char *code;	/* or "+OK" */
	const char *verbs;	/* to these commands, with blanks between;
				   NULL: to all others */
	const char *means;
	const char *section;
};

/* Another word: a keyword, a parameter, a mechanism, a header field ... */
struct explain_term {
	const char *word;
	const char *means;
	const char *section;
};

/* A status code of RFC 3463; each part NULL where it is not known. */
struct explain_status {
	const struct explain_term *category;	/* "4" */
	const struct explain_term *subject;	/* "7" */
	const struct explain_term *detail;	/* "7.1" */
};

/* DIALOGUE_ANY is taken for SMTP. */
const struct explain_command *explain_commands(enum dialogue_protocol p);
const struct explain_reply *explain_replies(enum dialogue_protocol p);

/* The entry of a verb, ASCII case ignored; of a code that answers verb. */
const struct explain_command *explain_command(enum dialogue_protocol p,
    struct span verb);
const struct explain_reply *explain_reply(enum dialogue_protocol p,
    const char *verb, struct span code);

enum explain_kind {
	EXPLAIN_CATEGORY,	/* of a code: its first digit */
	EXPLAIN_DETAIL,		/* of an enhanced status code: its end */
	EXPLAIN_EHLO,		/* what EHLO offers */
	EXPLAIN_PARAMETER,	/* of MAIL and RCPT */
	EXPLAIN_MECHANISM,	/* of AUTH */
	EXPLAIN_CAPA,		/* what CAPA offers */
	EXPLAIN_RESPONSE,	/* in brackets, in replies of POP3 */
	EXPLAIN_FEAT,		/* what FEAT offers */
	EXPLAIN_FIELD,		/* of a message's header */
	EXPLAIN_MIME,		/* types, charsets and encodings */
	EXPLAIN_KINDS
};

/* NULL where the word is not known; ASCII case does not count. */
const struct explain_term *explain_term(enum explain_kind kind,
    struct span word);
const struct explain_term *explain_terms(enum explain_kind kind);
const char *explain_kind_name(enum explain_kind kind);

/* Adds what a word means, where it is known: whether it is. */
int explain_note(struct notes *notes, enum explain_kind kind,
    struct span word);

/*
 * The status code that s begins with: its length, or 0 where there is none.
 */
size_t explain_status(struct explain_status *found, struct span s);

/* Terms of a status code, up to one without a word. */
extern const struct explain_term explain_categories[], explain_details[];

#endif

/*
 * follow: listens to a dialogue, event by event, and says of each line what it
 * is: a command, a reply and to which command, the text of a message, a log-in;
 * and whether it came before its time.
 */
#ifndef FORMAT_DIALOGUE_FOLLOW_H
#define FORMAT_DIALOGUE_FOLLOW_H

#include "awaited.h"
#include "format/wire/reply.h"

enum follow_kind {
	FOLLOW_NOTE,		/* no line: what became of the connection */
	FOLLOW_COMMAND,
	FOLLOW_RESPONSE,	/* the client's, in an exchange of AUTH */
	FOLLOW_TEXT,		/* of a message, or of an order */
	FOLLOW_DOT,		/* the dot that ends the text of a message */
	FOLLOW_REPLY,		/* the greeting, too */
	FOLLOW_LIST,		/* what follows a reply of POP3 */
	FOLLOW_LIST_END,	/* its dot */
	FOLLOW_NO_REPLY		/* the server's, but not a reply */
};

/* Where the session stands behind a line, as its replies say. */
enum follow_state {
	FOLLOW_CONNECT,		/* before the greeting */
	FOLLOW_START,		/* before HELO, or a log-in */
	FOLLOW_LOGIN,		/* in AUTH, or between USER and PASS */
	FOLLOW_READY,		/* SMTP: HELO was said; others: logged in */
	FOLLOW_SENDER,		/* MAIL was accepted */
	FOLLOW_RCPTS,		/* a RCPT was, too */
	FOLLOW_DATA,		/* a message, an order, a file, a list is on
				   its way */
	FOLLOW_OVER
};

struct follow_line {
	enum follow_kind kind;

	/*
	 * The number of a command, from 1, also of a dot and of a response,
	 * for each of them is answered; a text, a reply or a list bears the
	 * number of its command.  0: the greeting, a note, a reply to nothing.
	 */
	unsigned long turn;

	/*
	 * The command's verb in capitals: of this one, or of that which a
	 * reply or a list belongs to.  "." for a dot, "AUTH" for a response,
	 * "" where it is not known and for the greeting.
	 */
	const char *verb;
	struct span arg;	/* of a command; else the whole line */

	/* Of a reply. */
	int code;		/* 0 in POP3 */
	int digit;		/* the code's first one; in POP3 2 for +OK,
				   3 for +, 5 for -ERR */
	struct span text;	/* behind the code */
	int first, last;	/* line of it */
	int stray;		/* nothing has asked for it */

	int early;		/* it did not wait for a reply that it must
				   wait for */
	size_t open;		/* octets that may be shown; a secret follows */
};

/* All zero at first, but for the protocol. */
struct follow {
	enum dialogue_protocol protocol;	/* ANY: what it is taken for is
						   here after some lines */
	enum follow_state state;
	unsigned offers;	/* OFFER_ */
	int tls;		/* STARTTLS has been accepted */
	int logged_in;
	unsigned long turn;	/* commands so far */
	struct awaited awaited;	/* those that have no reply yet */
	uint64_t left;		/* octets of a chunk, or of an order, to come */

	/* private */
	struct follow_line line;
	int guessed;		/* the protocol was */
	int greeted;
	size_t garbled;		/* the server's last lines that are not
				   replies, none of them taken for one */
	int pending;		/* mask_open's */
	int in_text;		/* a message's lines, up to the dot */
	int all_text;		/* an order without a command */
	int lf;			/* commands end in LF alone */
	unsigned long text_turn;	/* of a text, a list */
	int in_list;
	const struct verb *list;	/* whose one it is */
	int code;		/* of a reply whose last line has not come */
	int digit;
	int cut[3];		/* the next event of that side goes on with a
				   line */
	enum follow_kind was;	/* the client's last line */
	enum follow_kind heard;	/* the server's */
};

/* What e is; valid until the next call. */
const struct follow_line *follow(struct follow *f,
    const struct dialogue_event *e);
void follow_free(struct follow *f);

/*
 * What kind of line e, the client's next one, is going to be: to be asked
 * before it is said.
 */
enum follow_kind follow_next(const struct follow *f,
    const struct dialogue_event *e);

/*
 * How many commands have no answer.  Where there is one, and what has come is
 * not a reply, a client that waits will take that for it.
 */
static inline size_t
follow_unanswered(const struct follow *f)
{
	return f->garbled > !f->greeted && f->awaited.n == 1 ? 0 :
	    f->awaited.n;
}

/* The client goes on, and has taken it so. */
void follow_settle(struct follow *f);

/* Whether the octets that are left end a message, as BDAT ... LAST says. */
int follow_is_last(const struct follow *f);

/* Whether the client's next line is the text of a message, or its dot. */
static inline int
follow_in_text(const struct follow *f)
{
	return f->in_text && f->left == 0;
}

const char *follow_state_name(enum follow_state state);

/* Follow's own: the last line of the reply to a moves the session on. */
void follow_answered(struct follow *f, const struct awaited_one *a, int code);

#endif

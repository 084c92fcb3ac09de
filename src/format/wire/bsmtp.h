/*
 * bsmtp: a pull parser of batches, messages as the SMTP commands a client
 * would say (bsmtp(5)).  A line goes in, an event comes out.  Whatever is
 * wrong, the framing is kept: a message's text is never read as commands.
 */
#ifndef FORMAT_WIRE_BSMTP_H
#define FORMAT_WIRE_BSMTP_H

#include "sys/buf.h"

/*
 * The longest command, its ending included.  Lines of text may be longer:
 * they come in pieces, of which only the last ends with LF.
 */
#define BSMTP_LINE_MAX 65536

enum bsmtp_event {
	BSMTP_MORE,	/* nothing to say about this line */
	BSMTP_COUNT,	/* NOOP n messages: count */
	BSMTP_MAIL,	/* a transaction begins: path, params, why */
	BSMTP_RCPT,	/* path, params, why */
	BSMTP_DATA,	/* the text begins */
	BSMTP_TEXT,	/* a line of it, or a piece of one: text */
	BSMTP_DOT,	/* the message is whole */
	BSMTP_RSET,	/* what was begun is given up */
	BSMTP_QUIT,	/* the end of the batch */
	BSMTP_BAD	/* why, in words */
};

/* Views of the line that was pushed last. */
struct bsmtp {
	struct span path;	/* an address, local part alone, or empty for
				   <>; as it stands there when why is set */
	struct span params;	/* what follows it, trimmed */
	struct span text;	/* without stuffed dots, with its LF or CRLF */
	uintmax_t count;
	uintmax_t line;		/* its number, from 1 */
	uintmax_t texts;	/* how many have begun, this one included */
	int spoilt;		/* MAIL came twice: it is not to be sent */
	const char *why;	/* under MAIL and RCPT: the path is malformed;
				   else NULL */
	/* private */
	enum {
		BSMTP_IDLE,	/* between transactions */
		BSMTP_OPEN,	/* after MAIL */
		BSMTP_READY,	/* after RCPT */
		BSMTP_BODY	/* in the text */
	} phase;
	int piece;		/* the last line was a piece without LF */
	int skip;		/* the text belongs to no transaction */
};

/* All zero is the start of a batch. */
enum bsmtp_event bsmtp_line(struct bsmtp *b, struct span line);

/*
 * Takes the whole lines of text that in begins with, up to one that begins
 * with a dot: returns how many bytes they are.  They are in text, which is
 * empty where they belong to no transaction.
 */
size_t bsmtp_text(struct bsmtp *b, struct span in);

/*
 * Whether a line of the text of a transaction comes next: somebody else may
 * take such lines, and adds their number to line.
 */
int bsmtp_is_text(const struct bsmtp *b);

/*
 * For whoever writes a text: where, from that octet on, the next dot stands
 * that begins a line and has to be doubled (RFC 5321 4.5.2); text.n where there
 * is none.
 */
size_t bsmtp_dot(struct span text, size_t from);

/* Appends a text with these dots doubled. */
void bsmtp_stuff(struct buf *b, struct span text);

#endif

/*
 * hdr: a pull parser of a message's header (RFC 5322) and of the address
 * lists in it.  Lines end in LF or CRLF.  Nothing is decoded.
 */
#ifndef FORMAT_MAIL_HDR_H
#define FORMAT_MAIL_HDR_H

#include "sys/buf.h"

/* Octets of a name that is written: a longer one leaves its value no room. */
#define HDR_NAME_MAX 72

enum hdr_event {
	HDR_FIELD,	/* a field */
	HDR_BODY,	/* the empty line; the body follows it */
	HDR_JUNK,	/* not a field's line: the header ends here without
			   an empty line, and the body starts with it */
	HDR_END		/* the text ended inside the header */
};

/* Views of the text that is parsed. */
struct hdr_field {
	struct span raw;	/* all of it, with its line endings */
	struct span name;	/* without the colon and blanks before it */
	struct span value;	/* still folded; blanks and line endings at
				   both ends are not part of it */
	size_t at;		/* offset of raw in the text */
};

struct hdr {
	struct span text;
	size_t at;		/* offset of what comes next: after HDR_BODY
				   or HDR_JUNK that of the body */
	/* private */
	enum hdr_event last;
};

/*
 * Takes a message, or the beginning of one that holds its header.  hdr_next
 * fills *f on HDR_FIELD alone; after any other event it gives that again.
 */
void hdr_init(struct hdr *h, struct span text);
enum hdr_event hdr_next(struct hdr *h, struct hdr_field *f);

/* The value of the first field of that name, or a span whose p is NULL. */
struct span hdr_find(struct span text, struct span name);

/*
 * The fields, and the body; between them stands the empty line, if there is
 * one.
 */
void hdr_split(struct span text, struct span *fields, struct span *body);

/*
 * Whether a field of that name is for those who carry a message, not for who
 * writes it (RFC 5322 3.6.6 and 3.6.7, RFC 6376, RFC 8601): it would mislead
 * them, or whoever asks where the message came from.
 */
int hdr_is_trace(struct span name);

/* Whether s may be the name of a field: printable ASCII, no blank or colon. */
int hdr_is_name(struct span s);

/* Appends a value as one line: CR and LF are left out (RFC 5322 2.2.3). */
void hdr_unfold(struct buf *b, struct span value);

/*
 * Length of what begins with open at the start of s and ends with close: a
 * quoted string, a comment; comments nest, a backslash takes the meaning from
 * what follows it.  0 when it does not end.
 */
size_t hdr_enclosed(struct span s, char open, char close);

/*
 * The addresses in a value (RFC 5322 3.4): members of groups, "Name <a@b>",
 * bare ones; comments, folding, routes and empty entries are skipped.
 */
struct hdr_addrs {
	struct span rest;	/* what is still to be read */
	struct span name;	/* of the last one, as it stands in the text;
				   empty where there is none */
	struct buf addr;	/* of the last one: local@domain without
				   comments and blanks, quotes kept */
	const char *why;	/* what was wrong with it, or NULL */
};

/*
 * hdr_addrs_next returns 1 with an address that addr_parse may still refuse,
 * 0 at the end, -1 with why for an entry that is not one (the next call goes on
 * behind it).  hdr_addrs_free gives the memory back at any time.
 */
void hdr_addrs_init(struct hdr_addrs *a, struct span value);
int hdr_addrs_next(struct hdr_addrs *a);
void hdr_addrs_free(struct hdr_addrs *a);

/*
 * The recipients that a message names in its header: To, Cc and Bcc, or those
 * of its latest Resent- block, where that has any (RFC 5322 3.6.6).
 */
struct hdr_rcpts {
	struct hdr_addrs addrs;	/* addr of the last one, or why it is not one */
	/* private */
	struct hdr h;
	int resent;		/* the Resent- block counts */
	int begun;		/* a field of it has been read */
};

/*
 * text begins with the header, and stays the caller's; hdr_rcpts_next is as
 * hdr_addrs_next.
 */
void hdr_rcpts_init(struct hdr_rcpts *r, struct span text);
int hdr_rcpts_next(struct hdr_rcpts *r);
void hdr_rcpts_free(struct hdr_rcpts *r);

#endif

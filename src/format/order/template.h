/*
 * template: a text with placeholders, compiled once and filled in for each
 * recipient.
 */
#ifndef FORMAT_ORDER_TEMPLATE_H
#define FORMAT_ORDER_TEMPLATE_H

#include "fields.h"

/* How the lines of a template are written. */
enum template_form {
	TEMPLATE_LINE,		/* all as one line, trimmed, by blanks */
	TEMPLATE_CRLF,		/* lines end in CRLF */
	TEMPLATE_PIECE		/* the same, but the last need not end */
};

/* All zero is an empty template; template_free gives the memory back. */
struct template {
	enum template_form form;
	int html;		/* set before it is compiled: values are
				   written as text in HTML */
	/* For an upper bound of a line's length. */
	size_t literal;		/* the most octets of a line as written */
	size_t refs;		/* the most placeholders in a line */
	size_t longest;		/* octets of the longest default */
	size_t widest;		/* octets that one of a value may become */
	int dots;		/* a line may begin with a dot */
	int has_8bit;		/* the literal text has a byte over 127 */
	int ascii;		/* neither that nor a default has one */
	/* private */
	struct buf text;	/* what is literal, in one piece */
	struct part *parts;
	size_t n, cap;
};
void template_free(struct template *t);

/*
 * Compiles text, which must outlive t, once the fields have been checked.
 * What is not a placeholder is literal; a last line that does not end does now,
 * but for TEMPLATE_LINE.
 */
void template_compile(struct template *t, const struct fields *f,
    struct span text, enum template_form form);

/* Appends the text with the values of the recipient. */
void template_fill(const struct template *t, const struct fields *f,
    struct buf *b);

/* Whether that has a byte over 127. */
int template_is_8bit(const struct template *t, const struct fields *f);

#endif

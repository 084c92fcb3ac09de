/*
 * forms: by which line each mail system's notice is known, and how it names
 * recipients behind that.
 */
#ifndef FORMAT_BOUNCE_FORMS_H
#define FORMAT_BOUNCE_FORMS_H

#include "format/wire/results.h"
#include "sys/buf.h"

enum form_style {
	FORM_ANGLE = 1,		/* a paragraph that begins with <address> */
	FORM_BARE = 2,		/* lines that begin with the address, each as
				   far from the margin as the first */
	FORM_LABEL = 4,		/* lines that begin with a label */
	FORM_INLINE = 8,	/* it follows in the line itself */
	FORM_TRANSCRIPT = 16,	/* lines "550 5.1.1 <address>... " */
	FORM_REFUSED = 32	/* counts with a reply of 5xx alone */
};

struct form {
	const char *server;
	const char *line;	/* begins so, ASCII case ignored */
	enum result_status status;
	unsigned style;
	const char *label;	/* of FORM_LABEL */
};

/*
 * The form that a line without its margin begins, or a sentence in it, and
 * what follows of the line; or NULL.
 */
const struct form *form_find(struct span line, struct span *rest);

/* Whether such a line begins the copy of the message returned. */
int form_ends(struct span line);

#endif

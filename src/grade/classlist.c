#include "classlist.h"

/* The next line that is no comment: 1, or 0 at the end; *n counts all. */
static int
next_line(struct span *text, struct span *line, unsigned long *n)
{
	while (text->n > 0) {
		*line = span_trim(span_chomp(span_line(text)));
		++*n;
		if (line->n > 0 && line->p[0] != '#')
			return 1;
	}
	return 0;
}

int
classlist_check(struct span text, const char *name, struct buf *faults)
{
	unsigned long n = 0, entries = 0;
	struct span line;

	for (; next_line(&text, &line, &n); entries++) {
		span_take_word(&line);
		if (span_trim(line).n == 0)
			buf_addf(faults, "%s:%lu: no command\n", name, n);
		if (span_find(line, '\0') != NULL)
			buf_addf(faults, "%s:%lu: NUL in it\n", name, n);
	}
	if (entries == 0)
		buf_addf(faults, "%s: nobody is in it\n", name);
	return faults->n > 0 ? -1 : 0;
}

int
classlist_next(struct span *text, struct span *name, struct span *command)
{
	unsigned long n = 0;

	if (!next_line(text, command, &n))
		return 0;
	*name = span_take_word(command);
	*command = span_trim(*command);
	return 1;
}

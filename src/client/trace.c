#include "trace.h"

#include <errno.h>
#include <unistd.h>

#include "sys/io.h"

void
trace_add(struct buf *b, const char *who, struct span line, const char *end)
{
	unsigned char c;
	size_t i;

	buf_adds(b, who);
	line = span_chomp(line);
	for (i = 0; i < line.n; i++) {
		c = (unsigned char)line.p[i];
		buf_addc(b, (c < ' ' && c != '\t') || c == 0x7f ? '?' : c);
	}
	buf_adds(b, end);
	buf_addc(b, '\n');
}

void
trace_line(const char *who, struct span line, const char *end)
{
	struct buf text = { 0 };

	trace_add(&text, who, line, end);
	if (io_write(STDERR_FILENO, text.p, text.n) < 0)
		errno = 0;	/* there is nobody left to tell */
	buf_free(&text);
}

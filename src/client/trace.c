#include "trace.h"

#include <errno.h>
#include <unistd.h>

#include "sys/io.h"

void
trace_add(struct buf *b, const char *who, struct span line, const char *end)
{
	buf_adds(b, who);
	buf_addshown(b, span_chomp(line));
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

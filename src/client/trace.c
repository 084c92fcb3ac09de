#include "trace.h"

#include <errno.h>
#include <unistd.h>

#include "sys/io.h"

void
trace_line(const char *who, struct span line, const char *end)
{
	struct buf text = { 0 };
	size_t i;

	buf_adds(&text, who);
	buf_addspan(&text, span_chomp(line));
	buf_adds(&text, end);
	for (i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f)
			text.p[i] = '?';
	buf_addc(&text, '\n');
	if (io_write(STDERR_FILENO, text.p, text.n) < 0)
		errno = 0;	/* there is nobody left to tell */
	buf_free(&text);
}

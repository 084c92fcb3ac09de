/* The lines between messages in a file. */
#include "content.h"

int
content_is_mbox_line(struct span line)
{
	while (line.n > 0 && line.p[0] == '>')
		line = span_drop(line, 1);
	return span_begins(line, "From ");
}

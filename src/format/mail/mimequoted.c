/* Quoted strings. */
#include "mimehead.h"

void
mimehead_quoted(struct buf *b, struct span s)
{
	size_t i;

	buf_addc(b, '"');
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_addc(b, '\\');
		buf_addc(b, s.p[i]);
	}
	buf_addc(b, '"');
}

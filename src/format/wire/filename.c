#include "filename.h"

size_t
filename_stem(struct span name)
{
	size_t stem = name.n, k = 0;

	while (k < name.n && name.p[k] == '.')
		k++;
	for (; k < name.n; k++)
		if (name.p[k] == '.')
			stem = k;
	return stem;
}

void
filename_number(struct buf *b, struct span name, const char *mark,
    unsigned long i)
{
	size_t stem = filename_stem(name);

	buf_add(b, name.p, stem);
	buf_adds(b, mark);
	if (i > 1)
		buf_addf(b, "-%lu", i);
	buf_addspan(b, span_drop(name, stem));
}

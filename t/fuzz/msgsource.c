/*
 * A file of messages: they are not more than the file holds, none of an mbox is
 * longer, and it comes to an end.
 */
#include "store/msgsource.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf text = { 0 };
	struct msgsource s;
	size_t total = 0, messages = 0;
	int r;

	MUST(msgsource_open(&s, as_file(span_of(data, n)), n / 2 + 1) == 0);
	while ((r = msgsource_next(&s, &text)) != 0) {
		MUST(r > 0 || s.err != 0);
		MUST(s.line > 0);
		total += text.n;
		messages++;
		MUST(messages <= n && total <= n);
		read_all(text.p, text.n);
		buf_clear(&text);
	}
	msgsource_close(&s);
	buf_free(&text);
	return 0;
}

/*
 * format/wire/protocol: a guess that is made stands, whatever comes after
 * it, and another protocol has a name.
 */
#include "format/wire/protocol.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	enum protocol guess = PROTOCOL_PARTIAL, before;
	struct span s = span_of(data, n);
	size_t i;

	for (i = 0; i <= n && i <= 512; i++) {
		before = guess;
		guess = protocol_guess(span_of(s.p, i));
		MUST(before == PROTOCOL_PARTIAL || guess == before);
		MUST(!protocol_is_other(guess) ||
		    *protocol_name(guess) != '\0');
	}
	return 0;
}

/*
 * format/mail/addr: what is taken for an address lies within the text, could go
 * into a protocol line, and is an address by itself.
 */
#include "format/mail/idn.h"

#include "fuzz.h"

static void
must_be_address(struct span text, const struct addr *a)
{
	struct addr again;
	size_t i;

	MUST(a->text.n <= text.n && a->text.p >= text.p &&
	    a->text.p + a->text.n <= text.p + text.n);
	MUST(a->local.n > 0 && a->local.n <= ADDR_LOCAL_MAX &&
	    a->domain.n <= ADDR_DOMAIN_MAX);
	for (i = 0; i < a->text.n; i++)
		MUST((unsigned char)a->text.p[i] >= ' ' &&
		    a->text.p[i] != 0x7f);
	MUST(addr_parse_bare(&again, a->text, NULL) == 0);
	MUST(idn_same_address(a, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span text = span_of(data, n);
	const char *why = NULL;
	struct addr a;
	size_t used;

	if (addr_parse(&a, text, &why) == 0) {
		MUST(a.domain.p != NULL && span_eq(a.text, text));
		must_be_address(text, &a);
	} else {
		MUST(why != NULL);
	}
	if (addr_parse_bare(&a, text, NULL) == 0)
		must_be_address(text, &a);
	why = NULL;
	if (addr_path(&a, text, &used, &why) == 0) {
		MUST(used <= n);
		if (a.text.n > 0)
			must_be_address(text, &a);
	} else {
		MUST(why != NULL);
	}
	addr_is_domain(text);
	return 0;
}

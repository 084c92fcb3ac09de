/* client/dns/nameservers: no more servers than there is room for. */
#include "client/dns/nameservers.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct resolver r = { 0 };
	int i;

	nameservers_system(&r, as_file(span_of(data, n)));
	MUST(r.servers >= 1 && r.servers <= RESOLVER_SERVERS);
	for (i = 0; i < r.servers; i++)
		MUST(memchr(r.server[i].host, '\0',
		    sizeof r.server[i].host) != NULL);
	resolver_free(&r);
	return 0;
}

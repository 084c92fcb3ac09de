/* client/dns/zone: what is read gives well-formed answers to any question. */
#include "client/dns/zone.h"

#include "format/wire/dns.h"
#include "fuzz.h"

/* Asks for a name; all of the answer can be read. */
static void
ask(const struct zone *z, const char *name, enum dns_type type)
{
	struct buf question = { 0 }, packet = { 0 };
	struct dns_answer d;
	struct dns_record r;
	int more;

	MUST(dns_question(&question, span_str(name), type) == 0);
	zone_answer(z, buf_span(&question), &packet);
	MUST(dns_open(&d, buf_span(&packet)) == 0);
	while ((more = dns_next(&d, &r)) > 0)
		MUST(r.type == type || r.type == DNS_CNAME);
	MUST(more == 0);
	buf_free(&question);
	buf_free(&packet);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf faults = { 0 };
	struct zone z = { 0 };
	int bad;

	bad = zone_read(&z, span_of(data, n), "zone", &faults);
	MUST((bad < 0) == (faults.n > 0));
	ask(&z, "a", DNS_MX);
	ask(&z, "b.a", DNS_A);
	ask(&z, "c.b.a", DNS_TXT);
	ask(&z, "x", DNS_TLSA);
	zone_free(&z);
	buf_free(&faults);
	return 0;
}

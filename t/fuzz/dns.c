/*
 * format/wire/dns under libFuzzer: whatever the packet, nothing is read
 * outside of it, it comes to an end, and each name fits and has no octet
 * that could do harm in a line of text.
 */
#include <stdint.h>
#include <stdlib.h>

#include "format/wire/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
check_name(const char *name)
{
	size_t n = 0;

	for (; name[n] != '\0'; n++)
		if ((unsigned char)name[n] <= ' ' || name[n] == 0x7f)
			abort();
	if (n >= DNS_TEXT_MAX)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct dns_answer d;
	struct dns_record r;
	size_t records = 0;

	if (dns_open(&d, span_of(p, n)) < 0)
		return 0;
	check_name(d.name);
	while (dns_next(&d, &r) > 0) {
		check_name(r.name);
		check_name(r.host);
		/* A record has at least 11 octets. */
		if (++records > n / 11)
			abort();
	}
	return 0;
}

#include "offer.h"

static const struct {
	const char *name;
	unsigned offer;
} offers[] = {
	{ "PIPELINING", OFFER_PIPELINING }, { "SIZE", OFFER_SIZE },
	{ "8BITMIME", OFFER_8BITMIME }, { "SMTPUTF8", OFFER_SMTPUTF8 },
	{ "CHUNKING", OFFER_CHUNKING }, { "BINARYMIME", OFFER_BINARYMIME },
	{ "ENHANCEDSTATUSCODES", OFFER_ENHANCED }, { "DSN", OFFER_DSN },
	{ "AUTH", OFFER_AUTH }, { "SASL", OFFER_AUTH },
	{ "STARTTLS", OFFER_STARTTLS }, { "STLS", OFFER_STARTTLS }
};

unsigned
offer_find(struct span line)
{
	struct span word = span_take_word(&line);
	size_t i;

	for (i = 0; i < COUNT(offers); i++)
		if (span_case_is(word, offers[i].name))
			return offers[i].offer;
	/* "AUTH=PLAIN", as Microsoft once wrote it. */
	return span_case_begins(word, "AUTH=") ? OFFER_AUTH : 0;
}

#include "tolist.h"

/* "Resent-", which stands before the name of a field of such a block. */
#define RESENT_LENGTH 7

static int
is_resent(struct span name)
{
	return name.n > RESENT_LENGTH &&
	    span_case_is(span_of(name.p, RESENT_LENGTH), "Resent-");
}

static int
is_recipients(struct span name)
{
	return span_case_is(name, "To") || span_case_is(name, "Cc") ||
	    span_case_is(name, "Bcc");
}

static int
is_resent_recipients(struct span name)
{
	return is_resent(name) &&
	    is_recipients(span_drop(name, RESENT_LENGTH));
}

void
tolist_init(struct tolist *t, struct span text)
{
	struct hdr_field f;

	memset(t, 0, sizeof *t);
	hdr_init(&t->h, text);
	while (!t->resent && hdr_next(&t->h, &f) == HDR_FIELD)
		t->resent = is_resent_recipients(f.name);
	hdr_init(&t->h, text);
}

void
tolist_free(struct tolist *t)
{
	hdr_addrs_free(&t->addrs);
}

/* The next field that counts: 1, or 0.  Other fields end a Resent- block. */
static int
next_field(struct tolist *t, struct hdr_field *f)
{
	while (hdr_next(&t->h, f) == HDR_FIELD) {
		if (t->begun && !is_resent(f->name))
			return 0;
		if (t->resent ? is_resent_recipients(f->name) :
		    is_recipients(f->name)) {
			t->begun = t->resent;
			return 1;
		}
	}
	return 0;
}

int
tolist_next(struct tolist *t)
{
	struct hdr_field f;
	int r;

	while ((r = hdr_addrs_next(&t->addrs)) == 0) {
		if (!next_field(t, &f))
			return 0;
		hdr_addrs_free(&t->addrs);
		hdr_addrs_init(&t->addrs, f.value);
	}
	return r;
}

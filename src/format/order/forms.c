#include "forms.h"

#include "format/mail/idn.h"

void
forms_init(struct forms *f, uint64_t seed)
{
	memset(f, 0, sizeof *f);
	set_init(&f->set, NULL, seed, SET_FOLD_DOMAIN);
}

void
forms_free(struct forms *f)
{
	buf_free(&f->text);
	set_free(&f->set);
}

/* It is not ASCII, or may have an A-label. */
static int
has_forms(struct span domain)
{
	size_t i;

	for (i = 1; i < domain.n; i++)
		if (domain.p[i] == '-' && domain.p[i - 1] == '-')
			return 1;
	return !span_is_ascii(domain);
}

int
forms_again(struct forms *f, const struct addr *a)
{
	const size_t n = f->set.n, from = f->text.n;
	struct span address;
	const char *why;

	if (!has_forms(a->domain))
		return 0;
	buf_addspan(&f->text, a->local);
	buf_addc(&f->text, '@');
	if (idn_domain(&f->text, a->domain, &why) < 0) {
		f->text.n = from;
		return 0;
	}
	set_rebase(&f->set, f->text.p);
	address = span_drop(buf_span(&f->text), from);
	if (set_add(&f->set, address) == n)
		return 0;
	f->text.n = from;
	return 1;
}

/*
 * format/wire/survey, format/picture/plot: whatever results say, no recipient
 * is lost, and nothing of theirs is read as XML.
 */
#include "format/picture/plot.h"

#include "fuzz.h"

#define WIDTH 320

static void
check_survey(const struct survey *s)
{
	uintmax_t all = 0, domains = s->domains.others.total, spans = 0;
	size_t i, k;

	for (k = 0; k < RESULT_STATUSES; k++) {
		all += s->of[k];
		for (i = 0; i < s->spans; i++)
			spans += s->in[i][k];
	}
	for (i = 0; i < s->domains.n; i++)
		domains += s->domains.row[i].total;
	MUST(domains == all);
	MUST(spans == s->results);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n);
	static struct survey s;
	struct buf b = { 0 };
	struct result r;

	while (rest.n > 0)
		if (result_parse(&r, span_chomp(span_line(&rest))) == 0)
			survey_add(&s, &r);
	check_survey(&s);
	if (s.results > 0) {
		MUST(plot_svg(&b, &s, WIDTH) > 0);
		must_be_xml(&b);
	}
	survey_free(&s);
	buf_free(&b);
	return 0;
}

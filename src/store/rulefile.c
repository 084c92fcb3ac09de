#include "rulefile.h"

#include "sys/io.h"

#define RULES_MAX ((size_t)1 << 20)	/* bytes in a file of rules */

struct rules *
rulefile_read(const char *path, const struct rules_for *who)
{
	struct buf text = { 0 }, faults = { 0 };
	struct rules *rules = NULL;
	struct span rest, line;

	if (io_text(path, &text, RULES_MAX) < 0)
		warn_sys("%s", path);
	else
		rules = rules_parse(buf_span(&text), who, &faults);
	for (rest = buf_span(&faults); rest.n > 0; ) {
		line = span_chomp(span_line(&rest));
		warn("%s:%.*s", path, (int)line.n, line.p);
	}
	if (rules == NULL)
		die(EX_CONFIG, "%s: cannot be used", path);
	buf_free(&text);
	buf_free(&faults);
	return rules;
}

struct rules_action
rulefile_event(void *rules, enum rules_place place,
    const struct rules_facts *facts)
{
	return rules_event(rules, place, facts, io_clock());
}

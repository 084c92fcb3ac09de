#include "gone.h"

#include "format/mail/date.h"
#include "format/mail/mime.h"

int
gone_address(struct addr *a, struct span *line, const char **why)
{
	struct span field;

	*line = span_unmarked(span_chomp(*line));
	field = span_trim(span_cut(line, '\t'));
	if (field.n == 0 || field.p[0] == '#')
		return 0;
	return addr_parse_bare(a, field, why) < 0 ? -1 : 1;
}

int
gone_parse(struct gone *g, struct span line)
{
	struct span time, count;
	struct addr a;
	int r;

	memset(g, 0, sizeof *g);
	r = gone_address(&a, &line, NULL);
	if (r <= 0)
		return r;
	g->address = a.text;
	g->reason = span_cut(&line, '\t');
	time = span_cut(&line, '\t');
	count = span_cut(&line, '\t');
	g->text = line;
	if (date_iso_parse(time, &g->time) < 0)
		g->time = 0;
	if (span_number(count, &g->count) < 0)
		g->count = 0;
	return 1;
}

void
gone_add(struct buf *b, const struct gone *g)
{
	mime_line(b, g->address);
	buf_addc(b, '\t');
	buf_addspan(b, g->reason);
	buf_addc(b, '\t');
	date_iso(b, g->time);
	buf_addc(b, '\t');
	buf_addu(b, g->count);
	buf_addc(b, '\t');
	mime_line(b, g->text);
	buf_addc(b, '\n');
}

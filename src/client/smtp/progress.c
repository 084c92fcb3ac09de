#include "progress.h"

/* ms between two looks that a person can follow. */
#define SHOW_EVERY 200

static void
show_left(const struct progress *p, uintmax_t ms)
{
	uintmax_t left;

	if (p->total <= p->done || p->done == 0)
		return;
	left = (p->total - p->done) * ms / p->done / 1000;
	wr_addf(p->out, ", %ju:%02ju left", left / 60, left % 60);
}

static void
show(struct progress *p, long long now)
{
	uintmax_t ms = (uintmax_t)(now - p->begin);

	p->shown = now;
	wr_addf(p->out, "\r%ju", p->done);
	if (p->total > 0)
		wr_addf(p->out, " of %ju", p->total);
	wr_addf(p->out, " done, %ju not served", p->failed);
	if (ms > 0)
		wr_addf(p->out, ", %ju/s", p->done * 1000 / ms);
	show_left(p, ms);
	/* what a longer line before has left */
	wr_adds(p->out, "   \b\b\b");
	wr_flush(p->out);
}

void
progress_step(struct progress *p, int failed)
{
	long long now = io_clock();

	if (p->begin == 0)
		p->begin = p->shown = now;
	p->done++;
	p->failed += failed != 0;
	if (now - p->shown >= SHOW_EVERY)
		show(p, now);
}

void
progress_end(struct progress *p)
{
	if (p->done == 0)
		return;
	show(p, io_clock());
	wr_adds(p->out, "\n");
	wr_flush(p->out);
}

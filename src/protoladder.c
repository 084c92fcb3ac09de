/*
 * protoladder: draws a dialogue: arrows between two lifelines, or the states
 * of the protocol and the ways that were gone between them.
 */
#include <stdlib.h>
#include <unistd.h>

#include "format/dialogue/ladder.h"
#include "format/dialogue/machine.h"
#include "format/picture/svg.h"
#include "store/recorded.h"
#include "sys/cli.h"

#define WIDTH 800		/* of a picture */
#define WIDTH_MIN 480
#define COLUMNS 80		/* of a text */
#define COLUMNS_MIN 60
#define WIDTH_MAX 10000

#define GAP 16			/* between two pictures */

static const char usage[] =
    "usage: protoladder [-hsVv] [-o svg|text] [-w width] [dialogue]\n"
    "  -o  svg: a picture (default); text: for a terminal\n"
    "  -s  draw the states of the protocol, and which transitions occurred\n"
    "  -v  report on standard error how much was drawn\n"
    "  -w  width of the picture (800), or of the text in columns (80)\n";

struct opt {
	int states, text, colour, verbose;
	size_t width;
};

/* What was drawn of a dialogue, in words. */
static void
tell(const struct opt *o, const struct recorded_file *f,
    const struct recording *r)
{
	size_t i, failures = 0;

	if (!o->verbose)
		return;
	for (i = 0; i < r->n; i++)
		failures += recording_fails(r, &r->events[i]) != 0;
	warn("%s:%lu: lines: %zu, wrong or refused: %zu", f->name,
	    r->events[0].line, r->n, failures);
}

/* Draws them, one below the other, in width units: the height. */
static size_t
draw_ladders(const struct opt *o, struct recorded_file *f, struct buf *b)
{
	struct recording r = { 0 };
	size_t y = 0;

	while (recorded_next(f, &r)) {
		tell(o, f, &r);
		if (o->text) {
			if (b->n > 0)
				buf_addc(b, '\n');
			ladder_text(b, &r, o->width, o->colour);
		} else {
			y += ladder_svg(b, &r, o->width, y) + GAP;
		}
	}
	recording_free(&r);
	return y;
}

static size_t
draw_machines(const struct opt *o, struct recorded_file *f, struct buf *b)
{
	struct machine m = { 0 };
	struct recording r = { 0 };

	while (recorded_next(f, &r)) {
		tell(o, f, &r);
		machine_walk(&m, &r);
	}
	recording_free(&r);
	if (o->text) {
		machine_text(b, &m);
		return 0;
	}
	return machine_svg(b, &m);
}

static void
draw(const struct opt *o, const char *path)
{
	struct buf body = { 0 };
	struct recorded_file f;
	size_t height;

	recorded_open(&f, path);
	height = o->states ? draw_machines(o, &f, &body) :
	    draw_ladders(o, &f, &body);
	recorded_close(&f);
	if (f.bad)
		die(EX_DATAERR, "%s: not drawn", f.name);
	if (body.n == 0)
		die(EX_DATAERR, "%s: there is no dialogue in it", f.name);
	if (!o->text)
		svg_frame(&body, o->width, o->states ? MACHINE_WIDTH :
		    o->width, height);
	wr_print(buf_span(&body));
	buf_free(&body);
}

int
main(int argc, char **argv)
{
	const char *width = NULL;
	struct opt o = { 0 };
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "ho:sVvw:")) != -1)
		switch (c) {
		case 'o':
			o.text = strcmp(optarg, "text") == 0;
			if (!o.text && strcmp(optarg, "svg") != 0)
				die(EX_USAGE, "-o: %s: neither svg nor text",
				    optarg);
			break;
		case 's': o.states = 1; break;
		case 'v': o.verbose = 1; break;
		case 'w': width = optarg; break;
		default: cli_other(c);
		}
	argv = cli_files(argc, argv, 0, 1);
	o.width = o.text ? COLUMNS : WIDTH;
	if (width != NULL)
		o.width = (size_t)cli_number('w', width,
		    o.text ? COLUMNS_MIN : WIDTH_MIN, WIDTH_MAX);
	o.colour = o.text &&
	    cli_coloured(STDOUT_FILENO, getenv("NO_COLOR"));
	draw(&o, *argv);
	return EX_OK;
}

/*
 * retrydue: whether it is time to try again those whom a journal calls
 * deferred, by how often that has been done.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/order/set.h"
#include "format/wire/results.h"
#include "store/linefile.h"
#include "store/workdir.h"
#include "sys/cli.h"
#include "sys/secret.h"

#define PAUSES "0 5m 15m 1h 4h"

static const char usage[] =
    "usage: retrydue [-v] [-p pauses] [-s states] journal\n"
    "  -p  pauses before each try, the last one repeated (" PAUSES ")\n"
    "  -s  whom to try again, of failed,deferred,unknown (deferred)\n"
    "  -v  report on standard error when it is not time yet\n";

/* A letter that has been in one of the states that are asked for. */
struct letter {
	size_t tries;		/* each run adds a line for what it has tried */
	int waits;		/* it is in one of them now */
};

struct tries {
	const char *path;	/* of the journal */
	unsigned states;	/* asked for, as of result_states */
	struct buf text;	/* recipients and Message-IDs, one a letter */
	struct set letters;	/* pieces of text */
	struct letter *letter;	/* by its ordinal */
	size_t cap;
	size_t most;		/* tries of a letter */
	size_t waiting;		/* letters that wait */
};

static int
is_asked(const struct tries *t, const struct result *r)
{
	/* what was left so by a crash may have been sent */
	return (t->states & 1U << (r->status == RESULT_SENDING ?
	    RESULT_UNKNOWN : r->status)) != 0;
}

/*
 * The letter of a line, or NULL where it has never been in one of the states,
 * and need not be remembered.
 */
static struct letter *
find_letter(struct tries *t, const struct result *r)
{
	const size_t had = t->letters.n, at = t->text.n;
	struct span name;
	size_t i;

	buf_addspan(&t->text, r->rcpt);
	buf_addc(&t->text, '\0');
	buf_addspan(&t->text, r->id);
	if (t->text.n > UINT32_MAX)
		die(EX_DATAERR, "%s: more recipients than there is room for",
		    t->path);
	set_rebase(&t->letters, t->text.p);
	name = span_drop(buf_span(&t->text), at);
	i = is_asked(t, r) ? set_add(&t->letters, name) :
	    set_find(&t->letters, name);
	if (i == SET_NONE || i < had)
		t->text.n = at;
	if (i == SET_NONE)
		return NULL;
	if (i == had) {
		t->letter = die_grow(t->letter, had, &t->cap,
		    sizeof *t->letter);
		memset(&t->letter[i], 0, sizeof *t->letter);
	}
	return &t->letter[i];
}

/* The last line says what a letter is: none is written of one that is sent. */
static void
add_line(struct tries *t, const struct result *r)
{
	struct letter *l = find_letter(t, r);

	if (l == NULL)
		return;
	t->waiting -= (size_t)l->waits;
	l->waits = is_asked(t, r);
	t->waiting += (size_t)l->waits;
	l->tries += l->waits && r->status != RESULT_SENDING;
	if (l->tries > t->most)
		t->most = l->tries;
}

/* Other lines, a torn one among them, are no tries. */
static const char *
take_line(void *arg, struct span line, enum linefile_line kind)
{
	struct tries *t = arg;
	struct result r;

	if (kind == LINEFILE_WHOLE && result_parse(&r, line) == 0 &&
	    r.status <= RESULT_SENDING && !span_is(r.text, RESULT_NOT_BEGUN))
		add_line(t, &r);
	return NULL;
}

/* The pause before the next try; all of them are checked. */
static long
pause_after(char *pauses, size_t tries)
{
	static const char blanks[] = " \t\n";
	long pause = -1, next;
	size_t i, n;
	char end;

	pauses += strspn(pauses, blanks);
	for (i = 0; *pauses != '\0'; i++) {
		n = strcspn(pauses, blanks);
		end = pauses[n];
		pauses[n] = '\0';
		next = cli_time('p', pauses);
		if (i == 0 || i < tries)
			pause = next;
		pauses += n + (end != '\0');
		pauses += strspn(pauses, blanks);
	}
	if (pause < 0)
		die(EX_USAGE, "-p: no pause in it");
	return pause;
}

/* Whether nobody has written to the journal for so long. */
static int
look(const char *path, size_t tries, long pause, int verbose)
{
	const int code = workdir_settled(path, workdir_now(), pause, 0);

	if (code != WORKDIR_NOT_YET)
		return code;
	if (verbose)
		warn("%s: tried %zu times, and less than %ld seconds ago",
		    path, tries, pause);
	return EX_TEMPFAIL;
}

/* A journal that is not there, or names none of them, holds nothing up. */
static int
is_due(const char *path, char *pauses, unsigned states, int verbose)
{
	struct tries t = { .path = path, .states = states };
	struct stat st;
	int code = EX_OK;
	long pause;

	set_init(&t.letters, NULL, 0, SET_FOLD_NONE);
	secret_fill(&t.letters.seed, sizeof t.letters.seed);
	if (stat(path, &st) == 0 || errno != ENOENT)
		code = (int)linefile_read(path, take_line, &t);
	pause = pause_after(pauses, t.most);
	if (code == EX_OK && t.waiting > 0 && t.most > 0)
		code = look(path, t.most, pause, verbose);
	set_free(&t.letters);
	buf_free(&t.text);
	free(t.letter);
	return code;
}

int
main(int argc, char **argv)
{
	static char usual[] = PAUSES;
	char *pauses = usual;
	unsigned states = 1U << RESULT_DEFERRED;
	int c, verbose = 0;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "hp:s:vV")) != -1)
		switch (c) {
		case 'p': pauses = optarg; break;
		case 's':
			states = result_states(span_str(optarg));
			if (states == 0)
				die(EX_USAGE, "-s: %s: not a list of such "
				    "states", optarg);
			break;
		case 'v': verbose = 1; break;
		default: cli_other(c);
		}
	argv = cli_files(argc, argv, 1, 1);
	return is_due(argv[0], pauses, states, verbose);
}

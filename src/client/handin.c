#include "handin.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "client/client.h"
#include "format/wire/ordline.h"
#include "format/wire/results.h"
#include "sys/cli.h"

#define STDIN_NAME "order.txt"	/* what standard input is called */

#define RETRIES_MAX 1000

void
handin_option(struct handin *h, int c)
{
	switch (c) {
	case '4': case '6': case 'S': net_option(c, optarg); break;
	case 'n': h->name = optarg; break;
	case 'r': h->retries = cli_number(c, optarg, 0, RETRIES_MAX); break;
	case 'T': h->timeout = cli_seconds(c, optarg); break;
	case 'v': h->verbose = 1; break;
	default: cli_other(c);
	}
}

void
handin_check(const struct handin *h, char *const *paths)
{
	size_t i, inputs = 0;
	const char *why;

	for (i = 0; paths[i] != NULL; i++)
		inputs += strcmp(paths[i], "-") == 0;
	if (inputs > 1)
		die(EX_USAGE, "-: standard input can be sent only once");
	if (h->name == NULL)
		return;
	if (i > 1)
		die(EX_USAGE, "-n: one name for several files");
	why = ordline_name_check(span_str(h->name));
	if (why != NULL)
		die(EX_USAGE, "-n: %s: %s", h->name, why);
}

/* The name a file goes under, where it is given none. */
static struct span
own_name(const char *path)
{
	return strcmp(path, "-") == 0 ? span_str(STDIN_NAME) :
	    span_filename(span_str(path));
}

enum exit_code
handin_load(struct handin *h, char *const *paths, int hashed)
{
	const char *tmpdir = h->tmpdir;
	enum exit_code code = EX_OK, loaded;
	struct orderfile *f;
	struct span called;
	const char *why;
	size_t n = 0;

	if (tmpdir == NULL || *tmpdir == '\0')
		tmpdir = "/tmp";
	while (paths[n] != NULL)
		n++;
	h->n = 0;
	h->files = die_calloc(n, sizeof *h->files);
	for (; *paths != NULL; paths++) {
		f = &h->files[h->n];
		called = h->name != NULL ? span_str(h->name) :
		    own_name(*paths);
		why = ordline_name_check(called);
		if (why != NULL) {
			warn("%s: %s (-n gives another)", *paths, why);
			code = result_worst(code, EX_DATAERR);
			continue;
		}
		loaded = orderfile_load(f, *paths, called, tmpdir, hashed);
		if (loaded == EX_OK) {
			h->n++;
			continue;
		}
		warn_sys("%s", loaded == EX_NOINPUT ? *paths : tmpdir);
		orderfile_free(f);
		code = result_worst(code, loaded);
	}
	return code;
}

void
handin_free(struct handin *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		orderfile_free(&h->files[i]);
	free(h->files);
}

/* A pause before the next connection. */
static void
pause_for(long attempt, int verbose)
{
	long ms = client_pause(attempt);
	struct timespec t;

	if (verbose)
		warn("trying again in %ld ms", ms);
	t.tv_sec = ms / 1000;
	t.tv_nsec = ms % 1000 * 1000000;
	nanosleep(&t, NULL);
}

/* How many of n files have no answer, or one that may be another later. */
static size_t
count_open(const struct orderfile *files, size_t n)
{
	size_t i, open = 0;

	for (i = 0; i < n; i++)
		if (orderfile_is_open(&files[i]))
			open++;
	return open;
}

enum exit_code
handin_send(const struct handin *h, enum exit_code (*try)(void *arg,
    struct orderfile *files, size_t n), void *arg)
{
	size_t open = count_open(h->files, h->n), before;
	enum exit_code code = EX_OK;
	long attempt = 0;

	while (open > 0) {
		before = open;
		code = try(arg, h->files, h->n);
		open = count_open(h->files, h->n);
		if (open == 0 || (code != EX_OK && code != EX_TEMPFAIL))
			break;
		/* Only a connection that brought nothing is a failure. */
		if (open < before) {
			attempt = 0;
			continue;
		}
		if (attempt == h->retries)
			break;
		pause_for(attempt++, h->verbose);
	}
	return open == 0 ? EX_OK : code;
}

void
handin_blame(struct orderfile *files, size_t n,
    const struct net_addr *server, struct span why, int verbose)
{
	struct buf text = { 0 };
	char addr[NET_TEXT_MAX];
	size_t i;

	net_text(server, addr);
	buf_addf(&text, "%s: %.*s", addr, (int)why.n, why.p);
	for (i = 0; i < n; i++)
		if (files[i].code == 0)
			orderfile_outcome(&files[i], 0, buf_span(&text));
	buf_free(&text);
	if (verbose)
		warn("%.*s", (int)why.n, why.p);
}

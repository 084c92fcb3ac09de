#include "passwd.h"

#include <stdlib.h>

#include "format/wire/name.h"
#include "format/wire/scram.h"
#include "sys/io.h"
#include "sys/secret.h"
#include "throttle.h"

#define FILE_MAX ((size_t)64 << 20)	/* some hundred thousand logins */

/* Both point into the text. */
struct entry {
	struct span login, secret;
	unsigned long line;
};

struct passwd {
	struct sasld_conf conf;
	struct buf text;	/* the file; its logins in lower case */
	struct entry *entry;	/* sorted */
	size_t n;
	int passwords;		/* some are no verifiers */
	struct throttle *tries;
};

static int
compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return span_compare(x->login, y->login);
}

static int
find(void *passwd, struct span login, struct span *secret)
{
	const struct passwd *p = passwd;
	struct entry key = { .login = login };
	const struct entry *e;

	if (login.n == 0)
		return -1;
	e = bsearch(&key, p->entry, p->n, sizeof key, compare);
	if (e == NULL)
		return -1;
	*secret = e->secret;
	return 0;
}

static long
tried(void *passwd, struct span login, const char *peer)
{
	const struct passwd *p = passwd;

	return throttle_add(p->tries, login, peer, io_clock());
}

static void
passed(void *passwd, struct span login, const char *peer)
{
	const struct passwd *p = passwd;

	throttle_clear(p->tries, login, peer);
}

/* Takes a line, which lies at at in the text, apart: NULL, or what is wrong. */
static const char *
parse_line(struct passwd *p, size_t at, struct span line, struct entry *e)
{
	struct scram_verifier v;
	struct buf login = { 0 };
	int r;

	if (span_find(line, ':') == NULL)
		return "no colon in the line";
	e->login = span_cut(&line, ':');
	e->secret = line;
	r = name_login(&login, e->login);
	if (r == 0)
		memcpy(p->text.p + at, login.p, login.n);
	buf_free(&login);
	if (r < 0)
		return "not a login";
	if (e->secret.n == 0)
		return "no password";
	if (span_find(e->secret, '\0') != NULL)
		return "NUL in the password";
	if (!scram_is_verifier(e->secret)) {
		p->passwords = 1;
		return NULL;
	}
	if (scram_verifier(&v, e->secret) < 0)
		return "malformed verifier";
	if (p->conf.iterations < v.iterations)
		p->conf.iterations = v.iterations;
	return NULL;
}

/* The entries of the text: 0, or -1 when some line is none. */
static int
parse(struct passwd *p, const char *path)
{
	struct span rest = buf_span(&p->text), line;
	unsigned long number = 0;
	const char *why;
	struct entry e;
	int r = 0;

	p->entry = die_calloc(span_lines(rest), sizeof *p->entry);
	while (rest.n > 0) {
		number++;
		line = span_chomp(span_line(&rest));
		if (span_trim(line).n == 0 || line.p[0] == '#')
			continue;
		why = parse_line(p, (size_t)(line.p - p->text.p), line, &e);
		e.line = number;
		if (why == NULL)
			p->entry[p->n++] = e;
		else {
			warn("%s:%lu: %s", path, number, why);
			r = -1;
		}
	}
	return r;
}

static int
sort(struct passwd *p, const char *path)
{
	const struct entry *a, *b;
	size_t i;
	int r = 0;

	qsort(p->entry, p->n, sizeof *p->entry, compare);
	for (i = 1; i < p->n; i++) {
		a = &p->entry[i - 1];
		b = &p->entry[i];
		if (compare(a, b) != 0)
			continue;
		warn("%s:%lu: the same login as in line %lu", path,
		    a->line > b->line ? a->line : b->line,
		    a->line > b->line ? b->line : a->line);
		r = -1;
	}
	return r;
}

static void
configure(struct passwd *p, const char *host)
{
	struct sasld_conf *c = &p->conf;

	p->tries = throttle_open();
	c->host = host;
	c->mixed = p->passwords && c->iterations > 0;
	secret_fill(c->key, sizeof c->key);
	c->find = find;
	c->tried = tried;
	c->passed = passed;
}

struct sasld_conf *
passwd_read(const char *path, const char *host)
{
	struct passwd *p;
	const char *why;
	int bad;

	p = die_calloc(1, sizeof *p);
	p->conf.app = p;
	bad = secret_read(path, &p->text, FILE_MAX, &why) < 0;
	if (bad)
		warn("%s: %s", path, why);
	else {
		bad = parse(p, path) < 0;
		bad = sort(p, path) < 0 || bad;
		if (!bad && p->n == 0) {
			warn("%s: no login in it", path);
			bad = 1;
		}
	}
	if (bad) {
		passwd_free(&p->conf);
		return NULL;
	}
	configure(p, host);
	return &p->conf;
}

void
passwd_free(struct sasld_conf *c)
{
	struct passwd *p = c != NULL ? c->app : NULL;

	if (p == NULL)
		return;
	buf_free(&p->text);
	throttle_free(p->tries);
	free(p->entry);
	free(p);
}

#include "users.h"

#include <stdlib.h>

#include "format/wire/name.h"
#include "sys/io.h"

#define FILE_MAX ((size_t)64 << 20)	/* a million logins */

struct alias {
	const char *name;	/* behind it the members, and an empty string */
	size_t at;		/* where that is in lists */
	unsigned long line;
};

struct users {
	struct buf text;	/* the logins and their full names, each with a
				   NUL behind it */
	const char **login;	/* sorted */
	size_t n;
	struct buf lists;	/* aliases with their members */
	struct alias *alias;	/* sorted */
	size_t aliases, cap;
};

/* An alias whose members are being gone through. */
struct open {
	const char *next;	/* the member to come */
	size_t alias;
};

/* What an expansion has seen; the arrays are as long as those of users. */
struct expansion {
	const struct users *u;
	struct open *stack;
	size_t depth;
	enum { UNSEEN, OPEN, CLOSED } *seen;	/* aliases */
	char *given;				/* logins */
	struct buf *names;
};

/* Adds what a quoted string says, or s as it is. */
static void
add_unquoted(struct buf *b, struct span s)
{
	size_t i, quoted = s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"';

	for (i = quoted; i < s.n - quoted; i++) {
		if (quoted && s.p[i] == '\\' && i + 1 < s.n - 1)
			i++;
		buf_addc(b, s.p[i]);
	}
}

/* Adds the login that a local part is, and a NUL: 0, or -1: it can be none. */
static int
make_login(struct buf *b, struct span local)
{
	struct buf text = { 0 };
	int r;

	add_unquoted(&text, local);
	r = name_login(b, buf_span(&text));
	if (r == 0)
		buf_addc(b, '\0');
	buf_free(&text);
	return r;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int
compare_aliases(const void *a, const void *b)
{
	const struct alias *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Their places among u, or -1. */
static long
find_login(const struct users *u, const char *name)
{
	const char **found;

	found = bsearch(&name, u->login, u->n, sizeof *u->login, compare);
	return found != NULL ? (long)(found - u->login) : -1;
}

static long
find_alias(const struct users *u, const char *name)
{
	struct alias key = { .name = name }, *found = NULL;

	if (u->aliases > 0)
		found = bsearch(&key, u->alias, u->aliases, sizeof key,
		    compare_aliases);
	return found != NULL ? (long)(found - u->alias) : -1;
}

static const char *
after(const char *s)
{
	return s + strlen(s) + 1;
}

static void
enter(struct expansion *x, size_t alias)
{
	x->seen[alias] = OPEN;
	x->stack[x->depth].alias = alias;
	x->stack[x->depth++].next = after(x->u->alias[alias].name);
}

static void
give(struct expansion *x, const char *name)
{
	long login = find_login(x->u, name);

	if (login < 0 || x->given[login])
		return;
	x->given[login] = 1;
	buf_add(x->names, name, strlen(name) + 1);
}

/* Adds whom an alias stands for, in the file's order. */
static void
expand(const struct users *u, size_t alias, struct buf *names)
{
	struct expansion x = { .u = u, .names = names };
	struct open *top;
	const char *name;
	long found;

	x.stack = die_calloc(u->aliases, sizeof *x.stack);
	x.seen = die_calloc(u->aliases, sizeof *x.seen);
	x.given = die_calloc(u->n, 1);
	enter(&x, alias);
	while (x.depth > 0) {
		top = &x.stack[x.depth - 1];
		name = top->next;
		if (*name == '\0') {
			x.seen[top->alias] = CLOSED;
			x.depth--;
			continue;
		}
		top->next = after(name);
		found = find_alias(u, name);
		if (found >= 0 && x.seen[found] == UNSEEN)
			enter(&x, (size_t)found);
		else if (found < 0 || x.seen[found] == OPEN)
			give(&x, name);
	}
	free(x.stack);
	free(x.seen);
	free(x.given);
}

/* As users_find, for a name with a NUL behind it. */
static int
find(const struct users *u, const struct buf *name, struct buf *b)
{
	size_t start = b->n;
	long alias = find_alias(u, name->p);

	if (alias >= 0)
		expand(u, (size_t)alias, b);
	else if (find_login(u, name->p) >= 0)
		buf_addspan(b, buf_span(name));
	return b->n == start ? -1 : alias >= 0;
}

/* "login+tag" becomes "login": 0, or -1 where it has no tag. */
static int
cut_tag(struct buf *name)
{
	char *plus = strrchr(name->p, '+');

	if (plus == NULL || plus == name->p)
		return -1;
	*plus = '\0';
	name->n = (size_t)(plus + 1 - name->p);
	return 0;
}

int
users_find(const void *users, struct span local, struct buf *b)
{
	const struct users *u = users;
	struct buf name = { 0 };
	int r = -1, cut;

	cut = make_login(&name, local);
	if (u == NULL && cut == 0) {
		while (cut_tag(&name) == 0)
			;
		buf_addspan(b, buf_span(&name));
		r = 0;
	}
	for (; u != NULL && r < 0 && cut == 0; cut = cut_tag(&name))
		r = find(u, &name, b);
	buf_free(&name);
	return r;
}

const char *
users_name(const void *users, const char *login)
{
	const struct users *u = users;
	long found = u != NULL ? find_login(u, login) : -1;

	return found >= 0 ? after(u->login[found]) : "";
}

static int
is_named(struct span full, struct span name)
{
	return span_case_eq(full, name) ? full.n > 0 :
	    span_has_word(full, name);
}

size_t
users_named(const void *users, struct span name, struct buf *b)
{
	const struct users *u = users;
	size_t i, n = 0;

	for (i = 0; u != NULL && i < u->n; i++)
		if (is_named(span_str(after(u->login[i])), name)) {
			buf_add(b, u->login[i], strlen(u->login[i]) + 1);
			n++;
		}
	return n;
}

/* An address is no login; it would never be found either. */
static int
add_login(struct buf *b, struct span s)
{
	static const char others[] = " \t\",:;@";
	const size_t had = b->n;
	size_t i;

	for (i = 0; i < s.n; i++)
		if (memchr(others, s.p[i], sizeof others - 1) != NULL)
			return -1;
	if (make_login(b, s) == 0)
		return 0;
	b->n = had;
	return -1;
}

/* "name: member, ..."; the good members also where others are none. */
static int
add_alias(struct users *u, struct span line, unsigned long number)
{
	struct span name = span_cut(&line, ':');
	size_t at = u->lists.n;
	int r = 0, more;

	if (add_login(&u->lists, span_trim(name)) < 0)
		return -1;
	do {
		more = span_find(line, ',') != NULL;
		if (add_login(&u->lists, span_trim(span_cut(&line, ','))) < 0)
			r = -1;
	} while (more);
	buf_addc(&u->lists, '\0');
	u->alias = die_grow(u->alias, u->aliases, &u->cap, sizeof *u->alias);
	u->alias[u->aliases].at = at;
	u->alias[u->aliases++].line = number;
	return r;
}

/* "login", or "login Full Name". */
static int
add_user(struct users *u, struct span line)
{
	struct span login = span_take_word(&line), name = span_trim(line);

	if (span_has_control(name) || !span_is_utf8(name) ||
	    add_login(&u->text, login) < 0)
		return -1;
	buf_addspan(&u->text, name);
	buf_addc(&u->text, '\0');
	u->n++;
	return 0;
}

/* What a line says: 0, or -1 when that is nothing. */
static int
parse_line(struct users *u, struct span line, const char *path,
    unsigned long number)
{
	int r, is_alias = span_find(line, ':') != NULL;

	r = is_alias ? add_alias(u, line, number) : add_user(u, line);
	if (r < 0)
		warn("%s:%lu: not a login%s", path, number, is_alias ?
		    ", or not a list of them" : " and a name");
	return r;
}

/* The logins and aliases of a file: 0, or -1 when some line has none. */
static int
parse(struct users *u, struct span file, const char *path)
{
	unsigned long number;
	struct span line;
	int r = 0;

	for (number = 1; file.n > 0; number++) {
		line = span_trim(span_chomp(span_line(&file)));
		if (line.n > 0 && line.p[0] != '#' &&
		    parse_line(u, line, path, number) < 0)
			r = -1;
	}
	buf_add(&u->text, "postmaster\0", sizeof "postmaster\0");
	u->n++;
	return r;
}

static void
sort(struct users *u)
{
	const char *p = u->text.p;
	size_t i;

	u->login = die_calloc(u->n, sizeof *u->login);
	for (i = 0; i < u->n; i++, p = after(after(p)))
		u->login[i] = p;
	qsort(u->login, u->n, sizeof *u->login, compare);
	for (i = 0; i < u->aliases; i++)
		u->alias[i].name = u->lists.p + u->alias[i].at;
	if (u->aliases > 0)
		qsort(u->alias, u->aliases, sizeof *u->alias, compare_aliases);
}

/* Whether aliases are named once and stand for somebody: 0, or -1. */
static int
check(const struct users *u, const char *path)
{
	const struct alias *a;
	const char *name;
	size_t i;
	int r = 0;

	for (i = 0; i < u->aliases; i++) {
		a = &u->alias[i];
		if (i > 0 && strcmp(a[-1].name, a->name) == 0) {
			warn("%s:%lu: %s: named twice", path, a->line,
			    a->name);
			r = -1;
		}
		for (name = after(a->name); *name != '\0'; name = after(name))
			if (find_login(u, name) < 0 &&
			    find_alias(u, name) < 0) {
				warn("%s:%lu: %s: no such login", path,
				    a->line, name);
				r = -1;
			}
	}
	return r;
}

struct users *
users_read(const char *path)
{
	struct buf file = { 0 };
	struct users *u;
	int r;

	u = die_calloc(1, sizeof *u);
	r = io_text(path, &file, FILE_MAX);
	if (r < 0)
		warn_sys("%s", path);
	else {
		r = parse(u, buf_span(&file), path);
		sort(u);
		if (check(u, path) < 0)
			r = -1;
	}
	buf_free(&file);
	if (r < 0) {
		users_free(u);
		return NULL;
	}
	return u;
}

void
users_free(struct users *u)
{
	if (u == NULL)
		return;
	buf_free(&u->text);
	buf_free(&u->lists);
	free(u->login);
	free(u->alias);
	free(u);
}

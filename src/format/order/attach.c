#include "attach.h"

#include <stdlib.h>

#include "format/mail/compose.h"

static const char cid[] = "cid:";

void
attach_free(struct attach *a)
{
	size_t i;

	for (i = 0; i < a->files; i++) {
		template_free(&a->file[i].path);
		buf_free(&a->file[i].name);
		buf_free(&a->file[i].part);
	}
	free(a->file);
	memset(a, 0, sizeof *a);
}

/* The next name behind cid: in an attribute or url() of the HTML: 1, or 0. */
static int
next_cid(struct span html, size_t *i, struct span *name)
{
	size_t n;

	for (; *i + sizeof cid <= html.n; ++*i) {
		if (strchr("\"'(=", html.p[*i]) == NULL || !span_case_begins(
		    span_drop(html, *i + 1), cid))
			continue;
		*i += sizeof cid;
		for (n = *i; n < html.n && (unsigned char)html.p[n] > ' ' &&
		    strchr("\"')>", html.p[n]) == NULL;)
			n++;
		*name = span_of(html.p + *i, n - *i);
		*i = n;
		return 1;
	}
	return 0;
}

/* Whether the HTML names the file of a line: both as the order has them. */
static int
is_named(struct span html, struct span line)
{
	struct span name;
	size_t i = 0;

	while (next_cid(html, &i, &name))
		if (span_eq(name, span_filename(line)))
			return 1;
	return 0;
}

void
attach_open(struct attach *a, const struct order *o, const struct fields *f,
    const struct attach_store *store)
{
	struct span rest = o->attach, line;
	struct attach_file *file;

	a->store = store;
	while (order_path(&rest, &line)) {
		a->file = die_realloc(a->file, a->files + 1, sizeof *a->file);
		file = &a->file[a->files++];
		memset(file, 0, sizeof *file);
		file->line = line;
		file->inlined = is_named(o->html, line);
		a->inlined += (size_t)file->inlined;
		template_compile(&file->path, f, line, TEMPLATE_LINE);
	}
}

/* What keeps a path from being looked for, or NULL. */
static const char *
refuse_path(struct span path)
{
	struct span part;

	if (span_has_control(path))
		return "a control character in the path";
	if (path.p[0] == '/')
		return "an absolute path: it has to lie below -a";
	while (path.n > 0) {
		part = span_cut(&path, '/');
		if (span_is(part, ".."))
			return "a path with .. in it: it has to lie below -a";
	}
	return NULL;
}

/* A Content-ID is no address, but has to be like one (RFC 2392 2). */
static const char *
refuse_cid(struct span name)
{
	size_t i;

	for (i = 0; i < name.n; i++)
		if (!byte_is_letter(name.p[i]) && !byte_is_digit(name.p[i]) &&
		    strchr("._+=@-", name.p[i]) == NULL)
			return "cid: takes names of letters, digits and ._+=@- "
			    "only";
	return NULL;
}

/* Why a letter cannot have the file, or NULL; an empty path is none. */
static const char *
check_file(const struct attach *a, struct attach_file *file,
    const struct fields *f)
{
	const char *why;

	buf_clear(&file->name);
	template_fill(&file->path, f, &file->name);
	if (file->name.n == 0)
		return NULL;
	why = refuse_path(buf_span(&file->name));
	if (why == NULL && file->inlined)
		why = refuse_cid(span_filename(buf_span(&file->name)));
	return why != NULL ? why :
	    a->store->check(a->store->arg, buf_str(&file->name));
}

/* The file of every letter: one that all share is looked at once. */
static void
check_letters(struct attach *a, struct attach_file *file, struct order *o,
    struct fields *f)
{
	struct order_walk walk = { 0 };
	struct entry e;
	const char *why;

	while (!faults_full(&o->faults) &&
	    order_find(o, &walk, &e, ENTRY_GOOD)) {
		fields_take(f, &e);
		why = check_file(a, file, f);
		if (why != NULL && file->path.n == 0)
			faults_add(&o->faults, file->line.p, "%s: %s",
			    buf_str(&file->name), why);
		else if (why != NULL)
			faults_add(&o->faults, file->line.p, "%.*s: %s: %s",
			    (int)e.addr.text.n, e.addr.text.p,
			    buf_str(&file->name), why);
		if (file->path.n == 0)
			break;
	}
}

/* A picture that the HTML names must be there. */
static void
check_cids(const struct attach *a, struct order *o)
{
	struct span name;
	size_t i = 0, k;

	while (next_cid(o->html, &i, &name)) {
		for (k = 0; k < a->files; k++)
			if (span_eq(name, span_filename(a->file[k].line)))
				break;
		if (k == a->files)
			faults_add(&o->faults, name.p, "cid:%.*s: no line of "
			    "[Attach:] ends in this name", faults_brief(name),
			    name.p);
	}
}

void
attach_check(struct attach *a, struct order *o, struct fields *f)
{
	size_t i;

	for (i = 0; i < a->files; i++)
		check_letters(a, &a->file[i], o, f);
	check_cids(a, o);
}

/* Makes the part, unless it has been made for the same file. */
static void
make_part(const struct attach *a, struct attach_file *file, struct span path)
{
	struct buf content = { 0 };
	const char *why;

	if (file->part.n > 0 && span_eq(buf_span(&file->name), path))
		return;
	buf_clear(&file->name);
	buf_clear(&file->part);
	buf_addspan(&file->name, path);
	why = a->store->read(a->store->arg, buf_str(&file->name), &content);
	if (why != NULL)
		die(EX_NOINPUT, "%s: %s", buf_str(&file->name), why);
	path = buf_span(&file->name);
	compose_file(&file->part, path, buf_span(&content),
	    file->inlined ? span_filename(path) : span_of(NULL, 0));
	buf_free(&content);
}

void
attach_add(struct attach *a, const struct fields *f, int inlined,
    const struct buf *delimiter, struct buf *out)
{
	struct attach_file *file;
	struct buf path = { 0 };
	size_t i;

	for (i = 0; i < a->files; i++) {
		file = &a->file[i];
		if (file->inlined != inlined)
			continue;
		buf_clear(&path);
		template_fill(&file->path, f, &path);
		if (path.n == 0)
			continue;
		make_part(a, file, buf_span(&path));
		buf_addspan(out, buf_span(delimiter));
		buf_addspan(out, buf_span(&file->part));
	}
	buf_free(&path);
}

#include "ftpfile.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

#include "format/wire/ordline.h"

/* Files that a session may keep aside: each holds a descriptor. */
#define ASIDES_MAX 16

const char *
ftpfile_path(const struct ftpd *s, struct span path, struct span *name)
{
	struct span dir = s->conf->directory;

	while (path.n > 0 && path.p[0] == '/')
		path = span_drop(path, 1);
	if (dir.n > 0 && path.n >= dir.n &&
	    memcmp(path.p, dir.p, dir.n) == 0 &&
	    (path.n == dir.n || path.p[dir.n] == '/'))
		path = span_drop(path, dir.n);
	while (path.n > 0 && (path.p[0] == '/' || (path.p[0] == '.' &&
	    (path.n == 1 || path.p[1] == '/'))))
		path = span_drop(path, 1);
	*name = path;
	if (path.n == 0)
		return NULL;
	/* A dot-name is as good as what follows its dot. */
	return ordline_name_check(path.p[0] == '.' ? span_drop(path, 1) :
	    path);
}

int
ftpfile_name(struct ftpd *s, struct span arg, struct span *name)
{
	const char *why = ftpfile_path(s, arg, name);

	if (why == NULL && name->n > 0)
		return 0;
	chat_say(&s->chat, "553 %s", why != NULL ? why :
	    "File name missing");
	return -1;
}

/* Whether a file of that name still waits for its own. */
static int
is_unfinished(const struct ftpd *s, struct span name)
{
	const struct ftpd_conf *c = s->conf;
	struct buf text = { 0 };
	size_t i;

	buf_addspan(&text, name);
	for (i = 0; i < c->patterns; i++)
		if (fnmatch(c->pattern[i], buf_str(&text), 0) == 0)
			break;
	buf_free(&text);
	return name.p[0] == '.' || i < c->patterns;
}

static void
refuse(struct ftpd *s, int err)
{
	if (err == EBUSY) {
		chat_say(&s->chat, "421 No more files are taken");
		s->phase = FTP_OVER;
	} else if (err == ENOSPC || err == EDQUOT || err == EFBIG)
		chat_say(&s->chat, "452 Insufficient storage, try again later");
	else
		chat_say(&s->chat, "451 Local error, try again later");
}

/* Where the file of that name is linked; *link NULL: none. */
static struct ftp_aside **
find(struct ftpd *s, struct span name)
{
	struct ftp_aside **link;

	for (link = &s->aside; *link != NULL; link = &(*link)->next)
		if (span_eq(buf_span(&(*link)->name), name))
			break;
	return link;
}

/* Takes a file out of the list; it is then the caller's. */
static void *
unlink_aside(struct ftpd *s, struct ftp_aside **link)
{
	struct ftp_aside *a = *link;
	void *file = a->file;

	*link = a->next;
	buf_free(&a->name);
	free(a);
	s->asides--;
	return file;
}

static void
drop_aside(struct ftpd *s, struct span name)
{
	struct ftp_aside **link = find(s, name);

	if (*link != NULL)
		s->conf->store->drop(unlink_aside(s, link));
}

static void
keep_aside(struct ftpd *s)
{
	struct ftp_aside *a;

	drop_aside(s, buf_span(&s->name));
	a = die_calloc(1, sizeof *a);
	a->next = s->aside;
	buf_addspan(&a->name, buf_span(&s->name));
	a->file = s->file;
	a->size = s->size;
	s->aside = a;
	s->asides++;
	s->file = NULL;
}

const struct ftp_aside *
ftpfile_aside(struct ftpd *s, struct span name)
{
	return *find(s, name);
}

void
ftpfile_forget(struct ftpd *s)
{
	while (s->aside != NULL)
		s->conf->store->drop(unlink_aside(s, &s->aside));
}

void
ftpfile_abort(struct ftpd *s)
{
	s->conf->data.close(s->data);
	if (s->file != NULL)
		s->conf->store->drop(s->file);
	s->file = NULL;
	s->phase = FTP_COMMAND;
}

int
ftpfile_has_data(struct ftpd *s)
{
	if (s->conf->data.is_open(s->data))
		return 1;
	chat_say(&s->chat, "425 Use EPSV or PASV first");
	return 0;
}

/* What comes belongs to s->file. */
static void
receive(struct ftpd *s, struct span name, const char *text)
{
	buf_set(&s->name, name);
	s->cr = 0;
	s->phase = FTP_TRANSFER;
	chat_say(&s->chat, "150 %s%.*s", text, (int)name.n, name.p);
	s->conf->data.receive(s->data);
}

static void
begin(struct ftpd *s, struct span name, const char *text)
{
	if (is_unfinished(s, name) && s->asides >= ASIDES_MAX &&
	    *find(s, name) == NULL) {
		chat_say(&s->chat, "452 Too many unfinished files");
		return;
	}
	if (!ftpfile_has_data(s))
		return;
	s->file = s->conf->store->begin(s->conf->store_arg);
	if (s->file == NULL) {
		refuse(s, errno);
		return;
	}
	s->size = 0;
	receive(s, name, text);
}

void
ftpfile_stor(struct ftpd *s, struct span arg)
{
	struct span name;

	if (ftpfile_name(s, arg, &name) == 0)
		begin(s, name, "Opening data connection for ");
}

/* Whether an order lies there under that name. */
static int
is_stored(const struct ftpd *s, struct span name)
{
	uint64_t size;
	int64_t time;

	return s->conf->store->look(s->conf->store_arg, name, &size,
	    &time) == 0;
}

/* It goes on with an unfinished file; where there is none it begins one. */
void
ftpfile_appe(struct ftpd *s, struct span arg)
{
	struct ftp_aside **link;
	struct span name;

	if (ftpfile_name(s, arg, &name) < 0)
		return;
	link = find(s, name);
	if (*link == NULL && is_stored(s, name)) {
		chat_say(&s->chat, "550 Stored already, nothing is appended");
	} else if (*link == NULL) {
		begin(s, name, "Opening data connection for ");
	} else if (ftpfile_has_data(s)) {
		s->size = (*link)->size;
		s->file = unlink_aside(s, link);
		receive(s, name, "Opening data connection to go on with ");
	}
}

/* RFC 1123 4.1.2.9: the name is said this way. */
void
ftpfile_stou(struct ftpd *s, struct span arg)
{
	struct buf name = { 0 };

	(void)arg;
	buf_adds(&name, "order-");
	s->conf->nonce(&name);
	buf_adds(&name, ".txt");
	begin(s, buf_span(&name), "FILE: ");
	buf_free(&name);
}

/* Text as it is kept here: LF for CRLF. */
static void
write_text(struct ftpd *s, const char *p, size_t n)
{
	const struct order_store *store = s->conf->store;
	size_t i, from = 0;

	if (s->cr && p[0] != '\n')
		store->write(s->file, "\r", 1);
	s->cr = p[n - 1] == '\r';
	for (i = 0; i + 1 < n; i++)
		if (p[i] == '\r' && p[i + 1] == '\n') {
			store->write(s->file, p + from, i - from);
			from = i + 1;
		}
	store->write(s->file, p + from, n - from - (s->cr != 0));
}

void
ftpfile_take(struct ftpd *s, const char *p, size_t n)
{
	const struct order_store *store = s->conf->store;
	struct span name;
	int err;

	if (n > s->conf->max - s->size) {
		ftpfile_abort(s);
		chat_say(&s->chat, "552 File too large: at most %ju octets",
		    (uintmax_t)s->conf->max);
		return;
	}
	s->size += n;
	if (s->text)
		write_text(s, p, n);
	else
		store->write(s->file, p, n);
	err = store->outcome(s->file, &name);
	if (err == 0)
		return;
	ftpfile_abort(s);
	refuse(s, err);
}

static void
cut_off(struct ftpd *s)
{
	ftpfile_abort(s);
	chat_say(&s->chat, "426 Data connection closed, transfer aborted");
}

void
ftpfile_end(struct ftpd *s, int broken)
{
	s->phase = FTP_COMMAND;
	if (broken) {
		cut_off(s);
	} else if (s->file == NULL) {
		chat_say(&s->chat, "226 Transfer complete");
	} else {
		if (s->cr)
			s->conf->store->write(s->file, "\r", 1);
		if (!is_unfinished(s, buf_span(&s->name))) {
			s->phase = FTP_SETTLE;
			return;
		}
		keep_aside(s);
		chat_say(&s->chat,
		    "226 Transfer complete, unfinished until it is renamed");
	}
}

/* FTP knows no checksums and no tags: a file that comes twice is kept twice. */
static void
give(struct ftpd *s, struct span name)
{
	s->conf->store->finish(s->file, name, NULL, span_of(NULL, 0));
}

void
ftpfile_settle(struct ftpd *s)
{
	if (s->conf->data.is_abandoned(s->data)) {
		cut_off(s);
		return;
	}
	give(s, buf_span(&s->name));
	s->code = 226;
	s->phase = FTP_COMMIT;
}

void
ftpfile_commit(struct ftpd *s)
{
	struct span name;
	int err;

	err = s->conf->store->outcome(s->file, &name);
	s->phase = FTP_COMMAND;
	if (err == 0)
		chat_say(&s->chat, "%d stored %.*s", s->code, (int)name.n,
		    name.p);
	else
		refuse(s, err);
	s->conf->store->drop(s->file);
	s->file = NULL;
}

/* ftpfile_name for an unfinished file of this session. */
static int
take_own(struct ftpd *s, struct span arg, struct span *name)
{
	if (ftpfile_name(s, arg, name) < 0)
		return -1;
	if (*find(s, *name) != NULL)
		return 0;
	chat_say(&s->chat, is_stored(s, *name) ?
	    "550 Stored already: only unfinished files of this session can be "
	    "changed" : "550 Not an unfinished file of this session");
	return -1;
}

void
ftpfile_rnfr(struct ftpd *s, struct span arg)
{
	struct span name;

	buf_clear(&s->from);
	if (take_own(s, arg, &name) < 0)
		return;
	buf_addspan(&s->from, name);
	chat_say(&s->chat, "350 Ready for RNTO");
}

void
ftpfile_rnto(struct ftpd *s, struct span arg)
{
	struct ftp_aside **link = find(s, buf_span(&s->from));
	struct span name;

	if (s->from.n == 0 || *link == NULL) {
		chat_say(&s->chat, "503 Send RNFR first");
		return;
	}
	if (ftpfile_name(s, arg, &name) < 0)
		return;
	if (is_unfinished(s, name)) {
		chat_say(&s->chat, name.p[0] == '.' ?
		    "553 The name begins with a dot" :
		    "553 The name is that of an unfinished file");
		return;
	}
	s->file = unlink_aside(s, link);
	give(s, name);
	s->code = 250;
	s->phase = FTP_COMMIT;
}

void
ftpfile_dele(struct ftpd *s, struct span arg)
{
	struct span name;

	if (take_own(s, arg, &name) < 0)
		return;
	drop_aside(s, name);
	chat_say(&s->chat, "250 Deleted");
}

#include "ftplist.h"

#include "format/mail/date.h"
#include "ftpfile.h"

void
ftplist_size(struct ftpd *s, struct span arg)
{
	const struct ftp_aside *a;
	struct span name;
	uint64_t size;
	int64_t time;

	if (ftpfile_name(s, arg, &name) < 0)
		return;
	a = ftpfile_aside(s, name);
	if (a != NULL)
		chat_say(&s->chat, "213 %ju", (uintmax_t)a->size);
	else if (s->conf->store->look(s->conf->store_arg, name, &size,
	    &time) == 0)
		chat_say(&s->chat, "213 %ju", (uintmax_t)size);
	else
		chat_say(&s->chat, "550 No such file");
}

/* "20261121234612", RFC 3659 2.3. */
static void
add_time(struct buf *b, int64_t time)
{
	struct buf iso = { 0 };
	const char *t;

	date_iso(&iso, time);
	t = buf_str(&iso);
	buf_addf(b, "%.4s%.2s%.2s%.2s%.2s%.2s", t, t + 5, t + 8, t + 11,
	    t + 14, t + 17);
	buf_free(&iso);
}

void
ftplist_mdtm(struct ftpd *s, struct span arg)
{
	struct buf text = { 0 };
	struct span name;
	uint64_t size;
	int64_t time;

	if (ftpfile_name(s, arg, &name) < 0)
		return;
	if (s->conf->store->look(s->conf->store_arg, name, &size, &time) < 0) {
		chat_say(&s->chat, "550 No such file");
		return;
	}
	add_time(&text, time);
	chat_say(&s->chat, "213 %s", buf_str(&text));
	buf_free(&text);
}

static void
add_name(void *to, struct span name, uint64_t size, int64_t time)
{
	(void)size;
	(void)time;
	buf_addspan(to, name);
	buf_adds(to, "\r\n");
}

/* As ls -l has it; "Sat Nov 21 23:46:12 2026" is cut to its day and year. */
static void
add_line(void *to, struct span name, uint64_t size, int64_t time)
{
	struct buf date = { 0 };
	const char *t;

	date_mbox(&date, time);
	t = buf_str(&date);
	buf_addf(to, "-rw------- 1 ftp ftp %ju %.6s  %s ",
	    (uintmax_t)size, t + 4, t + 20);
	buf_free(&date);
	add_name(to, name, size, time);
}

/* Options of ls, and a file's name where there is one. */
static void
list(struct ftpd *s, struct span arg,
    void (*add)(void *to, struct span name, uint64_t size, int64_t time))
{
	const struct order_store *store = s->conf->store;
	struct buf text = { 0 };
	struct span name;
	uint64_t size = 0;
	int64_t time = 0;

	while (arg.n > 0 && arg.p[0] == '-') {
		while (arg.n > 0 && arg.p[0] != ' ')
			arg = span_drop(arg, 1);
		arg = span_trim(arg);
	}
	if (ftpfile_path(s, arg, &name) != NULL ||
	    (name.n > 0 &&
	    store->look(s->conf->store_arg, name, &size, &time) < 0)) {
		chat_say(&s->chat, "550 No such file");
		return;
	}
	if (!ftpfile_has_data(s))
		return;
	if (name.n > 0)
		add(&text, name, size, time);
	else if (store->list(s->conf->store_arg, add, &text) < 0) {
		buf_free(&text);
		s->conf->data.close(s->data);
		chat_say(&s->chat, "451 Local error, try again later");
		return;
	}
	s->phase = FTP_TRANSFER;
	chat_say(&s->chat, "150 Opening data connection");
	s->conf->data.send(s->data, text.p, text.n);
	buf_free(&text);
}

void
ftplist_list(struct ftpd *s, struct span arg)
{
	list(s, arg, add_line);
}

void
ftplist_nlst(struct ftpd *s, struct span arg)
{
	list(s, arg, add_name);
}

/* RFC 3659 7.2. */
static void
add_facts(void *to, struct span name, uint64_t size, int64_t time)
{
	buf_addf(to, "type=file;size=%ju;modify=", (uintmax_t)size);
	add_time(to, time);
	buf_adds(to, "; ");
	add_name(to, name, size, time);
}

void
ftplist_mlsd(struct ftpd *s, struct span arg)
{
	struct span name;

	if (ftpfile_path(s, arg, &name) == NULL && name.n > 0)
		chat_say(&s->chat, "501 Not a directory");
	else
		list(s, arg, add_facts);
}

/* What is unfinished has no time yet: 0, or -1. */
static int
add_entry(struct ftpd *s, struct span name, struct buf *b)
{
	const struct ftp_aside *a = ftpfile_aside(s, name);
	uint64_t size;
	int64_t time;

	if (name.n == 0)
		buf_adds(b, "type=dir; /");
	else if (a != NULL) {
		buf_addf(b, "type=file;size=%ju; ", (uintmax_t)a->size);
		buf_addspan(b, name);
	} else {
		if (s->conf->store->look(s->conf->store_arg, name, &size,
		    &time) < 0)
			return -1;
		add_facts(b, name, size, time);
		b->n -= 2;
	}
	return 0;
}

void
ftplist_mlst(struct ftpd *s, struct span arg)
{
	struct buf entry = { 0 };
	struct span name;

	if (ftpfile_path(s, arg, &name) != NULL ||
	    add_entry(s, name, &entry) < 0)
		chat_say(&s->chat, "550 No such file");
	else {
		chat_say(&s->chat, "250-Listing");
		chat_say(&s->chat, " %s", buf_str(&entry));
		chat_say(&s->chat, "250 End");
	}
	buf_free(&entry);
}

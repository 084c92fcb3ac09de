/*
 * server/ftp/ftpd: a session with a peer that says what the input does, cut at
 * random, with data that comes, ends and breaks, over a store that fails at
 * times.  Each file it begins is dropped, and each name is a file's name.
 */
#include "server/ftp/ftpd.h"

#include <errno.h>

#include "fuzz.h"

struct world {
	struct dice dice;
	int files;		/* begun and not dropped */
	int finishing;		/* given to the commit, not dropped */
	int open, moving;	/* the data connection; with bytes on it */
};

static void *
file_begin(void *arg, int *err)
{
	struct world *w = arg;

	if (roll(&w->dice, 8) == 0) {
		*err = roll(&w->dice, 2) == 0 ? EBUSY : EIO;
		return NULL;
	}
	w->files++;
	return w;
}

static void
file_write(void *file, const void *p, size_t n)
{
	(void)file;
	read_all(p, n);
}

static void
file_finish(void *file, struct span name)
{
	struct world *w = file;

	MUST(name.n > 0 && name.n <= 200 && name.p[0] != '.');
	MUST(memchr(name.p, '/', name.n) == NULL);
	MUST(memchr(name.p, '\0', name.n) == NULL);
	MUST(w->finishing == 0);
	w->finishing = 1;
}

static int
file_outcome(void *file, struct span *name)
{
	struct world *w = file;

	*name = span_str("a-2.txt");
	return roll(&w->dice, 8) == 0 ? ENOSPC : 0;
}

static void
file_drop(void *file)
{
	struct world *w = file;

	w->files--;
}

static int
look(void *arg, struct span name, uint64_t *size, int64_t *time)
{
	struct world *w = arg;

	MUST(name.n > 0);
	*size = roll(&w->dice, 100000);
	*time = roll(&w->dice, 65536) * 40000L;
	return roll(&w->dice, 2) == 0 ? 0 : -1;
}

static int
list(void *arg, void (*visit)(void *to, struct span name, uint64_t size,
    int64_t time), void *to)
{
	(void)arg;
	visit(to, span_str("old.txt"), 5, 0);
	return 0;
}

static void
invent(void *arg, struct buf *name)
{
	(void)arg;
	buf_adds(name, "new.txt");
}

static int
door_listen(void *door, char *text)
{
	static const char *const addr[] = { "10.0.0.1:5000", "[::1]:65535" };
	struct world *w = door;
	const char *a = addr[roll(&w->dice, 2)];

	w->moving = 0;
	w->open = roll(&w->dice, 8) != 0;
	memcpy(text, a, strlen(a) + 1);
	return w->open ? 0 : -1;
}

static int
door_is_open(void *door)
{
	return ((struct world *)door)->open;
}

static int
door_is_abandoned(void *door)
{
	return roll(&((struct world *)door)->dice, 4) == 0;
}

static void
door_receive(void *door)
{
	struct world *w = door;

	MUST(w->open);
	w->moving = 1;
}

static void
door_send(void *door, const void *p, size_t n)
{
	file_write(NULL, p, n);
	((struct world *)door)->moving = 2;
}

static void
door_close(void *door)
{
	struct world *w = door;

	w->open = w->moving = 0;
}

static int
login(void *app, struct span name, struct span password)
{
	struct world *w = app;

	MUST(name.n > 0 && password.n <= 4096);
	return roll(&w->dice, 4) != 0;
}

static void
talk(void *arg, int who, struct span line)
{
	(void)arg;
	must_be_line(who, line);
}

/* Something happens on the data connection. */
static enum ftpd_verdict
move(struct ftpd *s, struct world *w, struct span input, struct buf *out)
{
	size_t n = cut(&w->dice, input.n);
	int broken = roll(&w->dice, 4) == 0;

	if (w->moving == 1 && n > 0 && roll(&w->dice, 4) != 0)
		return ftpd_data(s, input.p, n, out);
	w->open = w->moving = 0;
	return ftpd_data_end(s, broken, out);
}

static void
talk_to(struct ftpd *s, struct world *w, struct span input, struct buf *out)
{
	enum ftpd_verdict v = FTPD_MORE;
	size_t n, used;

	while (v != FTPD_CLOSE) {
		if (v == FTPD_COMMIT) {
			MUST(w->finishing == 1);
			w->finishing = 0;
			v = ftpd_resume(s, out);
		} else if (v == FTPD_WAIT) {
			MUST(w->finishing == 0);
			v = ftpd_resume(s, out);
			MUST(v != FTPD_WAIT);
		} else if (w->moving && roll(&w->dice, 2) == 0)
			v = move(s, w, input, out);
		else if (input.n > 0) {
			n = cut(&w->dice, input.n);
			v = ftpd_feed(s, input.p, n, &used, out);
			MUST(used == n);
			input = span_drop(input, n);
		} else
			break;
	}
	if (v == FTPD_MORE && roll(&w->dice, 4) == 0)
		ftpd_expire(s, (int)roll(&w->dice, 2), out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n);
	struct world w = { .open = 0 };
	struct ftpd_conf conf = {
		.host = "here", .directory = span_str("incoming"),
		.store = { &w, file_begin, file_write, file_finish,
		    file_outcome, file_drop, look, list, invent },
		.data = { door_listen, door_is_open, door_is_abandoned,
		    door_receive, door_send, door_close },
		.app = &w
	};
	struct buf out = { 0 };
	struct ftpd *s;

	if (take_seed(&w.dice, &input) < 0)
		return 0;
	conf.max = roll(&w.dice, 2) == 0 ? 100 : 100000;
	if (roll(&w.dice, 2) == 0)
		conf.login = login;
	if (roll(&w.dice, 4) == 0)
		conf.talk = talk;
	s = ftpd_open(&conf, NULL, roll(&w.dice, 8) != 0, &out);
	ftpd_attach(s, &w);
	talk_to(s, &w, input, &out);
	ftpd_close(s);
	MUST(w.files == 0);
	buf_free(&out);
	return 0;
}

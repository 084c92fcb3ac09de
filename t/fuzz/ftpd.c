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
file_begin(void *arg)
{
	struct world *w = arg;

	if (roll(&w->dice, 8) == 0) {
		errno = roll(&w->dice, 2) == 0 ? EBUSY : EIO;
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

static int
file_finish(void *file, struct span name, const char *sha, struct span tag)
{
	struct world *w = file;

	MUST(name.n > 0 && name.n <= 200 && name.p[0] != '.');
	MUST(memchr(name.p, '/', name.n) == NULL);
	MUST(memchr(name.p, '\0', name.n) == NULL);
	MUST(sha == NULL && tag.n == 0);
	MUST(w->finishing == 0);
	w->finishing = 1;
	return 0;
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
nonce(struct buf *b)
{
	buf_adds(b, "new");
}

static const struct order_store store = {
	file_begin, file_write, file_finish, file_outcome, file_drop, look, list
};

static int
data_listen(struct dataconn *d, unsigned low, unsigned high, char *text)
{
	static const char *const addr[] = { "10.0.0.1:5000", "[::1]:65535" };
	struct world *w = (void *)d;
	const char *a = addr[roll(&w->dice, 2)];

	MUST(low == 0 && high == 0);
	w->moving = 0;
	w->open = roll(&w->dice, 8) != 0;
	memcpy(text, a, strlen(a) + 1);
	return w->open ? 0 : -1;
}

static int
data_is_open(const struct dataconn *d)
{
	return ((const struct world *)(const void *)d)->open;
}

static int
data_is_abandoned(const struct dataconn *d)
{
	return roll(&((struct world *)(void *)d)->dice, 4) == 0;
}

static void
data_receive(struct dataconn *d)
{
	struct world *w = (void *)d;

	MUST(w->open);
	w->moving = 1;
}

static void
data_send(struct dataconn *d, const void *p, size_t n)
{
	file_write(NULL, p, n);
	((struct world *)(void *)d)->moving = 2;
}

static void
data_close(struct dataconn *d)
{
	struct world *w = (void *)d;

	w->open = w->moving = 0;
}

static int
find(void *app, struct span login, struct span *secret)
{
	struct world *w = app;

	MUST(login.n > 0);
	*secret = span_str("pencil");
	return roll(&w->dice, 4) != 0 ? 0 : -1;
}

static void
talk(const char *peer, int who, struct span line)
{
	MUST(peer[0] == '\0');
	must_be_line(who, line);
}

/* Something happens on the data connection. */
static enum session_verdict
move(void *s, struct world *w, struct span input, struct buf *out)
{
	size_t n = cut(&w->dice, input.n);
	int broken = roll(&w->dice, 4) == 0;

	if (w->moving == 1 && n > 0 && roll(&w->dice, 4) != 0)
		return ftpd_session.data(s, input.p, n, out);
	w->open = w->moving = 0;
	return ftpd_session.data_end(s, broken, out);
}

static void
talk_to(void *s, struct world *w, struct span input, struct buf *out)
{
	enum session_verdict v = SESSION_MORE;
	size_t n, used;

	while (v != SESSION_CLOSE) {
		if (v == SESSION_COMMIT) {
			MUST(w->finishing == 1);
			w->finishing = 0;
			v = ftpd_session.resume(s, out);
		} else if (v == SESSION_WAIT) {
			MUST(w->finishing == 0);
			v = ftpd_session.resume(s, out);
			MUST(v != SESSION_WAIT);
		} else if (w->moving && roll(&w->dice, 2) == 0)
			v = move(s, w, input, out);
		else if (input.n > 0) {
			n = cut(&w->dice, input.n);
			v = ftpd_session.feed(s, input.p, n, &used, out);
			MUST(used == n);
			input = span_drop(input, n);
		} else {
			break;
		}
	}
	if (v == SESSION_MORE && roll(&w->dice, 4) == 0)
		ftpd_session.expire(s, (int)roll(&w->dice, 2), out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n);
	struct world w = { .open = 0 };
	struct ftpd_conf conf = {
		.host = "here", .directory = span_str("incoming"),
		.store = &store, .store_arg = &w, .nonce = nonce,
		.data = { data_listen, data_is_open, data_is_abandoned,
		    data_receive, data_send, data_close }
	};
	struct sasld_conf auth = { .host = "here", .find = find, .app = &w };
	struct buf out = { 0 };
	void *s;

	if (take_seed(&w.dice, &input) < 0)
		return 0;
	conf.max = roll(&w.dice, 2) == 0 ? 100 : 100000;
	if (roll(&w.dice, 2) == 0)
		conf.auth = &auth;
	if (roll(&w.dice, 4) == 0)
		conf.talk = talk;
	s = ftpd_session.open(&conf, "", roll(&w.dice, 8) != 0,
	    (void *)&w);
	ftpd_session.greet(s, &out);
	talk_to(s, &w, input, &out);
	ftpd_session.close(s);
	MUST(w.files == 0);
	buf_free(&out);
	return 0;
}

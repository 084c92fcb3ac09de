/*
 * fake-ftp: an FTP server that fails on demand.
 *
 * usage: fake-ftp dir [VERB[@n]=what] ...
 *
 * what is a reply, "cut" (the connection dies instead of an answer), "late"
 * (it dies after the deed, before the answer) or "mute" (no answer at all);
 * for DATA also "drop" (the data connection is reset after some bytes, then
 * 426) and "short" (a byte is lost).  @n: the n-th time only.  ONE=line: of
 * what comes at once only the first line is seen.  220=what greets.  All else
 * works, as far as uploads need it.
 */
#include <sys/stat.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "peer.h"
#include "sys/cli.h"
#include "sys/net.h"

#define VERBS 64		/* that a test uses */

struct session {
	struct peer *p;
	struct buf cwd, old;	/* old: what RNFR named */
	int listener;		/* for data */
};

static char **rules;
static const char *root;

static struct {
	char verb[16];
	unsigned n;
} seen[VERBS];

static unsigned
times(const char *verb)
{
	size_t i;
	unsigned n;

	pthread_mutex_lock(&peer_lock);
	for (i = 0; seen[i].verb[0] != '\0'; i++)
		if (strcmp(seen[i].verb, verb) == 0)
			break;
	if (i + 1 == VERBS)
		die(EX_USAGE, "too many verbs");
	snprintf(seen[i].verb, sizeof seen[i].verb, "%s", verb);
	n = ++seen[i].n;
	pthread_mutex_unlock(&peer_lock);
	return n;
}

/* What is given for a key, or NULL. */
static const char *
given(const char *key)
{
	size_t n = strlen(key);
	char **r;

	for (r = rules; *r != NULL; r++)
		if (strncmp(*r, key, n) == 0 && (*r)[n] == '=')
			return *r + n + 1;
	return NULL;
}

/* Counts the verb, and says what is to go wrong with it, "" for nothing. */
static const char *
rule(const char *verb)
{
	char key[32];
	const char *what;

	snprintf(key, sizeof key, "%.15s@%u", verb, times(verb));
	what = given(key);
	if (what == NULL)
		what = given(verb);
	return what == NULL ? "" : what;
}

/* The file of that name, in b. */
static const char *
path(const struct session *s, struct buf *b, const char *name)
{
	buf_clear(b);
	buf_addspan(b, buf_span(&s->cwd));
	buf_addc(b, '/');
	buf_adds(b, name + strspn(name, "/"));
	return buf_str(b);
}

static void
receive(int fd, struct buf *b, int some)
{
	char piece[65536];
	ssize_t n;

	while ((n = read(fd, piece, sizeof piece)) > 0) {
		buf_add(b, piece, (size_t)n);
		if (some)
			return;
	}
}

static const char *
store(struct session *s, const char *name)
{
	struct buf content = { NULL, 0, 0 }, b = { NULL, 0, 0 };
	const char *what;
	int drop, conn, fd;

	peer_say(s->p, "150 go on");
	peer_flush(s->p);
	conn = peer_accept(s->listener);
	what = rule("DATA");
	drop = strcmp(what, "drop") == 0;
	receive(conn, &content, drop);
	if (drop)
		net_abort(conn);
	close(conn);
	if (strcmp(what, "short") == 0)
		content.n--;
	fd = open(path(s, &b, name), O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || io_write(fd, content.p, content.n) < 0 || close(fd) < 0)
		die_sys(EX_IOERR, "%s", b.p);
	buf_free(&content);
	buf_free(&b);
	return drop ? "426 cut off" : "226 stored";
}

static void
passive(struct session *s, const char *verb, struct buf *reply)
{
	char name[NET_TEXT_MAX];
	unsigned long port;

	s->listener = peer_bound("127.0.0.1:0");
	if (s->listener < 0)
		die_sys(EX_CANTCREAT, "127.0.0.1");
	net_bound(s->listener, name);
	port = strtoul(strrchr(name, ':') + 1, NULL, 10);
	if (verb[0] == 'E')
		buf_addf(reply, "229 here (|||%lu|)", port);
	else	/* an address that nobody should go to */
		buf_addf(reply, "227 here (192,0,2,1,%lu,%lu)", port >> 8,
		    port & 255);
}

static const char *
on_file(struct session *s, const char *verb, const char *arg,
    struct buf *reply)
{
	struct buf b = { NULL, 0, 0 };
	const char *name = path(s, &b, arg), *said = "250 done";
	struct stat st;
	int there = stat(name, &st) == 0;

	if (strcmp(verb, "CWD") == 0) {
		if (there && S_ISDIR(st.st_mode)) {
			buf_clear(&s->cwd);
			buf_adds(&s->cwd, name);
		} else {
			said = "550 no directory";
		}
	} else if (strcmp(verb, "MKD") == 0) {
		if (mkdir(name, 0777) < 0)
			said = "550 cannot";
	} else if (strcmp(verb, "RNFR") == 0) {
		buf_clear(&s->old);
		buf_adds(&s->old, name);
		said = "350 and now";
	} else if (strcmp(verb, "RNTO") == 0) {
		if (rename(buf_str(&s->old), name) < 0)
			said = "550 cannot";
	} else if (!there)
		said = "550 no file";
	else if (strcmp(verb, "SIZE") == 0) {
		buf_addf(reply, "213 %lld", (long long)st.st_size);
		said = NULL;
	} else {
		unlink(name);
	}
	buf_free(&b);
	return said;
}

/* Does what is asked for; the answer, or NULL where it is in reply. */
static const char *
obey(struct session *s, const char *verb, const char *arg, struct buf *reply)
{
	static const char on_files[] = " CWD MKD RNFR RNTO SIZE DELE ";
	static const char *const fixed[][2] = {
		{ "FEAT", "211-Can\r\n SIZE\r\n UTF8\r\n211 End" },
		{ "USER", "331 password" },
		{ "PASS", "230 in" },
		{ "QUIT", "221 bye" }
	};
	size_t i;

	for (i = 0; i < COUNT(fixed); i++)
		if (strcmp(verb, fixed[i][0]) == 0)
			return fixed[i][1];
	if (strcmp(verb, "EPSV") == 0 || strcmp(verb, "PASV") == 0) {
		passive(s, verb, reply);
		return NULL;
	}
	if (strcmp(verb, "STOR") == 0)
		return store(s, arg);
	buf_addf(reply, " %s ", verb);
	i = strstr(on_files, buf_str(reply)) != NULL;
	buf_clear(reply);
	return i ? on_file(s, verb, arg, reply) : "250 done";
}

static void
answer(struct session *s, const char *verb, const char *arg)
{
	struct buf reply = { NULL, 0, 0 };
	const char *what = rule(verb), *said;
	int late = strcmp(what, "late") == 0;

	if (strcmp(what, "cut") == 0)
		peer_gone(s->p);
	if (strcmp(what, "mute") == 0)
		return;
	if (what[0] != '\0' && !late) {
		peer_say(s->p, what);
		return;
	}
	said = obey(s, verb, arg, &reply);
	if (late)
		peer_gone(s->p);
	peer_say(s->p, said == NULL ? buf_str(&reply) : said);
	buf_free(&reply);
}

static void
talk(struct peer *p)
{
	struct session s = { p, { NULL, 0, 0 }, { NULL, 0, 0 }, -1 };
	struct buf b = { NULL, 0, 0 };
	struct span line;
	const char *what = given("220");
	char *arg;

	buf_adds(&s.cwd, root);
	peer_say(p, what == NULL ? "220-two lines\r\n220 hello" : what);
	for (;;) {
		line = peer_line(p);
		buf_clear(&b);
		buf_addspan(&b, span_chomp(line));
		if (given("ONE") != NULL)
			rd_take(&p->rd, rd_pending(&p->rd).n);
		buf_addc(&b, '\0');
		arg = strchr(b.p, ' ');
		if (arg != NULL)
			*arg++ = '\0';
		answer(&s, b.p, arg == NULL ? "" : arg);
	}
}

static void *
nothing(void)
{
	return NULL;
}

int
main(int argc, char **argv)
{
	cli_init(argv, "usage: fake-ftp dir [VERB[@n]=what] ...\n");
	if (argc < 2)
		cli_usage();
	root = argv[1];
	rules = argv + 2;
	peer_serve(peer_listen("127.0.0.1:0"), nothing, talk);
}

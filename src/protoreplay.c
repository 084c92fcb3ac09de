/*
 * protoreplay: plays one side of a dialogue again, to a server, a client or a
 * command, and writes the new dialogue, or what differs.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "client/client.h"
#include "client/replay.h"
#include "client/replaypeer.h"
#include "client/replaysecret.h"
#include "format/dialogue/differ.h"
#include "store/recorded.h"
#include "sys/cli.h"
#include "sys/secret.h"

#define TIMEOUT_MAX 86400
#define DIFFERS 1
#define ANONYMOUS "anonymous"	/* of FTP: anything is a password */

static const char usage[] =
    "usage: protoreplay [-dhSVv] [-a user] [-C command] [-P command] "
    "[-T seconds]\n"
    "                   dialogue [addr]\n"
    "  -a  the user whose log-in was masked\n"
    "  -C  a command whose standard input and output are the connection\n"
    "  -d  print what differs from before, instead of the new dialogue\n"
    "  -P  a command that prints the secret (where not given: ~/.netrc)\n"
    "  -S  play the server's side: listen on addr\n"
    "  -T  seconds to wait for the other side (60)\n"
    "  -v  show the dialogue on standard error\n";

struct opt {
	const char *path, *addr, *command, *user, *password;
	int server, differs, verbose;
	long timeout;
};

/* All dialogues of the file. */
struct script {
	struct recording *r;
	size_t n;
	const char *name;
};

/* In the order of the enum: where nothing is said. */
static const char *const ports[] = { "2525", "2525", "1110", "2121", "2626" };

static void
load(const struct opt *o, struct script *s)
{
	struct recorded_file f;
	size_t room = 0;

	recorded_open(&f, o->path);
	s->name = f.name;
	do {
		s->r = die_grow(s->r, s->n, &room, sizeof *s->r);
		memset(&s->r[s->n], 0, sizeof *s->r);
	} while (recorded_next(&f, &s->r[s->n]) && ++s->n > 0);
	recorded_close(&f);
	if (f.bad)
		die(EX_DATAERR, "%s: not played", f.name);
	if (s->n == 0)
		die(EX_DATAERR, "%s: there is no dialogue in it", f.name);
}

static void
unload(struct script *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		recording_free(&s->r[i]);
	free(s->r);
}

/* What was masked needs a user and a secret, before anything is said. */
static void
prepare(const struct opt *o, const struct script *s, const char *host,
    struct buf *user, struct buf *secret)
{
	struct replaysecret masked;
	struct buf reason = { 0 };
	const char *why;
	size_t i;

	for (i = 0; i < s->n; i++) {
		why = replaysecret_check(&masked, &s->r[i]);
		if (why != NULL)
			die(EX_DATAERR, "%s:%lu: %s", s->name, masked.line,
			    why);
		if (masked.line == 0 || secret->n > 0)
			continue;
		buf_addspan(user, o->user != NULL ? span_str(o->user) :
		    masked.user);
		if (user->n == 0 || (masked.logs_in && o->user == NULL))
			die(EX_NOPERM, "%s:%lu: a log-in was masked: -a names "
			    "its user, and -P or ~/.netrc has the secret",
			    s->name, masked.line);
		if (o->password == NULL && (span_is(buf_span(user), "ftp") ||
		    span_is(buf_span(user), ANONYMOUS)))
			buf_adds(secret, ANONYMOUS "@");
		else if (client_secret(secret, o->password, getenv("NETRC"),
		    getenv("HOME"), host, buf_str(user), &reason) < 0)
			die(EX_NOPERM, "%s:%lu: a secret was masked: %s",
			    s->name, masked.line, buf_str(&reason));
	}
	buf_free(&reason);
}

/* Replies that nothing has asked for. */
static size_t
count_strays(const struct recording *r)
{
	size_t i, n = 0;

	for (i = 0; i < r->n; i++)
		n += r->events[i].stray != 0 ||
		    r->events[i].kind == FOLLOW_NO_REPLY;
	return n;
}

/* How it has gone, in words. */
static void
tell(const struct script *s, const struct recording *old,
    const struct replay *p, enum replay_end end)
{
	size_t strays = count_strays(&p->new);

	if (strays > count_strays(old))
		warn("%s: lines of the server that nothing has asked for: %zu",
		    s->name, strays);
	if (p->skipped > 0)
		warn("%s: lines that were not asked for this time, and not "
		    "sent: %zu", s->name, p->skipped);
	if (end != REPLAY_DONE)
		warn("%s:%lu: %s; lines not sent: %zu", s->name, p->line,
		    p->why, p->unsent);
}

static void
print_difference(const struct script *s, const struct recording *old,
    const struct replaypeer *peer, const struct buf *lines, struct wr *out)
{
	wr_addf(out, "--- %s:%lu\n+++ %s\n", s->name, old->events[0].line,
	    peer->spawned ? "-C" : peer->name);
	wr_addspan(out, buf_span(lines));
}

/* One dialogue: 0, DIFFERS, or an exit code. */
static int
play(const struct opt *o, const struct script *s, const struct recording *old,
    const struct replaypeer *peer, struct replay_conf *conf)
{
	struct dialogue_head head = {
		old->follow.protocol, span_str(o->server ? peer->name :
		    peer->own), span_str(o->server ? peer->own : peer->name),
		(int64_t)time(NULL)
	};
	struct buf lines = { 0 };
	struct wr *out = conf->out;
	enum replay_end end;
	struct replay p;
	int code;

	if (o->differs)
		conf->out = NULL;
	end = replay_play(&p, conf, old, &head, peer->in, peer->out);
	conf->out = out;
	tell(s, old, &p, end);
	code = end == REPLAY_DONE ? EX_OK : EX_TEMPFAIL;
	if (o->differs) {
		code = differ(&lines, old, &p.new, o->server ?
		    DIALOGUE_CLIENT : DIALOGUE_SERVER) ? DIFFERS : EX_OK;
		if (code == DIFFERS)
			print_difference(s, old, peer, &lines, out);
	}
	buf_free(&lines);
	replay_free(&p);
	return code;
}

/* Where the other side is; where nothing is said, as our own programs have. */
static void
find_address(const struct opt *o, const struct script *s, struct net_addr *a)
{
	struct buf text = { 0 };

	if (o->addr != NULL)
		buf_adds(&text, o->addr);
	else
		buf_addf(&text, ":%s", ports[s->r[0].follow.protocol]);
	if (net_parse(a, buf_str(&text), ports[s->r[0].follow.protocol]) < 0)
		die(EX_USAGE, "%s: not an address", buf_str(&text));
	buf_free(&text);
}

static int
play_all(const struct opt *o, const struct script *s,
    const struct net_addr *a, struct replay_conf *conf)
{
	struct replaylisten l;
	struct replaypeer peer;
	int code = EX_OK, c;
	size_t i;

	if (o->server && o->command == NULL)
		replaypeer_listen(&l, a);
	for (i = 0; i < s->n; i++) {
		if (o->command != NULL)
			replaypeer_run(&peer, o->command, a);
		else if (o->server)
			replaypeer_accept(&peer, &l, conf->timeout);
		else
			replaypeer_dial(&peer, a, conf->timeout);
		if (conf->secret.n > 0 && !peer.is_local)
			die(EX_NOPERM, "%s: a secret is sent to this machine "
			    "only, or through -C", peer.name);
		c = play(o, s, &s->r[i], &peer, conf);
		if (c > code)
			code = c;
		replaypeer_close(&peer);
	}
	return code;
}

static int
run(const struct opt *o)
{
	struct buf user = { 0 }, secret = { 0 };
	struct script s = { 0 };
	struct replay_conf conf;
	struct net_addr a;
	struct wr out;
	int code;

	load(o, &s);
	find_address(o, &s, &a);
	if (!o->server)
		prepare(o, &s, a.host, &user, &secret);
	wr_init(&out, STDOUT_FILENO, IO_FOREVER);
	conf.side = o->server ? DIALOGUE_SERVER : DIALOGUE_CLIENT;
	conf.timeout = (int)o->timeout * 1000;
	conf.talk = client_talk(o->verbose, getenv("NO_COLOR"));
	conf.server = o->server || o->command != NULL ? NULL : &a;
	conf.out = &out;
	conf.user = buf_span(&user);
	conf.secret = buf_span(&secret);
	code = play_all(o, &s, &a, &conf);
	secret_wipe(&secret);
	buf_free(&user);
	unload(&s);
	wr_finish(&out);
	return code;
}

int
main(int argc, char **argv)
{
	struct opt o = { .timeout = 60 };
	int c;

	cli_init(argv, usage);
	while ((c = cli_opt(argc, argv, "a:C:dhP:ST:Vv")) != -1)
		switch (c) {
		case 'a': o.user = optarg; break;
		case 'C': o.command = cli_command(c, optarg); break;
		case 'd': o.differs = 1; break;
		case 'P': o.password = cli_command(c, optarg); break;
		case 'S': o.server = 1; break;
		case 'T':
			o.timeout = cli_number(c, optarg, 1, TIMEOUT_MAX);
			break;
		case 'v': o.verbose = 1; break;
		default: cli_other(c);
		}
	argv = cli_files(argc, argv, 1, 2);
	cli_clean("-a", o.user);
	o.path = argv[0];
	o.addr = argv[1];
	return run(&o);
}

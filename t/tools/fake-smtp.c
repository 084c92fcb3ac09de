/*
 * fake-smtp: an SMTP server that misbehaves.
 *
 * It listens on a free port of 127.0.0.1, or on PATH, and says so on standard
 * error.  What it reads goes to the file "dialog", line by line; each message
 * it answers 2xx to is a file got.N (dots unstuffed) and a line "N sender
 * recipient ..." in "got.log".  With -a nobody is served without the log-in
 * of joe, secret "open sesame"; with -A the server itself does not know it.
 * With -n the way to it is narrow: small segments, little room.
 *
 * A file "script" in its directory, read anew for each connection, takes the
 * place of the options and rules: "-a", "-A", "-c CAP,CAP" or a rule, one a
 * line.  Another content starts all numbers from 1.
 *
 * A rule is STAGE:WHICH:ACTION.  STAGE is greeting ehlo helo starttls auth
 * rset mail rcpt data text (the first line of the text) dot (the end of it,
 * or a BDAT) noop or quit.  WHICH is the number of the event, counted over all
 * connections, or N- for that one and all later, or * for all, or a pattern
 * that the command must hold.  ACTION is a reply (lines separated by |), or
 * one of
 *	drop	close the connection	rst	reset it
 *	leave	close it behind the usual reply
 *	silent	say nothing more	garbage	something that is no reply
 *	endless	a reply without end	long	a line without end
 *	creep	the same, but each line takes a while
 *	drip	the usual reply, a byte at a time
 *	split	the usual reply, as three lines
 *	lag	the usual reply, a little later
 *	cut	as two lines, the last one in two pieces
 *	deaf	read nothing more for a while, then go on
 */
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/mail/mime.h"
#include "peer.h"
#include "server/sasld.h"
#include "sys/cli.h"

#define USAGE "usage: fake-smtp [-aAn] [-c cap,cap] [-u path] [rule ...]\n"
#define RULES 32
#define CAPS 16

enum stage { GREETING, EHLO, HELO, STARTTLS, AUTH, RSET, MAIL, RCPT, DATA,
	TEXT, DOT, QUIT, NOOP, STAGES };

static const struct {
	const char *name, *code, *text;
} stages[STAGES] = {
	{ "greeting", "220", "fake" },
	{ "ehlo", "250", "fake" },
	{ "helo", "250", "fake" },
	{ "starttls", "220", "go" },
	{ "auth", "235", "2.7.0 welcome" },
	{ "rset", "250", "ok" },
	{ "mail", "250", "2.1.0 sender ok" },
	{ "rcpt", "250", "2.1.5 recipient ok" },
	{ "data", "354", "go on" },
	{ "text", "", "" },
	{ "dot", "250", "2.0.0 queued" },
	{ "quit", "221", "bye" },
	{ "noop", "250", "ok" }
};

struct rule {
	enum stage stage;
	const char *which, *action;
};

/* What a session goes by; the strings are the arguments or the script's. */
struct script {
	char *caps[CAPS];
	size_t ncaps;
	struct rule rules[RULES];
	size_t nrules;
	int login;		/* 'a' or 'A', or 0 */
};

struct mail {
	struct buf sender, rcpts;	/* the latter each with a blank */
	int open;
};

static struct script given;		/* by the command line */
static struct buf last_script;
static unsigned long counts[STAGES], stored;

static void
add_caps(struct script *s, char *list)
{
	s->ncaps = 0;
	while (list != NULL && *list != '\0') {
		if (s->ncaps == CAPS)
			die(EX_USAGE, "too many capabilities");
		s->caps[s->ncaps++] = list;
		list = strchr(list, ',');
		if (list != NULL)
			*list++ = '\0';
	}
}

static void
add_rule(struct script *s, char *text)
{
	struct rule *r = &s->rules[s->nrules];
	char *which = strchr(text, ':');
	char *action = which == NULL ? NULL : strchr(which + 1, ':');
	int i;

	if (action == NULL || s->nrules == RULES)
		die(EX_USAGE, "%s: not a rule, or one too many", text);
	*which++ = '\0';
	*action++ = '\0';
	for (i = 0; i < STAGES && strcmp(stages[i].name, text) != 0; i++)
		;
	if (i == STAGES)
		die(EX_USAGE, "%s: no such stage", text);
	r->stage = (enum stage)i;
	r->which = which;
	r->action = action;
	s->nrules++;
}

static void
usual_caps(struct script *s)
{
	static char usual[] = "PIPELINING\0" "SIZE 1000000\0" "8BITMIME\0"
	    "SMTPUTF8";
	char *cap = usual;

	for (s->ncaps = 0; s->ncaps < 4; cap += strlen(cap) + 1)
		s->caps[s->ncaps++] = cap;
}

/* The script as it is now; it stays in memory for the sessions that use it. */
static void *
read_script(void)
{
	struct script *s;
	struct buf text = { NULL, 0, 0 };
	char *line, *next;

	if (peer_file("script", &text) < 0)
		return &given;
	pthread_mutex_lock(&peer_lock);
	if (!span_eq(buf_span(&text), buf_span(&last_script))) {
		buf_clear(&last_script);
		buf_addspan(&last_script, buf_span(&text));
		memset(counts, 0, sizeof counts);
		stored = 0;
	}
	pthread_mutex_unlock(&peer_lock);
	s = die_calloc(1, sizeof *s);
	usual_caps(s);
	buf_addc(&text, '\0');
	for (line = text.p; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (strncmp(line, "-c ", 3) == 0)
			add_caps(s, line + 3);
		else if (line[0] == '-')
			s->login = line[1];
		else if (line[0] != '#' && line[0] != '\0')
			add_rule(s, line);
	}
	return s;
}

static int
has_cap(const struct script *s, const char *cap)
{
	size_t i;

	for (i = 0; i < s->ncaps; i++)
		if (strcmp(s->caps[i], cap) == 0)
			return 1;
	return 0;
}

static int
applies(const char *which, unsigned long n, const char *line)
{
	char *end;
	unsigned long number;

	if (strcmp(which, "*") == 0)
		return 1;
	if (!isdigit((unsigned char)which[0]))
		return strstr(line, which) != NULL;
	number = strtoul(which, &end, 10);
	return *end == '-' ? n >= number : *end == '\0' && n == number;
}

/* Counts the event; the action of the first rule for it, or NULL. */
static const char *
action_of(const struct script *s, enum stage stage, const char *line)
{
	unsigned long n;
	size_t i;

	pthread_mutex_lock(&peer_lock);
	n = ++counts[stage];
	pthread_mutex_unlock(&peer_lock);
	for (i = 0; i < s->nrules; i++)
		if (s->rules[i].stage == stage &&
		    applies(s->rules[i].which, n, line))
			return s->rules[i].action;
	return NULL;
}

static void
usual(struct peer *p, enum stage stage)
{
	const struct script *s = p->app;
	size_t i, more = stage == EHLO ? s->ncaps : 0;

	buf_addf(&p->out, "%s%c%s\r\n", stages[stage].code,
	    more > 0 ? '-' : ' ', stages[stage].text);
	for (i = 0; i < more; i++)
		buf_addf(&p->out, "%s%c%s\r\n", stages[stage].code,
		    i + 1 < more ? '-' : ' ', s->caps[i]);
}

static void
drip(struct peer *p, enum stage stage)
{
	struct buf reply = { NULL, 0, 0 };
	size_t i;

	usual(p, stage);
	buf_addspan(&reply, buf_span(&p->out));
	buf_clear(&p->out);
	for (i = 0; i < reply.n; i++) {
		peer_send(p, reply.p + i, 1);
		peer_pause(1);
	}
	buf_free(&reply);
}

static void
without_end(struct peer *p, enum stage stage, int kind)
{
	int in_one_line = kind == 'l', slow = kind == 'c';
	char text[4096];
	const char *code = stages[stage].code;

	memset(text, 'x', sizeof text);
	buf_addf(&p->out, in_one_line ? "%s " : "%s-and so on\r\n", code);
	for (;;)
		if (in_one_line)
			peer_send(p, text, sizeof text);
		else {
			peer_flush(p);
			if (slow)
				peer_pause(300);
			buf_addf(&p->out, "%s-and so on\r\n", code);
		}
}

/* An action that has a name; how the reply begins. */
static int
misbehave(struct peer *p, enum stage stage, const char *action)
{
	const char *code = stages[stage].code;

	if (strcmp(action, "leave") == 0) {
		usual(p, stage);
		peer_flush(p);
	}
	if (strcmp(action, "drop") == 0 || strcmp(action, "leave") == 0)
		peer_gone(p);
	if (strcmp(action, "rst") == 0)
		peer_reset(p);
	if (strcmp(action, "silent") == 0)
		for (;;)
			(void)peer_line(p);
	if (strcmp(action, "garbage") == 0) {
		buf_add(&p->out, "\0\377what do you mean, ", 20);
		buf_addf(&p->out, "%s?\r\n", stages[stage].name);
		return '0';
	}
	if (strcmp(action, "endless") == 0 || strcmp(action, "long") == 0 ||
	    strcmp(action, "creep") == 0)
		without_end(p, stage, action[0]);
	if (strcmp(action, "drip") == 0)
		drip(p, stage);
	else if (strcmp(action, "split") == 0)
		buf_addf(&p->out, "%s-one\r\n%s-\r\n%s\r\n", code, code, code);
	else if (strcmp(action, "cut") == 0) {
		buf_addf(&p->out, "%s-one\r\n%s t", code, code);
		peer_flush(p);
		peer_pause(50);
		peer_send(p, "wo\r\n", 4);
	} else {
		peer_pause(strcmp(action, "lag") == 0 ? 200 : 1000);
		usual(p, stage);
	}
	return code[0];
}

/* Answers to a command, or to the greeting's or the text's being due. */
static int
act(struct peer *p, enum stage stage, const char *line)
{
	const char *action = action_of(p->app, stage, line), *c;

	if (action == NULL && stage == TEXT)
		return 0;
	if (action == NULL) {
		usual(p, stage);
		return stages[stage].code[0];
	}
	if (!isdigit((unsigned char)action[0])) {
		peer_flush(p);
		return misbehave(p, stage, action);
	}
	for (c = action; *c != '\0'; c++)
		if (*c == '|')
			buf_adds(&p->out, "\r\n");
		else
			buf_addc(&p->out, *c);
	buf_adds(&p->out, "\r\n");
	if (strncmp(action, "421", 3) == 0)
		peer_gone(p);
	return action[0];
}

/* The line as a C string, in b. */
static const char *
hear(struct peer *p, struct buf *b)
{
	buf_clear(b);
	buf_addspan(b, peer_line(p));
	return buf_str(b);
}

static void
read_text(struct peer *p, struct buf *text)
{
	struct buf b = { NULL, 0, 0 };
	const char *line;
	int first = 1;

	while (strcmp(line = hear(p, &b), ".\r\n") != 0) {
		if (first)
			act(p, TEXT, line);
		first = 0;
		buf_add(text, line + (line[0] == '.'), b.n - (line[0] == '.'));
	}
	buf_free(&b);
}

static void
store(const struct mail *m, struct span text)
{
	struct buf line = { NULL, 0, 0 };
	char name[32];
	unsigned long n;
	int fd;

	pthread_mutex_lock(&peer_lock);
	n = ++stored;
	pthread_mutex_unlock(&peer_lock);
	snprintf(name, sizeof name, "got.%lu", n);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || io_write(fd, text.p, text.n) < 0 || close(fd) < 0)
		die_sys(EX_IOERR, "%s", name);
	buf_addf(&line, "%lu ", n);
	buf_addspan(&line, buf_span(&m->sender));
	buf_addspan(&line, buf_span(&m->rcpts));
	peer_log("got.log", buf_span(&line));
	buf_free(&line);
}

static void
transfer(struct peer *p, struct mail *m, const char *chunk)
{
	struct buf text = { NULL, 0, 0 };

	if (chunk == NULL) {
		read_text(p, &text);
		peer_log("dialog", span_str("."));
	} else {
		peer_bytes(p, strtoul(chunk, NULL, 10), &text);
	}
	if (chunk != NULL && m->rcpts.n == 0)
		peer_say(p, "503 5.5.1 no valid recipients");
	else if (act(p, DOT, "") == '2' && m->rcpts.n > 0)
		store(m, buf_span(&text));
	m->open = 0;
	buf_clear(&m->rcpts);
	buf_free(&text);
}

static int
find_joe(void *app, struct span login, struct span *secret)
{
	(void)app;
	*secret = span_str("open sesame");
	return span_is(login, "joe") ? 0 : -1;
}

/* XOAUTH2 has one response; a token may be longer. */
static int
has_token(struct span response)
{
	static const char start[] = "user=joe\1auth=Bearer open sesame";
	struct buf b = { NULL, 0, 0 };
	int ok;

	ok = mime_base64_decode(&b, response) == 0 && b.n > sizeof start &&
	    memcmp(b.p, start, sizeof start - 1) == 0 &&
	    b.p[b.n - 1] == '\1' && b.p[b.n - 2] == '\1';
	buf_free(&b);
	return ok;
}

/* AUTH with what stands behind it: whether joe is logged in. */
static int
log_in(struct peer *p, struct span words)
{
	struct sasld_conf conf = { .mechanisms = 15, .host = "fake",
	    .find = find_joe };
	const struct script *script = p->app;
	struct span mechanism = span_word(words), initial;
	struct sasld *s = sasld_open(&conf);
	struct buf out = { NULL, 0, 0 }, line = { NULL, 0, 0 };
	enum sasld_next next;

	initial = span_trim(span_drop(words, mechanism.n));
	if (initial.n == 0)
		initial.p = NULL;
	if (span_is(mechanism, "XOAUTH2") && initial.n == 0) {
		buf_adds(&p->out, "334 \r\n");
		hear(p, &line);
		initial = span_chomp(buf_span(&line));
	}
	if (span_is(mechanism, "XOAUTH2"))
		next = has_token(initial) ? SASLD_DONE : SASLD_REFUSED;
	else
		next = sasld_start(s, mechanism, initial, span_str("x"), &out);
	while (next == SASLD_CHALLENGE) {
		/* SCRAM's last word shows that the server knows the secret. */
		if (script->login == 'A' &&
		    strncmp(buf_str(&out), "dj", 2) == 0)
			out.p[8] = out.p[8] == 'A' ? 'B' : 'A';
		buf_addf(&p->out, "334 %s\r\n", buf_str(&out));
		buf_clear(&out);
		hear(p, &line);
		peer_log("dialog", span_chomp(buf_span(&line)));
		next = sasld_step(s, span_chomp(buf_span(&line)), &out);
	}
	sasld_close(s);
	buf_free(&out);
	buf_free(&line);
	return next == SASLD_DONE;
}

/* What stands between < and >. */
static void
take_path(struct buf *b, const char *line)
{
	const char *from = strchr(line, '<'), *to;

	to = from == NULL ? NULL : strchr(from, '>');
	if (to != NULL)
		buf_add(b, from + 1, (size_t)(to - from) - 1);
}

static void
command(struct peer *p, struct mail *m, enum stage stage, const char *line)
{
	int code = act(p, stage, line);

	if (stage == QUIT)
		peer_gone(p);
	if (code != '2' && code != '3')
		return;
	if (stage == MAIL) {
		m->open = 1;
		buf_clear(&m->sender);
		buf_clear(&m->rcpts);
		take_path(&m->sender, line);
	} else if (stage == RCPT && m->open) {
		buf_addc(&m->rcpts, ' ');
		take_path(&m->rcpts, line);
	} else if (stage == DATA)
		transfer(p, m, NULL);
}

static enum stage
stage_of(struct span verb)
{
	int i;

	for (i = 0; i < STAGES; i++)
		if (span_case_is(verb, stages[i].name) && i != GREETING &&
		    i != TEXT && i != DOT)
			break;
	return (enum stage)i;
}

static void
talk(struct peer *p)
{
	const struct script *s = p->app;
	struct mail m = { { NULL, 0, 0 }, { NULL, 0, 0 }, 0 };
	struct buf b = { NULL, 0, 0 };
	struct span words, verb;
	int known = s->login == 0;

	act(p, GREETING, "");
	for (;;) {
		hear(p, &b);
		words = span_chomp(buf_span(&b));
		peer_log("dialog", words);
		verb = span_word(words);
		words = span_trim(span_drop(words, verb.n));
		if (span_case_is(verb, "BDAT") && has_cap(s, "CHUNKING"))
			transfer(p, &m, words.p);
		else if (stage_of(verb) == STAGES)
			peer_say(p, "500 what?");
		else if (s->login != 0 && span_case_is(verb, "AUTH")) {
			known = log_in(p, words);
			peer_say(p, known ? "235 welcome" : "535 5.7.8 no");
		} else if (!known && !span_case_is(verb, "EHLO") &&
		    !span_case_is(verb, "QUIT"))
			peer_say(p, "530 5.7.0 log in first");
		else
			command(p, &m, stage_of(verb), buf_str(&b));
	}
}

int
main(int argc, char **argv)
{
	const char *where = "127.0.0.1:0";
	int c, fd, narrow = 0, room = 4096, segment = 536;

	cli_init(argv, USAGE);
	usual_caps(&given);
	while ((c = cli_opt(argc, argv, "aAc:nu:")) != -1)
		if (c == 'c')
			add_caps(&given, optarg);
		else if (c == 'n')
			narrow = 1;
		else if (c == 'u')
			where = optarg;
		else if (c == '?')
			cli_usage();
		else
			given.login = c;
	for (; optind < argc; optind++)
		add_rule(&given, argv[optind]);
	fd = peer_bound(where);
	if (fd < 0)
		die_sys(EX_CANTCREAT, "%s", where);
	if (narrow) {
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
		setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment,
		    sizeof segment);
	}
	peer_announce(fd);
	peer_serve(fd, read_script, talk);
}

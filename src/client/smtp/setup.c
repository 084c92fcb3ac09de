#include "setup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/dns/nameservers.h"
#include "format/mail/aliases.h"
#include "format/wire/rcfile.h"
#include "sys/cli.h"
#include "sys/secret.h"

/* Where nothing is said, and the ports of SMTP by the use of TLS. */
#define SERVER_DEFAULT "localhost:2525"
static const char ports[][4] = { "25", "587", "465" };

/* Bytes of the configuration, and of the aliases. */
#define FILE_MAX 1048576

static const char global[] = "/etc/mailorder.conf";

/* --- The configuration file ------------------------------------------ */

/* What the file says to this sender; p is NULL where it says nothing. */
struct values {
	struct span value[RCFILE_WORDS];
};

static const char *
string(const struct values *v, enum rcfile_word word)
{
	return v->value[word].p;
}

/* The file at path: 1, or 0 where it is missing and may be. */
static int
load(struct setup *s, const char *path, int must)
{
	struct buf faults = { 0 };
	const char *why;
	int shown;

	if (secret_settings(path, &s->text, FILE_MAX, &shown, &why) < 0) {
		if (!must && (errno == ENOENT || errno == ENOTDIR))
			return 0;
		die(EX_CONFIG, "%s: %s", path, why);
	}
	rcfile_check(buf_span(&s->text), path, &faults);
	if (cli_faults(&faults))
		die_silently(EX_CONFIG);
	if (shown && rcfile_has(buf_span(&s->text), RCFILE_SECRET))
		die(EX_CONFIG, "%s: a secret is in it, and others can read it",
		    path);
	buf_free(&faults);
	return 1;
}

/* The first of the places where one may be. */
static void
find_file(struct setup *s)
{
	const char *path = s->file != NULL ? s->file : s->env_file;
	struct buf own = { 0 };

	if (path != NULL) {
		if (*path != '\0' && strcmp(path, "/dev/null") != 0)
			load(s, path, 1);
	} else {
		buf_addf(&own, "%s/.mailorderrc", s->home != NULL ? s->home :
		    "");
		if (s->home == NULL || *s->home == '\0' ||
		    !load(s, buf_str(&own), 0))
			load(s, global, 0);
		buf_free(&own);
	}
}

/* Who sends, as far as command line, environment and file tell. */
static void
find_sender(struct buf *from, const struct setup *s, const struct prepare *p)
{
	struct prepare known = *p;
	struct span value;
	char *own = NULL;

	if (p->from == NULL && (p->email == NULL || *p->email == '\0') &&
	    rcfile_find(buf_span(&s->text), span_of(NULL, 0), RCFILE_FROM,
	    &value)) {
		own = span_dup(value);
		known.from = own;
	}
	prepare_sender(from, &known);
	free(own);
}

/*
 * All values, which are strings from now on: the file cannot be read any more.
 */
static void
find_values(struct values *v, struct setup *s, struct span sender)
{
	struct span text;
	enum rcfile_word i;

	buf_reserve(&s->text, 1);
	text = buf_span(&s->text);
	for (i = 0; i < RCFILE_WORDS; i++)
		if (!rcfile_find(text, sender, i, &v->value[i]))
			v->value[i] = span_of(NULL, 0);
	for (i = 0; i < RCFILE_WORDS; i++)
		if (v->value[i].p != NULL)
			s->text.p[(size_t)(v->value[i].p - text.p) +
			    v->value[i].n] = '\0';
}

/* A ~ that begins the name of the file is HOME, as in a shell. */
static void
load_aliases(struct setup *s, const char *name)
{
	struct buf path = { 0 }, faults = { 0 };
	const char *why;
	int shown;

	if (strncmp(name, "~/", 2) == 0 && s->home != NULL)
		buf_adds(&path, s->home);
	buf_adds(&path, name + (path.n > 0));
	if (secret_settings(buf_str(&path), &s->aliases, FILE_MAX, &shown,
	    &why) < 0)
		die(EX_CONFIG, "aliases: %s: %s", buf_str(&path), why);
	aliases_check(buf_span(&s->aliases), buf_str(&path), &faults);
	if (cli_faults(&faults))
		die_silently(EX_CONFIG);
	buf_free(&faults);
	buf_free(&path);
}

/*
 * TLS, user and secret are for the servers of the file: another one, that is
 * named elsewhere, gets none of them.  Under -x, those that -s does not name
 * count only where they are a port.
 */
static void
apply_server(struct setup *s, const struct values *v)
{
	struct connection_conf *c = &s->conf.servers.connection;
	const char *named = s->servers != NULL ? s->servers : s->env_servers;
	const char *known = string(v, RCFILE_SERVER);
	const char *user = string(v, RCFILE_USER);

	if (s->servers == NULL && (named == NULL || *named == '\0'))
		named = known;
	if (s->mx && named != s->servers && route_port(named, ports[0]) == NULL)
		named = NULL;
	s->servers = named;
	if (s->mx || (known != NULL && strcmp(named, known) != 0))
		return;
	if (c->tls == TLS_NONE && c->command == NULL &&
	    string(v, RCFILE_TLS) != NULL)
		c->tls = (enum connection_tls)rcfile_tls(v->value[RCFILE_TLS]);
	if (s->auth.user == NULL)
		s->auth.user = user;
	if (s->secret == NULL && user != NULL &&
	    strcmp(s->auth.user, user) == 0)
		s->password = v->value[RCFILE_SECRET];
}

void
setup_file(struct setup *s, struct prepare *p)
{
	struct connection_conf *c = &s->conf.servers.connection;
	struct values v = { 0 };
	struct buf sender = { 0 };
	uintmax_t seconds = 0;

	s->named = s->servers != NULL && !s->mx;
	local_host(s->host);
	p->helo = c->helo != NULL ? c->helo : s->host;
	find_file(s);
	if (s->text.n > 0) {
		if (rcfile_has(buf_span(&s->text), RCFILE_PROFILE))
			find_sender(&sender, s, p);
		find_values(&v, s, buf_span(&sender));
		buf_free(&sender);
	}
	if (c->helo == NULL && string(&v, RCFILE_HELO) != NULL)
		c->helo = p->helo = prepare_helo(string(&v, RCFILE_HELO));
	c->by_ip = c->helo == NULL && local_is_bare(s->host);
	c->helo = p->helo;
	if (p->from == NULL && (p->email == NULL || *p->email == '\0'))
		p->from = string(&v, RCFILE_FROM);
	p->named = string(&v, RCFILE_NAME);
	if (c->limit == IO_FOREVER && v.value[RCFILE_TIMEOUT].n > 0 &&
	    span_number(v.value[RCFILE_TIMEOUT], &seconds) == 0)
		c->limit = (int)seconds * 1000;
	if (string(&v, RCFILE_ALIASES) != NULL)
		load_aliases(s, string(&v, RCFILE_ALIASES));
	p->aliases = buf_span(&s->aliases);
	apply_server(s, &v);
}

/* --- All together ---------------------------------------------------- */

/* A mechanism that we know can be chosen from a list of itself. */
static void
check_mechanism(const char *name)
{
	const char *why;

	cli_clean("-M", name);
	if (name != NULL && saslc_choose(span_str(name), name, 1, &why) == NULL)
		die(EX_USAGE, "-M: %s: %s", name, why);
}

struct resolver *
setup_resolver(struct setup *s)
{
	if (s->resolver == NULL)
		s->resolver = die_calloc(1, sizeof *s->resolver);
	return s->resolver;
}

void
setup_check(struct setup *s)
{
	const struct connection_conf *c = &s->conf.servers.connection;

	if (s->mx && (c->tls != TLS_NONE || c->command != NULL ||
	    s->auth.user != NULL))
		die(EX_USAGE, "-x excludes -Z, -C and -a");
	if (c->tls != TLS_NONE && c->command != NULL)
		die(EX_USAGE, "-C and -Z exclude each other");
	if (c->command != NULL && net_family() != AF_UNSPEC)
		die(EX_USAGE, "-C excludes -4, -6 and -S: what it does is its "
		    "own business");
	if (c->tls > TLS_DIRECT)
		die(EX_USAGE, "-Z: twice at the most");
	if (s->auth.user == NULL &&
	    (s->secret != NULL || s->auth.mechanism != NULL))
		die(EX_USAGE, "-P and -M need -a");
	cli_clean("-a", s->auth.user);
	check_mechanism(s->auth.mechanism);
	if (s->servers == NULL && !s->mx)
		s->servers = SERVER_DEFAULT;
	cli_clean("-s", s->servers);
}

/* Under -x a server can only be a port. */
static void
set_resolver(struct setup *s, struct wr *trace)
{
	struct resolver *r = setup_resolver(s);
	struct servers_conf *conf = &s->conf.servers;

	conf->resolver = r;
	conf->port = route_port(s->servers, ports[0]);
	if (conf->port == NULL)
		die(EX_USAGE, "-s: %s: not a port, for -x", s->servers);
	r->timeout = RESOLVER_TIMEOUT;
	if (conf->connection.limit != IO_FOREVER &&
	    conf->connection.limit < RESOLVER_TIMEOUT)
		r->timeout = conf->connection.limit;
	r->trace = trace;
	nameservers_default(r);
}

void
setup_conf(struct setup *s, struct wr *trace)
{
	struct servers_conf *servers = &s->conf.servers;
	struct connection_conf *c = &servers->connection;

	s->conf.depth = s->depth > 0 ? (size_t)s->depth : 1;
	c->unwanted = s->depth > 0 ? 0 : OFFER_PIPELINING;
	if (s->mx)
		set_resolver(s, trace);
	else
		servers->server = servers_parse(s->servers, ports[c->tls],
		    &servers->n);
	servers->spread = !s->mx;
	c->bare = s->typed;
	c->trace = trace;
	c->bold = trace != NULL && cli_coloured(trace->fd, s->no_color);
	if (s->auth.user != NULL)
		c->auth = &s->auth;
}

void
setup_secrets(struct setup *s)
{
	struct servers_conf *to = &s->conf.servers;
	size_t i;

	if (s->auth.user != NULL && s->password.n == 0)
		servers_secrets(to->server, to->n, s->secret, s->netrc,
		    s->home, s->auth.user);
	for (i = 0; i < to->n; i++)
		buf_addspan(&to->server[i].secret, s->password);
}

void
setup_free(struct setup *s)
{
	servers_free(s->conf.servers.server, s->conf.servers.n);
	if (s->resolver != NULL)
		resolver_free(s->resolver);
	free(s->resolver);
	secret_wipe(&s->text);
	buf_free(&s->aliases);
}

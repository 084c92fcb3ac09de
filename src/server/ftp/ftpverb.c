#include "ftpverb.h"

#include "format/wire/mask.h"
#include "format/wire/name.h"
#include "ftpfile.h"

#define FAILURES_MAX 3		/* log-ins refused before the session ends */

static void
user(struct ftpd *s, struct span arg)
{
	s->logged_in = 0;
	buf_clear(&s->user);
	if (s->conf->auth == NULL && !s->local)
		ftp_reply(s, "530 No anonymous login from this address");
	else if (name_login(&s->user, arg) < 0)
		ftp_reply(s, "530 Invalid user name");
	else
		ftp_reply(s, "331 Password required");
}

void
ftpverb_log_in(struct ftpd *s)
{
	s->phase = FTP_COMMAND;
	s->logged_in = s->right;
	if (s->right && s->conf->auth != NULL)
		sasld_passed(s->conf->auth, buf_span(&s->user), s->peer);
	buf_clear(&s->user);
	if (s->logged_in) {
		ftp_reply(s, "230 Logged in");
		return;
	}
	ftp_reply(s, "530 Login incorrect");
	if (++s->failures < FAILURES_MAX)
		return;
	ftp_reply(s, "421 Too many failed logins");
	s->phase = FTP_OVER;
}

/* Until the answer leaves, the try counts as one in vain. */
static void
pass(struct ftpd *s, struct span arg)
{
	const struct sasld_conf *auth = s->conf->auth;
	struct span login = buf_span(&s->user);

	if (login.n == 0) {
		ftp_reply(s, "503 Send USER first");
		return;
	}
	s->right = auth != NULL ? sasld_password(auth, login, arg) :
	    span_is(login, "anonymous") || span_is(login, "ftp");
	s->late = auth != NULL ? sasld_tried(auth, login, s->peer) : 0;
	if (s->late > 0)
		s->phase = FTP_TRIED;
	else
		ftpverb_log_in(s);
}

static void
acct(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "202 ACCT is not needed");
}

static void
cwd(struct ftpd *s, struct span arg)
{
	struct span name;

	if (span_is(arg, "..") || (ftpfile_path(s, arg, &name) == NULL &&
	    name.n == 0))
		ftp_reply(s, "250 Directory changed to /");
	else
		ftp_reply(s, "550 No such directory");
}

static void
cdup(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "250 Directory changed to /");
}

static void
pwd(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "257 \"/\" is the current directory");
}

static void
syst(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "215 UNIX Type: L8");
}

static void
feat(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "211-Features:");
	ftp_reply(s, " EPSV");
	ftp_reply(s, " MDTM");
	ftp_reply(s, " SIZE");
	ftp_reply(s, " UTF8");
	ftp_reply(s, "211 End");
}

static void
opts(struct ftpd *s, struct span arg)
{
	if (span_case_is(arg, "UTF8") || span_case_is(arg, "UTF8 ON"))
		ftp_reply(s, "200 UTF8 is on");
	else
		ftp_reply(s, "501 Unknown option");
}

static void
type(struct ftpd *s, struct span arg)
{
	int text = span_case_is(arg, "A") || span_case_is(arg, "A N");

	if (!text && !span_case_is(arg, "I") && !span_case_is(arg, "L 8")) {
		ftp_reply(s, "504 Only TYPE A and I");
		return;
	}
	s->text = text;
	ftp_reply(s, text ? "200 Type set to A" : "200 Type set to I");
}

static void
mode(struct ftpd *s, struct span arg)
{
	ftp_reply(s, span_case_is(arg, "S") ? "200 Mode set to S" :
	    "504 Only MODE S");
}

static void
stru(struct ftpd *s, struct span arg)
{
	ftp_reply(s, span_case_is(arg, "F") ? "200 Structure set to F" :
	    "504 Only STRU F");
}

/* The digits behind the last colon of an address. */
static unsigned
port_of(const char *addr)
{
	const char *p = strrchr(addr, ':');
	unsigned port = 0;

	for (p = p != NULL ? p + 1 : ""; *p >= '0' && *p <= '9'; p++)
		port = port * 10 + (unsigned)(*p - '0');
	return port;
}

static int
listen(struct ftpd *s, char *addr)
{
	if (s->conf->data.listen(s->data, s->conf->low, s->conf->high,
	    addr) == 0)
		return 0;
	ftp_reply(s, "425 Cannot open a port for the data connection");
	return -1;
}

/* The network protocols are numbered: 1 is IPv4, 2 is IPv6 (RFC 2428 3). */
static void
epsv(struct ftpd *s, struct span arg)
{
	char addr[FTPD_ADDR_MAX];
	const char *ours;

	if (span_case_is(arg, "ALL")) {
		s->epsv_all = 1;
		ftp_reply(s, "200 EPSV ALL accepted");
		return;
	}
	if (listen(s, addr) < 0)
		return;
	ours = addr[0] == '[' ? "2" : "1";
	if (arg.n == 0 || span_is(arg, ours)) {
		ftp_reply(s, "229 Entering Extended Passive Mode (|||%u|)",
		    port_of(addr));
	} else {
		s->conf->data.close(s->data);
		ftp_reply(s, "522 Network protocol not supported, use (%s)",
		    ours);
	}
}

static void
pasv(struct ftpd *s, struct span arg)
{
	char addr[FTPD_ADDR_MAX], *p;
	unsigned port;

	(void)arg;
	if (s->epsv_all) {
		ftp_reply(s, "501 Not allowed after EPSV ALL");
		return;
	}
	if (listen(s, addr) < 0)
		return;
	if (addr[0] == '[') {
		s->conf->data.close(s->data);
		ftp_reply(s, "425 No IPv4 address here, use EPSV");
		return;
	}
	port = port_of(addr);
	for (p = addr; *p != ':' && *p != '\0'; p++)
		if (*p == '.')
			*p = ',';
	*p = '\0';
	ftp_reply(s, "227 Entering Passive Mode (%s,%u,%u)", addr,
	    port >> 8, port & 0xff);
}

static void
allo(struct ftpd *s, struct span arg)
{
	uintmax_t size;
	size_t n;

	for (n = 0; n < arg.n && arg.p[n] != ' '; n++)
		;
	if (span_number(span_of(arg.p, n), &size) < 0)
		ftp_reply(s, "501 Syntax: ALLO number");
	else if (size > s->conf->max)
		ftp_reply(s, "552 File too large: at most %ju octets",
		    (uintmax_t)s->conf->max);
	else
		ftp_reply(s, "202 ALLO is not needed");
}

static void
rest(struct ftpd *s, struct span arg)
{
	ftp_reply(s, span_is(arg, "0") ? "350 Restarting at 0" :
	    "501 Only REST 0: files come whole");
}

static void
stat(struct ftpd *s, struct span arg)
{
	(void)arg;
	if (s->phase == FTP_TRANSFER)
		ftp_reply(s, "211 %ju octets received",
		    (uintmax_t)s->size);
	else
		ftp_reply(s, "211 %s", s->logged_in ? "Logged in" :
		    "Not logged in");
}

static void
abor(struct ftpd *s, struct span arg)
{
	(void)arg;
	if (s->phase == FTP_TRANSFER)
		ftp_reply(s, "426 Transfer aborted");
	ftpfile_abort(s);
	ftp_reply(s, "226 ABOR successful");
}

static void
noop(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "200 NOOP ok");
}

static void
help(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "214 USER PASS TYPE EPSV PASV STOR STOU RNFR RNTO "
	    "SIZE MDTM LIST NLST DELE ABOR STAT QUIT: upload only");
}

static void
quit(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "221 bye");
	s->phase = FTP_OVER;
}

static void
port(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "502 Passive mode only: use EPSV or PASV");
}

static void
upload_only(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "550 Permission denied: upload only");
}

/* RFC 1123 4.1.2.11: what is known, but not here, is no unknown command. */
static void
missing(struct ftpd *s, struct span arg)
{
	(void)arg;
	ftp_reply(s, "502 Command not implemented");
}

#define OPEN 1			/* before the log-in, too */
#define URGENT 2		/* in mid-transfer, too */

static const struct verb {
	const char *name;
	void (*run)(struct ftpd *s, struct span arg);
	int flags;
} verbs[] = {
	{ "USER", user, OPEN }, { "PASS", pass, OPEN },
	{ "ACCT", acct, OPEN }, { "QUIT", quit, OPEN },
	{ "SYST", syst, OPEN }, { "FEAT", feat, OPEN },
	{ "OPTS", opts, OPEN }, { "NOOP", noop, OPEN },
	{ "HELP", help, OPEN }, { "STAT", stat, OPEN | URGENT },
	{ "ABOR", abor, OPEN | URGENT },
	{ "TYPE", type, 0 }, { "MODE", mode, 0 }, { "STRU", stru, 0 },
	{ "PWD", pwd, 0 }, { "XPWD", pwd, 0 }, { "CWD", cwd, 0 },
	{ "XCWD", cwd, 0 }, { "CDUP", cdup, 0 }, { "XCUP", cdup, 0 },
	{ "EPSV", epsv, 0 }, { "PASV", pasv, 0 }, { "PORT", port, 0 },
	{ "EPRT", port, 0 }, { "ALLO", allo, 0 }, { "REST", rest, 0 },
	{ "STOR", ftpfile_stor, 0 }, { "STOU", ftpfile_stou, 0 },
	{ "RNFR", ftpfile_rnfr, 0 }, { "RNTO", ftpfile_rnto, 0 },
	{ "DELE", ftpfile_dele, 0 }, { "SIZE", ftpfile_size, 0 },
	{ "MDTM", ftpfile_mdtm, 0 }, { "LIST", ftpfile_list, 0 },
	{ "NLST", ftpfile_nlst, 0 }, { "APPE", upload_only, 0 },
	{ "RETR", upload_only, 0 }, { "MKD", upload_only, 0 },
	{ "XMKD", upload_only, 0 }, { "RMD", upload_only, 0 },
	{ "XRMD", upload_only, 0 }, { "SITE", missing, OPEN },
	{ "SMNT", missing, OPEN }, { "REIN", missing, OPEN },
	{ "AUTH", missing, OPEN }, { "PBSZ", missing, OPEN },
	{ "PROT", missing, OPEN }, { "MLST", missing, OPEN },
	{ "MLSD", missing, OPEN }, { "LPSV", port, 0 }, { "LPRT", port, 0 }
};

/* The verb of a line, whose argument goes to *arg; NULL when there is none. */
static const struct verb *
find(struct span line, struct span *arg)
{
	size_t n, i;

	for (n = 0; n < line.n && line.p[n] != ' '; n++)
		;
	*arg = span_drop(line, n < line.n ? n + 1 : n);
	for (i = 0; i < COUNT(verbs); i++)
		if (span_case_is(span_of(line.p, n), verbs[i].name))
			return &verbs[i];
	return NULL;
}

/* Telnet's signs before ABOR (RFC 959 4.1.3). */
static struct span
skip_telnet(struct span line)
{
	while (line.n > 0 && (unsigned char)line.p[0] >= 0xf0)
		line = span_drop(line, 1);
	return line;
}

int
ftpverb_is_urgent(struct span line)
{
	const struct verb *v;
	struct span arg;

	v = find(skip_telnet(line), &arg);
	return v != NULL && (v->flags & URGENT);
}

static void
tell_line(struct ftpd *s, struct span line, int known)
{
	size_t open = mask_open(&s->pending, line, known);
	struct buf shown = { 0 };

	buf_add(&shown, line.p, open);
	if (open < line.n)
		buf_adds(&shown, open > 0 ? " ***" : "***");
	s->conf->talk(s->conf->app, s->peer, 'C', buf_span(&shown));
	buf_free(&shown);
}

void
ftpverb_run(struct ftpd *s, struct span line)
{
	const struct verb *v;
	struct span arg;

	line = skip_telnet(line);
	v = find(line, &arg);
	if (s->conf->talk != NULL)
		tell_line(s, line, v != NULL);
	if (v == NULL)
		ftp_reply(s, "500 Unknown command");
	else if (!s->logged_in && !(v->flags & OPEN))
		ftp_reply(s, "530 Please log in with USER and PASS");
	else
		v->run(s, arg);
	if (v == NULL || (v->run != ftpfile_rnfr && !(v->flags & URGENT)))
		buf_clear(&s->from);
}

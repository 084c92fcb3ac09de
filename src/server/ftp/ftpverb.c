#include "ftpverb.h"

#include "format/wire/mask.h"
#include "format/wire/name.h"
#include "ftpfile.h"
#include "ftplist.h"

#define FAILURES_MAX 3		/* log-ins refused before the session ends */

static void
user(struct ftpd *s, struct span arg)
{
	s->logged_in = 0;
	buf_clear(&s->user);
	if (s->conf->auth == NULL && !s->local)
		chat_say(&s->chat, "530 No anonymous login from this address");
	else if (name_login(&s->user, arg) < 0)
		chat_say(&s->chat, "530 Invalid user name");
	else
		chat_say(&s->chat, "331 Password required");
}

void
ftpverb_log_in(struct ftpd *s)
{
	s->phase = FTP_COMMAND;
	s->logged_in = s->right;
	if (s->right && s->conf->auth != NULL)
		sasld_passed(s->conf->auth, buf_span(&s->user), s->chat.peer);
	buf_clear(&s->user);
	if (s->logged_in) {
		chat_say(&s->chat, "230 Logged in");
		return;
	}
	chat_say(&s->chat, "530 Login incorrect");
	if (++s->failures < FAILURES_MAX)
		return;
	chat_say(&s->chat, "421 Too many failed logins");
	s->phase = FTP_OVER;
}

/* Until the answer leaves, the try counts as one in vain. */
static void
pass(struct ftpd *s, struct span arg)
{
	const struct sasld_conf *auth = s->conf->auth;
	struct span login = buf_span(&s->user);

	if (login.n == 0) {
		chat_say(&s->chat, "503 Send USER first");
		return;
	}
	s->right = auth != NULL ? sasld_password(auth, login, arg) :
	    span_is(login, "anonymous") || span_is(login, "ftp");
	s->late = auth != NULL ? sasld_tried(auth, login, s->chat.peer) : 0;
	if (s->late > 0)
		s->phase = FTP_TRIED;
	else
		ftpverb_log_in(s);
}

static void
cwd(struct ftpd *s, struct span arg)
{
	struct span name;

	if (span_is(arg, "..") || (ftpfile_path(s, arg, &name) == NULL &&
	    name.n == 0))
		chat_say(&s->chat, "250 Directory changed to /");
	else
		chat_say(&s->chat, "550 No such directory");
}

/* Whoever makes a directory before it goes there may find it made. */
static void
mkd(struct ftpd *s, struct span arg)
{
	struct span name;

	chat_say(&s->chat, ftpfile_path(s, arg, &name) == NULL &&
	    name.n == 0 ? "521 \"/\" directory already exists" :
	    "550 Permission denied: there is one directory, and no other");
}

/* All of RFC 3659 7.5 that are told, whatever is asked for. */
static const char facts[] = "type*;size*;modify*;";

static void
feat(struct ftpd *s, struct span arg)
{
	(void)arg;
	chat_say(&s->chat, "211-Features:");
	chat_say(&s->chat, " EPSV");
	chat_say(&s->chat, " MDTM");
	chat_say(&s->chat, " MLST %s", facts);
	chat_say(&s->chat, " SIZE");
	chat_say(&s->chat, " UTF8");
	chat_say(&s->chat, "211 End");
}

static void
opts(struct ftpd *s, struct span arg)
{
	if (span_case_is(arg, "UTF8") || span_case_is(arg, "UTF8 ON"))
		chat_say(&s->chat, "200 UTF8 is on");
	else if (span_case_is(span_word(arg), "MLST"))
		chat_say(&s->chat, "200 MLST OPTS type;size;modify;");
	else
		chat_say(&s->chat, "501 Unknown option");
}

static void
type(struct ftpd *s, struct span arg)
{
	int text = span_case_is(arg, "A") || span_case_is(arg, "A N");

	if (!text && !span_case_is(arg, "I") && !span_case_is(arg, "L 8")) {
		chat_say(&s->chat, "504 Only TYPE A and I");
		return;
	}
	s->text = text;
	chat_say(&s->chat, text ? "200 Type set to A" : "200 Type set to I");
}

static void
mode(struct ftpd *s, struct span arg)
{
	chat_say(&s->chat, span_case_is(arg, "S") ? "200 Mode set to S" :
	    "504 Only MODE S");
}

static void
stru(struct ftpd *s, struct span arg)
{
	chat_say(&s->chat, span_case_is(arg, "F") ? "200 Structure set to F" :
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
	chat_say(&s->chat, "425 Cannot open a port for the data connection");
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
		chat_say(&s->chat, "200 EPSV ALL accepted");
		return;
	}
	if (listen(s, addr) < 0)
		return;
	ours = addr[0] == '[' ? "2" : "1";
	if (arg.n == 0 || span_is(arg, ours)) {
		chat_say(&s->chat,
		    "229 Entering Extended Passive Mode (|||%u|)",
		    port_of(addr));
	} else {
		s->conf->data.close(s->data);
		chat_say(&s->chat,
		    "522 Network protocol not supported, use (%s)", ours);
	}
}

static void
pasv(struct ftpd *s, struct span arg)
{
	char addr[FTPD_ADDR_MAX], *p;
	unsigned port;

	(void)arg;
	if (s->epsv_all) {
		chat_say(&s->chat, "501 Not allowed after EPSV ALL");
		return;
	}
	if (listen(s, addr) < 0)
		return;
	if (addr[0] == '[') {
		s->conf->data.close(s->data);
		chat_say(&s->chat, "425 No IPv4 address here, use EPSV");
		return;
	}
	port = port_of(addr);
	for (p = addr; *p != ':' && *p != '\0'; p++)
		if (*p == '.')
			*p = ',';
	*p = '\0';
	chat_say(&s->chat, "227 Entering Passive Mode (%s,%u,%u)", addr,
	    port >> 8, port & 0xff);
}

static void
allo(struct ftpd *s, struct span arg)
{
	uintmax_t size;

	if (span_number(span_cut(&arg, ' '), &size) < 0)
		chat_say(&s->chat, "501 Syntax: ALLO number");
	else if (size > s->conf->max)
		chat_say(&s->chat, "552 File too large: at most %ju octets",
		    (uintmax_t)s->conf->max);
	else
		chat_say(&s->chat, "202 ALLO is not needed");
}

static void
rest(struct ftpd *s, struct span arg)
{
	chat_say(&s->chat, span_is(arg, "0") ? "350 Restarting at 0" :
	    "501 Only REST 0: files come whole");
}

static void
stat(struct ftpd *s, struct span arg)
{
	(void)arg;
	if (s->phase == FTP_TRANSFER)
		chat_say(&s->chat, "211 %ju octets received",
		    (uintmax_t)s->size);
	else
		chat_say(&s->chat, "211 %s", s->logged_in ? "Logged in" :
		    "Not logged in");
}

static void
abor(struct ftpd *s, struct span arg)
{
	(void)arg;
	if (s->phase == FTP_TRANSFER)
		chat_say(&s->chat, "426 Transfer aborted");
	ftpfile_abort(s);
	chat_say(&s->chat, "226 ABOR successful");
}

static void
quit(struct ftpd *s, struct span arg)
{
	(void)arg;
	chat_say(&s->chat, "221 bye");
	s->phase = FTP_OVER;
}

#define OPEN 1			/* before the log-in, too */
#define URGENT 2		/* in mid-transfer, too */

static const char
	directory[] = "257 \"/\" is the current directory",
	changed[] = "250 Directory changed to /",
	/* RFC 1123 4.1.2.11: known, and not here, is not an unknown command. */
	missing[] = "502 Command not implemented",
	passive[] = "502 Passive mode only: use EPSV or PASV",
	upload_only[] = "550 Permission denied: upload only",
	verbs_here[] = "214 USER PASS TYPE EPSV PASV STOR STOU APPE RNFR RNTO "
	    "SIZE MDTM LIST NLST MLSD MLST DELE ABOR STAT QUIT: upload only";

static const struct verb {
	const char *name;
	void (*run)(struct ftpd *s, struct span arg);
	int flags;
	const char *reply;	/* all there is to it, where run is NULL */
} verbs[] = {
	{ "USER", user, OPEN, NULL }, { "PASS", pass, OPEN, NULL },
	{ "ACCT", NULL, OPEN, "202 ACCT is not needed" },
	{ "QUIT", quit, OPEN, NULL },
	{ "SYST", NULL, OPEN, "215 UNIX Type: L8" },
	{ "FEAT", feat, OPEN, NULL }, { "OPTS", opts, OPEN, NULL },
	{ "NOOP", NULL, OPEN, "200 NOOP ok" },
	{ "HELP", NULL, OPEN, verbs_here },
	{ "STAT", stat, OPEN | URGENT, NULL },
	{ "ABOR", abor, OPEN | URGENT, NULL },
	{ "TYPE", type, 0, NULL }, { "MODE", mode, 0, NULL },
	{ "STRU", stru, 0, NULL }, { "PWD", NULL, 0, directory },
	{ "XPWD", NULL, 0, directory }, { "CWD", cwd, 0, NULL },
	{ "XCWD", cwd, 0, NULL }, { "CDUP", NULL, 0, changed },
	{ "XCUP", NULL, 0, changed }, { "EPSV", epsv, 0, NULL },
	{ "PASV", pasv, 0, NULL }, { "PORT", NULL, 0, passive },
	{ "EPRT", NULL, 0, passive }, { "ALLO", allo, 0, NULL },
	{ "REST", rest, 0, NULL }, { "STOR", ftpfile_stor, 0, NULL },
	{ "STOU", ftpfile_stou, 0, NULL }, { "RNFR", ftpfile_rnfr, 0, NULL },
	{ "RNTO", ftpfile_rnto, 0, NULL }, { "DELE", ftpfile_dele, 0, NULL },
	{ "SIZE", ftplist_size, 0, NULL }, { "MDTM", ftplist_mdtm, 0, NULL },
	{ "LIST", ftplist_list, 0, NULL }, { "NLST", ftplist_nlst, 0, NULL },
	{ "APPE", ftpfile_appe, 0, NULL }, { "RETR", NULL, 0, upload_only },
	{ "MKD", mkd, 0, NULL }, { "XMKD", mkd, 0, NULL },
	{ "RMD", NULL, 0, upload_only }, { "XRMD", NULL, 0, upload_only },
	{ "SITE", NULL, OPEN, missing }, { "SMNT", NULL, OPEN, missing },
	{ "REIN", NULL, OPEN, missing }, { "AUTH", NULL, OPEN, missing },
	{ "PBSZ", NULL, OPEN, missing }, { "PROT", NULL, OPEN, missing },
	{ "MLST", ftplist_mlst, 0, NULL }, { "MLSD", ftplist_mlsd, 0, NULL },
	{ "LPSV", NULL, 0, passive }, { "LPRT", NULL, 0, passive }
};

/* The verb of a line, whose argument goes to *arg; NULL when there is none. */
static const struct verb *
find(struct span line, struct span *arg)
{
	*arg = line;
	return SPAN_LOOKUP(span_cut(arg, ' '), verbs);
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

void
ftpverb_run(struct ftpd *s, struct span line)
{
	const struct verb *v;
	struct span arg;

	line = skip_telnet(line);
	v = find(line, &arg);
	if (s->chat.talk != NULL)
		chat_hear(&s->chat, line,
		    mask_open(&s->chat.pending, line, v != NULL));
	if (v == NULL)
		chat_say(&s->chat, "500 Unknown command");
	else if (!s->logged_in && !(v->flags & OPEN))
		chat_say(&s->chat, "530 Please log in with USER and PASS");
	else if (v->run == NULL)
		chat_say(&s->chat, "%s", v->reply);
	else
		v->run(s, arg);
	if (v == NULL || (v->run != ftpfile_rnfr && !(v->flags & URGENT)))
		buf_clear(&s->from);
}

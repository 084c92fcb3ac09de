#include "cli.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "io.h"
#include "local.h"

#define TIME_MAX 999999999	/* seconds that a long has everywhere */

static const char *usage_text = "";

static void
put(int fd, const char *text)
{
	if (io_write(fd, text, strlen(text)) < 0)
		die_sys(EX_IOERR, "stdout");
}

/*
 * A descriptor that was closed gets one that cannot be used the way it should
 * be: output is not lost in silence, and no file takes its number.
 */
static void
open_standard(void)
{
	static const int mode[] = { O_WRONLY, O_RDONLY, O_RDWR };
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", mode[fd]);
}

static void DIE_NORETURN
help(void)
{
	put(STDOUT_FILENO, usage_text);
	die_silently(EX_OK);
}

static void DIE_NORETURN
version(void)
{
	struct buf line = { 0 };

	buf_addf(&line, "%s (mailorder) %s\n", die_name(), CLI_VERSION);
	put(STDOUT_FILENO, buf_str(&line));
	die_silently(EX_OK);
}

/* --help and --version, as people know them from other programs. */
static void
answer_long(const char *word)
{
	if (strcmp(word, "--help") == 0)
		help();
	if (strcmp(word, "--version") == 0)
		version();
}

void
cli_init(char **argv, const char *usage)
{
	struct sigaction ignore;

	open_standard();
	die_init(argv[0]);
	usage_text = usage;
	memset(&ignore, 0, sizeof ignore);
	ignore.sa_handler = SIG_IGN;
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL);
}

void
cli_usage(void)
{
	put(STDERR_FILENO, usage_text);
	die_silently(EX_USAGE);
}

int
cli_opt(int argc, char **argv, const char *letters)
{
	const char *word = optind < argc ? argv[optind] : "";
	struct buf quiet = { 0 };
	int c;

	answer_long(word);
	/* With the colon getopt(3) leaves it to us to say what is wrong. */
	buf_addf(&quiet, ":%s", letters);
	c = getopt(argc, argv, buf_str(&quiet));
	buf_free(&quiet);
	if (c != ':' && c != '?')
		return c;
	if (c == ':')
		warn("-%c: an argument is missing", optopt);
	else if (byte_is_letter(optopt) || byte_is_digit(optopt))
		warn("-%c: no such option", optopt);
	else
		warn("%s: no such option", word);
	cli_usage();
}

void
cli_other(int opt)
{
	if (opt == 'h')
		help();
	if (opt == 'V')
		version();
	cli_usage();
}

/* An option stands behind an operand. */
static void DIE_NORETURN
misplaced(const char *word)
{
	answer_long(word);
	die(EX_USAGE, "%s: options come first", word);
}

char **
cli_files(int argc, char **argv, int least, int most)
{
	static char dash[] = "-", *standard_input[] = { dash, NULL };
	char **operands = argv + optind, **arg = operands;

	for (; *arg != NULL && strcmp(operands[-1], "--") != 0; arg++)
		if (**arg == '-' && arg[0][1] != '\0' &&
		    access(*arg, F_OK) < 0)
			misplaced(*arg);
	if (argc - optind < least || argc - optind > most)
		cli_usage();
	return optind < argc ? operands : standard_input;
}

char **
cli_words(char **argv)
{
	char **operands = argv + optind, **arg = operands;

	for (; *arg != NULL && strcmp(operands[-1], "--") != 0; arg++)
		if (**arg == '-')
			misplaced(*arg);
	return operands;
}

long
cli_number(int opt, const char *text, long min, long max)
{
	uintmax_t u;

	if (span_number(span_str(text), &u) < 0)
		die(EX_USAGE, "-%c: %s: not a number", opt, text);
	if (u > (uintmax_t)max || (long)u < min)
		die(EX_USAGE, "-%c: %s: not between %ld and %ld",
		    opt, text, min, max);
	return (long)u;
}

int
cli_seconds(int opt, const char *text)
{
	return 1000 * (int)cli_number(opt, text, 1, 86400);
}

long
cli_time(int opt, const char *text)
{
	uintmax_t u;

	if (span_seconds(span_str(text), &u) < 0 || u > TIME_MAX)
		die(EX_USAGE, "-%c: %s: not a time such as 90, 5m or 2d",
		    opt, text);
	return (long)u;
}

const char *
cli_command(int opt, const char *text)
{
	if (text[strspn(text, " \t\n")] == '\0')
		die(EX_USAGE, "-%c: no command", opt);
	return text;
}

uint64_t
cli_size(int opt, const char *text)
{
	struct span s = span_str(text);
	uintmax_t u;
	int shift = 0;

	if (s.n > 0 && strchr("kKmMgG", s.p[s.n - 1]) != NULL) {
		switch (s.p[--s.n]) {
		case 'k': case 'K':
			shift = 10;
			break;
		case 'm': case 'M':
			shift = 20;
			break;
		default:
			shift = 30;
		}
	}
	if (span_number(s, &u) < 0 || u > (uintmax_t)INT64_MAX >> shift)
		die(EX_USAGE, "-%c: %s: not a size", opt, text);
	return (uint64_t)u << shift;
}

const char *
cli_directory(char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	return path;
}

void
cli_clean(const char *what, const char *text)
{
	if (text != NULL && span_has_control(span_str(text)))
		die(EX_USAGE, "%s: %s: a control character", what, text);
}

void
cli_range(int opt, const char *text, unsigned max, unsigned *low,
    unsigned *high)
{
	const char *minus = strchr(text, '-');
	size_t n = minus != NULL ? (size_t)(minus - text) : strlen(text);
	uintmax_t a, b;

	if (span_number(span_of(text, n), &a) < 0 || a < 1 ||
	    span_number(span_str(minus != NULL ? minus + 1 : text), &b) < 0 ||
	    a > b || b > max)
		die(EX_USAGE, "-%c: %s: not a range within 1-%u", opt, text,
		    max);
	*low = (unsigned)a;
	*high = (unsigned)b;
}

int
cli_faults(const struct buf *faults)
{
	struct span rest = buf_span(faults), line;

	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		warn("%.*s", (int)line.n, line.p);
	}
	return faults->n > 0;
}

void
cli_now(struct local_time *here, const char *epoch)
{
	if (local_now(here, epoch) < 0)
		die(EX_CONFIG, "SOURCE_DATE_EPOCH: %s: not a number", epoch);
}

int
cli_coloured(int fd, const char *no)
{
	return isatty(fd) && (no == NULL || *no == '\0');
}

/*
 * cli: what the command line of every program has in common.
 */
#ifndef SYS_CLI_H
#define SYS_CLI_H

#include <stdint.h>

#include "die.h"

struct buf;
struct local_time;

#define CLI_VERSION "1.0"

/*
 * Called first in main: names the program for diagnostics, makes sure that
 * descriptors 0 to 2 are open, and ignores SIGPIPE and SIGXFSZ (a failed write
 * is an error like any other).  usage is one or more lines, kept by reference.
 */
void cli_init(char **argv, const char *usage);

/*
 * As getopt(3), and answers --help and --version where an option can stand:
 * the value of one may be a word like these.  An unknown option, or one that
 * lacks its argument, is reported before cli_usage.
 */
int cli_opt(int argc, char **argv, const char *letters);

/* Usage on standard error, and EX_USAGE. */
void cli_usage(void) DIE_NORETURN;

/*
 * For getopt(3)'s default: 'h' is usage on standard output and exit 0, 'V' the
 * version likewise, and all else is wrong usage.
 */
void cli_other(int opt) DIE_NORETURN;

/*
 * For programs whose operands are files, once getopt(3) is done: the operands,
 * ended by NULL, or "-" alone, standard input, where there is none.  Fewer than
 * least or more than most (argc: any number) are wrong usage.  An operand that
 * looks like an option, and is not a file, was meant as an option: it ends the
 * program with EX_USAGE before anything is done, except after "--".
 */
char **cli_files(int argc, char **argv, int least, int most);

/*
 * For programs whose operands are addresses or domains: the operands, ended by
 * NULL.  One that begins with a dash was meant as an option, as above.
 */
char **cli_words(char **argv);

/*
 * Values of options; what is not one, or is out of range, ends the program
 * with EX_USAGE and "-opt: text: reason".  cli_seconds takes 1 to 86400, a day,
 * and gives ms; cli_time takes what span_seconds does, and gives seconds, nine
 * digits at most; cli_size takes a number of bytes, or one followed by k, M or
 * G (of 1024); cli_command takes what spawn_words finds a word in.
 */
long cli_number(int opt, const char *text, long min, long max);
int cli_seconds(int opt, const char *text);
long cli_time(int opt, const char *text);
uint64_t cli_size(int opt, const char *text);
const char *cli_command(int opt, const char *text);

/*
 * The directory at path, whose files are told by their paths: the slashes at
 * its end are taken off in place.
 */
const char *cli_directory(char *path);

/*
 * text is what (an option, a setting, an operand) that goes into a protocol
 * line, a header or a file name: a control character in it ends the program.
 * NULL is what was not given.
 */
void cli_clean(const char *what, const char *text);

/* Warns of each line of faults; whether there are any. */
int cli_faults(const struct buf *faults);

/* As local_now; an epoch that is not a number ends the program. */
void cli_now(struct local_time *here, const char *epoch);

/*
 * Whether what is written to fd may have colours: it is a terminal, and no, the
 * value of NO_COLOR, is not set or empty.
 */
int cli_coloured(int fd, const char *no);

/* low-high, or one number for both; at least 1 and at most max. */
void cli_range(int opt, const char *text, unsigned max, unsigned *low,
    unsigned *high);

#endif

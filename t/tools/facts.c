/*
 * facts: what the system says of files, a line each: their mode in octal, the
 * device they are on, or when they were changed, to the nanosecond.
 */
#include <sys/stat.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "sys/cli.h"

#define USAGE "usage: facts mode|device|mtime file ...\n"

int
main(int argc, char **argv)
{
	struct stat st;
	int i;

	cli_init(argv, USAGE);
	if (argc < 3)
		cli_usage();
	for (i = 2; i < argc; i++) {
		if (stat(argv[i], &st) < 0)
			die_sys(EX_NOINPUT, "%s", argv[i]);
		if (strcmp(argv[1], "mode") == 0)
			printf("%o\n", (unsigned)st.st_mode & 07777);
		else if (strcmp(argv[1], "device") == 0)
			printf("%ju\n", (uintmax_t)st.st_dev);
		else if (strcmp(argv[1], "mtime") == 0)
			printf("%jd.%09ld\n", (intmax_t)st.st_mtim.tv_sec,
			    (long)st.st_mtim.tv_nsec);
		else
			cli_usage();
	}
	return EX_OK;
}

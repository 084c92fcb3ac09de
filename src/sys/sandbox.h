/*
 * sandbox: runs a program that may crash, loop, write without end or never
 * end.  It has a session and a process group of its own, and limits; whoever
 * is in that group is killed when the program is over.
 */
#ifndef SYS_SANDBOX_H
#define SYS_SANDBOX_H

#include <stdint.h>
#include <sys/types.h>

struct sandbox_limits {
	unsigned cpu;		/* seconds of CPU time, for each process */
	uint64_t file;		/* octets of a file that it writes */
};

struct sandbox {
	pid_t pid;		/* 0: none is there */
	int ended;
	int status;		/* then: its exit code */
	int signal;		/* or what has ended it, else 0 */
};

/*
 * Starts argv[0] (found on PATH); in is its standard input, out its standard
 * output and error.  0, or -1 with errno, also when the program could not be
 * executed.
 */
int sandbox_start(struct sandbox *b, char *const argv[], int in, int out,
    const struct sandbox_limits *limits);

/* Whether it has ended; its children are killed then. */
int sandbox_ended(struct sandbox *b);

/* Kills all of them, where it has not ended, and waits for it. */
void sandbox_stop(struct sandbox *b);

#endif

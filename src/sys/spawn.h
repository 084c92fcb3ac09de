/*
 * spawn: running other programs with an argument vector, never a shell.
 */
#ifndef SYS_SPAWN_H
#define SYS_SPAWN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct buf;

struct spawn {
	pid_t pid;
	int in;			/* the child's standard output, to read */
	int out;		/* the child's standard input, to write */
};

/*
 * Starts argv[0] (found on PATH) with its standard input and output joined to
 * ours.  Unless err is NULL its standard error is *err to read, the caller's to
 * close, and signals from the terminal do not reach it.  0, or -1 with errno,
 * also when the program could not be executed.
 */
int spawn_start(struct spawn *s, char *const argv[], int *err);

/*
 * The same, but its standard input is ours, and s->out is -1.  It runs in dir,
 * unless that is NULL.
 */
int spawn_output(struct spawn *s, const char *dir, char *const argv[],
    int *err);

/*
 * Starts a copy of this process that runs work and ends with what it returns.
 * s->in and s->out are one socket, and so is the copy's fd; its standard
 * input and output are /dev/null.  0, or -1 with errno.
 */
int spawn_copy(struct spawn *s, int (*work)(void *arg, int fd), void *arg);

/*
 * Memory that this process and children it has from now on see alike: n bytes,
 * all zero; where there are none that ends the program.
 */
void *spawn_share(size_t n);
void spawn_unshare(void *p, size_t n);

/* What stands for the signal that ended a process is above its exit codes. */
#define SPAWN_SIGNAL 128

/*
 * Closes both ends and waits, however long it takes: the exit code, or
 * SPAWN_SIGNAL + the signal.
 */
int spawn_end(struct spawn *s);

/* The same for who ends by itself, and after so many ms by SIGKILL. */
int spawn_leave(struct spawn *s, int ms);

/* The same at once: by SIGTERM, and a second later by SIGKILL. */
int spawn_stop(struct spawn *s);

/* Waits so for a process that is a child of this one. */
int spawn_reap(pid_t pid, int ms);

/*
 * Becomes argv[0]: the signals that cli_init ignores as they are by default,
 * no return unless it fails (-1 with errno).
 */
int spawn_exec(char *const argv[]);

/*
 * The exit code for a command that could not be run, by errno: 127 where it was
 * not found, EX_TEMPFAIL where the system is short of something, else 126, as
 * POSIX has it for env, nice and nohup.
 */
int spawn_failure(int err);

/*
 * Splits a command line into words at blanks; no quotes, no shell.  The NULL
 * terminated vector and its words are one block, the caller's to free; NULL
 * when there is no word.  %h and %p in a word stand for host and port, %% for
 * a per cent sign; with a NULL host nothing is replaced.
 */
char **spawn_words(const char *command, const char *host, const char *port);

struct spawn_value {
	char letter;		/* %LETTER stands for it; '\0' ends a list */
	const char *text;
};

/* Such a vector of these words with values in them; other letters stay. */
char **spawn_fill(char *const *words, const struct spawn_value *values);

/*
 * A program that may crash, loop, write without end or never end.  It has a
 * session and a process group of its own, and limits; whoever is in that group
 * is killed when the program is over.
 */
struct spawn_sandbox_limits {
	unsigned cpu;		/* seconds of CPU time, for each process */
	uint64_t file;		/* octets of a file that it writes */
};

struct spawn_sandbox {
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
int spawn_sandbox_start(struct spawn_sandbox *b, char *const argv[], int in,
    int out, const struct spawn_sandbox_limits *limits);

/* Whether it has ended; its children are killed then. */
int spawn_sandbox_ended(struct spawn_sandbox *b);

/* Kills all of them, where it has not ended, and waits for it. */
void spawn_sandbox_stop(struct spawn_sandbox *b);

#endif

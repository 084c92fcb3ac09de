/*
 * io: buffered reading and writing of descriptors.  Deadlines live here, so
 * that the logic above is a straight line.
 */
#ifndef SYS_IO_H
#define SYS_IO_H

#include <dirent.h>
#include <stddef.h>
#include <sys/types.h>

#include "buf.h"

/* Every time-out is in milliseconds; IO_FOREVER waits without end. */
#define IO_FOREVER (-1)

enum rd_status {
	RD_LINE,	/* a line with its line ending */
	RD_PARTIAL,	/* bytes after the last line ending, then end of file */
	RD_EOF,		/* end of file, nothing before it */
	RD_LONG,	/* max bytes and no line ending: the span is a piece */
	RD_TIMEOUT,	/* the deadline passed */
	RD_ERROR	/* read(2) failed: rd->err */
};

struct rd {
	int fd;
	int timeout;		/* ms that one call may take */
	size_t max;		/* the longest line, its ending included */
	int err;		/* errno of the failure */
	/* private */
	char *p;
	size_t at;		/* first byte not yet taken */
	size_t n;		/* end of what was read */
	size_t cap;
	size_t seen;		/* no line ending between at and here */
	int eof;
	int plain;		/* fd is no socket */
	int wait;		/* ms that it waits for input, 0: for ever */
};

/* Reads fd, which stays the caller's.  Nothing is allocated before use. */
void rd_init(struct rd *rd, int fd, int timeout, size_t max);
void rd_free(struct rd *rd);

/*
 * The next line.  *line points into rd and is valid until its next call; it
 * ends with LF, but under RD_PARTIAL and RD_LONG (the rest of a long line
 * comes with the next calls).
 */
enum rd_status rd_line(struct rd *rd, struct span *line);

/* The same, where a whole line is there already: 1, or 0 and no *line. */
int rd_next(struct rd *rd, struct span *line);

/* As rd_line, by the moment end (io_clock), for lines that share a time-out. */
enum rd_status rd_line_by(struct rd *rd, struct span *line, long long end);

/*
 * Whatever is there, at least one byte: RD_LINE, RD_EOF, RD_TIMEOUT or
 * RD_ERROR.  rd_take says how many bytes of it were used; the others stay.
 */
enum rd_status rd_some(struct rd *rd, struct span *bytes);
void rd_take(struct rd *rd, size_t n);

/*
 * What can be had without waiting for the descriptor, until the next call;
 * whether there is a whole line of it.
 */
struct span rd_pending(const struct rd *rd);
int rd_ready(const struct rd *rd);

/* Who takes a byte at a time gets no more time for it. */
#define WR_PIECE 16384

struct wr {
	int fd;
	int timeout;		/* ms that one piece of WR_PIECE may take */
	int err;		/* errno of the first failure; later writes
				   are ignored */
	size_t sent;		/* bytes the kernel has taken so far */
	/* private */
	char *p;
	size_t n;
	int plain;		/* fd is no socket */
};

/* Writes to fd, which stays the caller's. */
void wr_init(struct wr *wr, int fd, int timeout);
void wr_free(struct wr *wr);

void wr_add(struct wr *wr, const void *p, size_t n);
void wr_addspan(struct wr *wr, struct span s);
void wr_adds(struct wr *wr, const char *s);
void wr_addc(struct wr *wr, int c);
void wr_addf(struct wr *wr, const char *fmt, ...) DIE_PRINTF(2, 3);

/* Writes s at once, behind what is buffered, and copies nothing. */
void wr_direct(struct wr *wr, struct span s);

/* Writes out what is buffered.  0, or -1 with wr->err and errno set. */
int wr_flush(struct wr *wr);

/*
 * For the end of every filter: flushes wr, whose descriptor is standard
 * output, closes that, and ends the program with EX_IOERR and the reason
 * where anything was not written.
 */
void wr_finish(struct wr *wr);

/* The same for a program whose output is s. */
void wr_print(struct span s);

/*
 * All n bytes to a file or pipe, without a buffer.  0, or -1 with errno.
 */
int io_write(int fd, const void *p, size_t n);

/*
 * Appends what fd holds up to its end to b, at most max bytes of it: 0, or -1
 * with errno (EFBIG when there is more).
 */
int io_slurp(int fd, struct buf *b, size_t max);

/*
 * As io_slurp, the text of the file at path ("-" is standard input), without a
 * byte order mark at its start.
 */
int io_text(const char *path, struct buf *b, size_t max);

/*
 * As open(2), opendir(3) and fsync(2), but that a signal, by which slow files
 * and file systems are interrupted, is no failure.
 */
int io_file(const char *path, int flags, mode_t mode);
DIR *io_dir(const char *path);
int io_sync(int fd);

/*
 * As poll(2), for loops: where it fails nothing has happened, and a failure
 * that would come again at once takes a while.
 */
struct pollfd;
int io_poll(struct pollfd *p, size_t n, int ms);

/*
 * Opens a file to read; "-" is standard input.  -1 with errno.
 */
int io_open(const char *path);

/* As pipe(2), and what is executed has neither end: 0, or -1 with errno. */
int io_pipe(int end[2]);

/* As close(2), where its outcome does not matter; errno stays. */
void io_close(int fd);

/* What messages call the file that io_open opens: "stdin" for "-". */
const char *io_name(const char *path);

/*
 * From now on the socket fd, which rd and wr alone use, may block: a wait for
 * input is then one system call, not two, and time-outs hold as before.
 */
void io_block(int fd);

/*
 * ms since some fixed moment: for deadlines; and microseconds.  io_left is how
 * many ms are left to the moment end, 0 when it has passed.
 */
long long io_clock(void);
long long io_clock_us(void);
int io_left(long long end);

#endif

#include "fileage.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "sys/die.h"

/* Whether a is b or before it, seconds added to b. */
static int
not_after(struct timespec a, struct timespec b, long seconds)
{
	b.tv_sec += (time_t)seconds;
	return a.tv_sec < b.tv_sec ||
	    (a.tv_sec == b.tv_sec && a.tv_nsec <= b.tv_nsec);
}

/*
 * The clock has been set back, or the time is one that somebody has made up:
 * from now on it is the time since which nobody has written.
 */
static int
set_time(const char *path, struct timespec now)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, now };

	if (utimensat(AT_FDCWD, path, times, 0) == 0 || errno == ENOENT)
		return FILEAGE_NOT_YET;
	warn_sys("%s: its time, in the future, cannot be set", path);
	return EX_IOERR;
}

int
fileage_look(const char *path, struct timespec now, long seconds, int verbose)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno != ENOENT) {
			warn_sys("%s", path);
			return EX_NOINPUT;
		}
		if (verbose)
			warn("%s: not there", path);
		return FILEAGE_NOT_YET;
	}
	if (not_after(st.st_mtim, now, -seconds))
		return EX_OK;
	if (verbose)
		warn("%s: not yet settled", path);
	return not_after(st.st_mtim, now, seconds) ? FILEAGE_NOT_YET :
	    set_time(path, now);
}

struct timespec
fileage_now(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0)
		die_sys(EX_TEMPFAIL, "clock_gettime");
	return now;
}

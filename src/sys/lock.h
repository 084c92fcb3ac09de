/*
 * lock: kernel locks on whole files (fcntl); they end with their process and
 * so cannot go stale.
 */
#ifndef SYS_LOCK_H
#define SYS_LOCK_H

/*
 * Opens path, made if it is missing (mode 0600), and locks it for this
 * process alone; wait says whether to wait for another holder.  What is
 * written to it is appended.  The lock lasts until the descriptor
 * (close-on-exec) is closed.  -1 with errno: EAGAIN when another has it.  The
 * holder may remove the file: whoever waited for it then locks a new one.
 *
 * A process that closes any descriptor of a file it has locked loses the
 * lock: open a lock file through this module only.
 */
int lock_take(const char *path, int wait);

/*
 * A server's claim on a directory: path is shared with other servers.  *sole
 * says whether nobody else held it, in which case what looks half done in the
 * directory is left over from the dead; the caller tidies up and then calls
 * lock_share.  The descriptor, or -1 with errno.
 */
int lock_claim(const char *path, int *sole);
int lock_share(int fd);

/*
 * For an open file: 0, or -1 with errno (EAGAIN: held by another; lock_wait
 * waits until it is not).
 */
int lock_file(int fd);
int lock_wait(int fd);

/*
 * Whether path still names the file of fd: its last holder may have removed
 * it while we waited, and then the lock is on a file nobody else can find.
 */
int lock_is_at(int fd, const char *path);

#endif

/*
 * mailroot: the directory that mailboxes of every form lie in.
 */
#ifndef STORE_MAILROOT_H
#define STORE_MAILROOT_H

/*
 * Makes the directory, mode 0700 less the umask, where it is missing, and
 * looks whether files can be made in it.  0, or -1 with errno.
 */
int mailroot_make(const char *root);

/*
 * Whether a root that is there can be shared; before this process does.  0, or
 * -1 with errno.
 */
int mailroot_check(const char *root);

/*
 * Makes what is missing of a Maildir, all of it or what a crash has left out,
 * and its names safe.  0, or -1 with errno.
 */
int mailroot_maildir(const char *box);

/*
 * Shares the root with other servers for as long as this process lives, and
 * removes what the dead have left half written in it.  0, or -1 with errno.
 */
int mailroot_claim(const char *root);

#endif

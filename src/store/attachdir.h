/*
 * attachdir: the directory below which the files lie that letters may have.
 */
#ifndef STORE_ATTACHDIR_H
#define STORE_ATTACHDIR_H

#include "format/order/attach.h"

struct attachdir {
	struct attach_store store;	/* for the letters, as long as it is
					   open */
	/* private */
	int fd;
};

/*
 * Opens the directory, or ends the program.  A path that leads out of it, by ..
 * or by a symbolic link, is refused, whoever changes what lies there at the
 * time.
 */
void attachdir_open(struct attachdir *d, const char *path);

#endif

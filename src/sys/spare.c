#include "spare.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "io.h"

static int spare = -1;

/* A file of its own, for the system may be short of those, too. */
int
spare_keep(void)
{
	if (spare < 0)
		spare = io_file("/dev/null", O_RDONLY | O_CLOEXEC, 0);
	return spare < 0 ? -1 : 0;
}

void
spare_use(void)
{
	int err = errno;

	if (spare >= 0)
		close(spare);
	spare = -1;
	errno = err;
}

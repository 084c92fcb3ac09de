/* sys/newfile */
#include "test.h"

#include <errno.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/io.h"
#include "sys/newfile.h"

/* Names in the directory, dot-files but . and .. counted too. */
static int
entries(void)
{
	struct dirent *e;
	DIR *d = opendir(".");
	int n = 0;

	while ((e = readdir(d)) != NULL)
		n += strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static void
test_whole(void)
{
	struct newfile f;
	struct buf got = { 0 };
	struct stat st;
	int fd;

	CHECK_INT(newfile_open(&f, "."), 0);
	CHECK_INT(newfile_write(&f, "one ", 4), 0);
	CHECK_INT(newfile_write(&f, "two", 3), 0);
	CHECK_INT(access("final", F_OK), -1);
	newfile_start(&f);
	CHECK_INT(newfile_sync(&f), 0);
	CHECK_INT(newfile_link(&f, "final"), 0);
	newfile_drop(&f);
	CHECK_INT(newfile_syncdir("."), 0);
	CHECK_INT(entries(), 1);
	CHECK_INT(stat("final", &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	fd = io_open("final");
	CHECK_INT(io_slurp(fd, &got, 100), 0);
	CHECK_BUF(&got, "one two");
	close(fd);
	buf_free(&got);
}

/* What is there is never replaced, and another name may be tried. */
static void
test_taken(void)
{
	struct newfile f;

	CHECK_INT(newfile_open(&f, "."), 0);
	CHECK_INT(newfile_write(&f, "new", 3), 0);
	CHECK_INT(newfile_sync(&f), 0);
	CHECK_INT(newfile_link(&f, "final"), -1);
	CHECK_INT(errno, EEXIST);
	CHECK_INT(newfile_link(&f, "final-2"), 0);
	newfile_drop(&f);
	CHECK_INT(entries(), 2);
}

/* But where it is asked for, at once and whole. */
static void
test_replaced(void)
{
	struct newfile f;
	struct buf got = { 0 };
	int fd;

	CHECK_INT(newfile_open(&f, "."), 0);
	CHECK_INT(newfile_write(&f, "newer", 5), 0);
	CHECK_INT(newfile_sync(&f), 0);
	CHECK_INT(newfile_replace(&f, "missing/final"), -1);
	CHECK_INT(errno, ENOENT);
	CHECK_INT(newfile_replace(&f, "final"), 0);
	newfile_drop(&f);
	CHECK_INT(entries(), 2);
	CHECK_INT(newfile_keep("final"), 0);
	CHECK_INT(newfile_keep("."), 0);
	CHECK_INT(newfile_keep("missing"), -1);
	CHECK_INT(errno, ENOENT);
	fd = io_open("final");
	CHECK_INT(io_slurp(fd, &got, 100), 0);
	CHECK_BUF(&got, "newer");
	close(fd);
	buf_free(&got);
}

static void
test_dropped(void)
{
	struct newfile f;

	CHECK_INT(newfile_open(&f, "."), 0);
	CHECK_INT(newfile_write(&f, "gone", 4), 0);
	newfile_drop(&f);
	newfile_drop(&f);
	CHECK_INT(newfile_open(&f, "."), 0);
	CHECK_INT(newfile_sync(&f), 0);
	newfile_drop(&f);
	CHECK_INT(entries(), 2);
	CHECK_INT(newfile_open(&f, "missing"), -1);
	CHECK_INT(errno, ENOENT);
	newfile_drop(&f);
}

/* A full disk, as a limit on file sizes: the failure is kept. */
static void
test_full(void)
{
	struct rlimit limit, old;
	struct newfile f;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 10;
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	CHECK_INT(newfile_open(&f, "."), 0);
	CHECK_INT(newfile_write(&f, "12345678", 8), 0);
	CHECK_INT(newfile_write(&f, "12345678", 8), -1);
	CHECK_INT(errno, EFBIG);
	CHECK_INT(lseek(f.fd, 0, SEEK_END), 0);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	CHECK_INT(newfile_write(&f, "1", 1), -1);
	CHECK_INT(newfile_sync(&f), -1);
	CHECK_INT(errno, EFBIG);
	newfile_drop(&f);
	CHECK_INT(entries(), 2);
}

static void
test_sweep(void)
{
	struct newfile f;

	CHECK_INT(newfile_open(&f, "."), 0);
	close(f.fd);
	free(f.path);
	CHECK_INT(entries(), 3);
	newfile_sweep(".");
	CHECK_INT(entries(), 2);
}

static void
test_directory(void)
{
	CHECK_INT(newfile_mkdir("dir", W_OK), 1);
	CHECK_INT(newfile_mkdir("dir/", W_OK), 0);
	CHECK_INT(newfile_mkdir("final", W_OK), -1);
	CHECK_INT(errno, ENOTDIR);
	CHECK_INT(newfile_mkdir("missing/dir", W_OK), -1);
	CHECK_INT(errno, ENOENT);
	CHECK_INT(newfile_syncparent("dir"), 0);
	CHECK_INT(newfile_syncparent("dir/missing"), 0);
	CHECK_INT(newfile_syncparent("missing/"), 0);
	CHECK_INT(newfile_syncparent("/missing"), 0);
	CHECK_INT(newfile_syncparent("missing//dir/"), -1);
	CHECK_INT(errno, ENOENT);
	CHECK_INT(rmdir("dir"), 0);
}

int
main(void)
{
	char dir[] = "unit.XXXXXX";

	CHECK(mkdtemp(dir) != NULL && chdir(dir) == 0);
	test_whole();
	test_taken();
	test_replaced();
	test_dropped();
	test_full();
	test_sweep();
	test_directory();
	unlink("final");
	unlink("final-2");
	CHECK_INT(chdir("..") | rmdir(dir), 0);
	return test_end();
}

/*
 * The stores when the disk fails: what is refused is not there, and what a
 * crash has left half made is made whole.
 */
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/maildir.h"
#include "store/mbox.h"
#include "store/outbox.h"
#include "store/spool.h"
#include "sys/newfile.h"

static const char sha[] = "00", boxes[] = "u\0u@a.test\0v\0v@a.test";

/* The call from now on that fails, the first being 1; 0: none. */
static int bad_fsync;

/* In place of the system's. */
int
fsync(int fd)
{
	if (bad_fsync > 0 && --bad_fsync == 0) {
		errno = EIO;
		return -1;
	}
	return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

/* Files in a directory whose names do not begin with a dot. */
static int
files(const char *dir)
{
	struct dirent *e;
	DIR *d = opendir(dir);
	int n = 0;

	if (d == NULL)
		return -1;
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
stored(void *arg, const char *path)
{
	(void)arg;
	CHECK(access(path, F_OK) == 0);
}

/* What became of one order, the same each time where sha is not NULL. */
static int
order(struct spool *s, const char *name, const char *hex)
{
	void *f = spool_store.begin(s);
	struct span got;
	int err;

	CHECK(f != NULL);
	spool_store.write(f, "text", 4);
	spool_store.finish(f, span_str(name), hex, span_str("-"));
	spool_commit(s);
	err = spool_store.outcome(f, &got);
	spool_store.drop(f);
	return err;
}

/* Content, the directory, .seen: whichever fails, nothing has come. */
static void
test_spool(void)
{
	struct spool *s = spool_new("in", 0, stored, NULL);
	int n;

	spool_start(s);
	for (n = 1; n <= 3; n++) {
		bad_fsync = n;
		CHECK_INT(order(s, "order.txt", sha), EIO);
		CHECK_INT(bad_fsync, 0);
		CHECK_INT(files("in"), 0);
		CHECK_INT(files("in/.seen"), 0);
	}
	CHECK_INT(order(s, "order.txt", sha), 0);
	CHECK_INT(order(s, "order.txt", sha), EEXIST);
	CHECK_INT(files("in"), 1);
	bad_fsync = 2;
	CHECK_INT(order(s, "order.txt", sha), EIO);
	CHECK_INT(files("in"), 1);
	CHECK_INT(order(s, "order.txt", sha), EEXIST);
	spool_free(s);
	CHECK_INT(unlink("in/order.txt"), 0);
}

static void
test_spool_without_marks(void)
{
	struct spool *s = spool_new("in", 0, stored, NULL);

	spool_start(s);
	bad_fsync = 2;
	CHECK_INT(order(s, "file", NULL), EIO);
	CHECK_INT(files("in"), 0);
	CHECK_INT(order(s, "file", NULL), 0);
	CHECK_INT(files("in"), 1);
	spool_free(s);
	CHECK_INT(unlink("in/file"), 0);
}

/* Those told of are there. */
static int told;

static void
hear(void *arg, const char *path)
{
	(void)arg;
	CHECK_INT(access(path, F_OK), 0);
	told++;
}

static const struct mail_hearer hearer = { hear, NULL };

/* How many files have been told of since. */
static int
count_told(void)
{
	int n = told;

	told = 0;
	return n;
}

/* A message for two boxes or recipients: errno, 0 when it is safe. */
static int
deliver(const struct mail_store *type, void *store)
{
	void *mail;
	int err;

	mail = type->begin(store, span_str("a@b.test"),
	    span_str("Received: x\n"), span_of(boxes, sizeof boxes));
	type->write(mail, "\ntext\n", 6);
	err = type->end(mail);
	if (err == EINPROGRESS) {
		type->commit(store);
		err = type->end(mail);
	}
	return err;
}

static int
to_maildirs(void *m)
{
	return deliver(&maildir_store, m);
}

/* The parts of two boxes, two contents, two names: all or nothing. */
static void
test_maildirs(void)
{
	void *m = maildir_store.open(".", &hearer);
	int n, failures = 0;

	for (n = 1; n <= 8; n++) {
		bad_fsync = n;
		CHECK_INT(to_maildirs(m), EIO);
		failures += bad_fsync == 0;
		CHECK(files("u/new") <= 0 && files("v/new") <= 0);
		bad_fsync = 0;
		CHECK_INT(system("rm -rf u v"), 0);
	}
	CHECK_INT(failures, 8);
	CHECK_INT(count_told(), 0);
	CHECK_INT(to_maildirs(m), 0);
	CHECK_INT(count_told(), 2);
	CHECK_INT(files("u/new"), 1);
	CHECK_INT(files("v/new"), 1);
	CHECK_INT(files("u/tmp"), 0);
	free(m);
	CHECK_INT(system("rm -r u v"), 0);
}

/* Every half of a box is made whole by the next letter. */
static void
test_half_boxes(void)
{
	static const char *const parts[] = { "u/tmp", "u/new", "u/cur" };
	void *m = maildir_store.open(".", &hearer);
	struct stat st;
	unsigned set;
	size_t i;

	for (set = 0; set < 8; set++) {
		CHECK_INT(mkdir("u", 0700), 0);
		for (i = 0; i < COUNT(parts); i++)
			if (set & 1u << i)
				CHECK_INT(mkdir(parts[i], 0700), 0);
		CHECK_INT(to_maildirs(m), 0);
		for (i = 0; i < COUNT(parts); i++)
			CHECK(stat(parts[i], &st) == 0 && S_ISDIR(st.st_mode));
		CHECK_INT(files("u/new"), 1);
		CHECK_INT(system("rm -r u v"), 0);
	}
	free(m);
	bad_fsync = 2;
	CHECK_INT(maildir_make("u"), -1);
	CHECK_INT(errno, EIO);
	CHECK_INT(access("u/tmp", F_OK), -1);
	CHECK_INT(maildir_make("u"), 0);
	CHECK_INT(system("rm -r u"), 0);
}

static void
test_mboxes(void)
{
	void *m = mbox_store.open(".", &hearer);
	struct stat st;
	off_t size;
	int n;

	for (n = 1; n <= 3; n++) {
		bad_fsync = n;
		CHECK_INT(deliver(&mbox_store, m), EIO);
		CHECK_INT(access("u.txt", F_OK), -1);
		CHECK_INT(access("v.txt", F_OK), -1);
	}
	told = 0;
	CHECK_INT(deliver(&mbox_store, m),
	    0);
	CHECK_INT(stat("u.txt", &st), 0);
	size = st.st_size;
	bad_fsync = 2;
	CHECK_INT(deliver(&mbox_store, m),
	    EIO);
	CHECK_INT(stat("u.txt", &st), 0);
	CHECK_INT(st.st_size, size);
	CHECK_INT(count_told(), 2);
	free(m);
	CHECK_INT(unlink("u.txt") | unlink("v.txt"), 0);
}

static void
test_outbox(void)
{
	void *o, *mail;
	int n;

	CHECK_INT(newfile_mkdir("out", W_OK), 1);
	o = outbox_store.open("out", &hearer);
	for (n = 1; n <= 2; n++) {
		bad_fsync = n;
		CHECK_INT(deliver(&outbox_store, o), EIO);
		CHECK_INT(files("out"), 0);
	}
	/* What is settled can be taken back. */
	mail = outbox_store.begin(o, span_str("a@b.test"), span_str(""),
	    span_of(boxes, sizeof boxes));
	CHECK_INT(outbox_store.end(mail), EINPROGRESS);
	CHECK_INT(outbox_store.settle(mail), 0);
	CHECK_INT(files("out"), 1);
	outbox_store.drop(mail);
	CHECK_INT(files("out"), 0);
	CHECK_INT(deliver(&outbox_store, o), 0);
	CHECK_INT(files("out"), 1);
	free(o);
}

/* A directory whose name is not safe is none. */
static void
test_directory(void)
{
	bad_fsync = 1;
	CHECK_INT(newfile_mkdir("dir", W_OK), -1);
	CHECK_INT(errno, EIO);
	CHECK_INT(access("dir", F_OK), -1);
	CHECK_INT(newfile_mkdir("dir", W_OK), 1);
}

int
main(void)
{
	char dir[] = "unit.XXXXXX";

	CHECK(mkdtemp(dir) != NULL && chdir(dir) == 0);
	CHECK(freopen("/dev/null", "w", stderr) != NULL);
	test_spool();
	test_spool_without_marks();
	test_maildirs();
	test_half_boxes();
	test_mboxes();
	test_outbox();
	test_directory();
	CHECK_INT(system("rm -r in out dir"), 0);
	CHECK_INT(chdir("..") | rmdir(dir), 0);
	return test_end();
}

/*
 * bare: what the disk can do for a mail server that knows no protocol.
 *
 *	bare threads files octets dir
 *
 * So many threads, each of which writes a file in dir/tmp, fsyncs it, links it
 * into dir/new, fsyncs that and removes the first name.  Says how long it took,
 * in us.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 1000

static const char *dir;
static char *text;
static size_t text_n;
static long files;
static int threads;

static void
fail(const char *what)
{
	fprintf(stderr, "bare: %s: %s\n", what, strerror(errno));
	exit(75);
}

static void
deliver(int thread, long i)
{
	char from[1000], to[1000], new[1000];
	int fd;

	snprintf(from, sizeof from, "%s/tmp/%d.%ld", dir, thread, i);
	snprintf(to, sizeof to, "%s/new/%d.%ld", dir, thread, i);
	snprintf(new, sizeof new, "%s/new", dir);
	fd = open(from, O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (fd < 0 || write(fd, text, text_n) != (ssize_t)text_n ||
	    fsync(fd) < 0 || close(fd) < 0 || link(from, to) < 0)
		fail(from);
	fd = open(new, O_RDONLY);
	if (fd < 0 || fsync(fd) < 0 || close(fd) < 0 || unlink(from) < 0)
		fail(new);
}

static void *
work(void *arg)
{
	int thread = *(int *)arg;
	long i;

	for (i = thread; i < files; i += threads)
		deliver(thread, i);
	return NULL;
}

static long long
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

int
main(int argc, char **argv)
{
	static pthread_t thread[THREADS_MAX];
	static int number[THREADS_MAX];
	long long start;
	int i;

	if (argc != 5)
		return 64;
	threads = (int)strtol(argv[1], NULL, 10);
	files = strtol(argv[2], NULL, 10);
	text_n = (size_t)strtol(argv[3], NULL, 10);
	dir = argv[4];
	text = calloc(1, text_n);
	if (threads < 1 || threads > THREADS_MAX || text == NULL)
		return 64;
	start = now();
	for (i = 0; i < threads; i++) {
		number[i] = i;
		if (pthread_create(&thread[i], NULL, work, &number[i]) != 0)
			fail("thread");
	}
	for (i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	printf("%lld\n", now() - start);
	return 0;
}

/* store/maildrop: a message of any content is measured as it is read. */
#include <errno.h>
#include <sys/stat.h>

#include "format/mail/crlf.h"
#include "store/maildrop.h"

#include "fuzz.h"

static char root[] = "/tmp/fuzz.XXXXXX";
static char path[sizeof root + sizeof "/joe/new/1.a.b"];

static void
make_dir(const char *name)
{
	snprintf(path, sizeof path, "%s%s", root, name);
	MUST(mkdir(path, 0700) == 0);
}

static void *
start(void)
{
	MUST(mkdtemp(root) != NULL);
	make_dir("/joe");
	make_dir("/joe/new");
	make_dir("/joe/cur");
	make_dir("/joe/tmp");
	snprintf(path, sizeof path, "%s/joe/new/1.a.b", root);
	return maildrop_start(root);
}

/* The octets that the message has with CRLF at the end of its lines. */
static uint64_t
retrieve(void *drop)
{
	struct crlf c = { 0 };
	struct span piece;
	uint64_t sum = 0;

	MUST(maildrop_store.begin(drop, 0) == 0);
	while (maildrop_store.read(drop, &piece) == 0 && piece.n > 0) {
		sum += piece.n + crlf_grow(&c, piece);
		read_all(piece.p, piece.n);
	}
	sum += crlf_end(&c);
	maildrop_store.finish(drop);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static void *store;
	uint64_t size = 0;
	void *drop;
	int fd;

	if (store == NULL)
		store = start();
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	MUST(fd >= 0 && write(fd, data, n) == (ssize_t)n && close(fd) == 0);
	drop = maildrop_store.open(store, span_str("joe"));
	MUST(drop != NULL);
	while (maildrop_store.list(drop) == EINPROGRESS)
		;
	MUST(maildrop_store.count(drop) == 1);
	while (maildrop_store.measure(drop, 0, &size) == EINPROGRESS)
		;
	MUST(size == retrieve(drop));
	maildrop_store.close(drop);
	return 0;
}

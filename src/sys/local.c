#include "local.h"

#include <pwd.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"

#define LABEL_MAX 63		/* octets, RFC 1035 2.3.4 */

/* Whether it is labels with dots between (RFC 1123 2.1). */
static int
is_name(const char *host)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	size_t n;

	for (;; host += n + 1) {
		n = strspn(host, allowed);
		if (n == 0 || n > LABEL_MAX || host[0] == '-' ||
		    host[n - 1] == '-')
			return 0;
		if (host[n] == '\0')
			return 1;
		if (host[n] != '.')
			return 0;
	}
}

void
local_host(char host[LOCAL_HOST_MAX])
{
	size_t n;

	memset(host, 0, LOCAL_HOST_MAX);
	if (gethostname(host, LOCAL_HOST_MAX - 1) < 0)
		host[0] = '\0';
	n = strlen(host);
	if (n > 0 && host[n - 1] == '.')
		host[n - 1] = '\0';
	if (!is_name(host))
		memcpy(host, "localhost", sizeof "localhost");
}

int
local_is_bare(const char *host)
{
	const char *dot = strrchr(host, '.');

	return dot == NULL || dot[1 + strspn(dot + 1, "0123456789")] == '\0';
}

void
local_user(struct buf *b, const char *email, const char *logname)
{
	char host[LOCAL_HOST_MAX];
	const struct passwd *pw;

	if (email != NULL && *email != '\0') {
		buf_adds(b, email);
		return;
	}
	if (logname == NULL || *logname == '\0') {
		pw = getpwuid(getuid());
		logname = pw != NULL ? pw->pw_name : "nobody";
	}
	local_host(host);
	buf_addf(b, "%s@%s", logname, host);
}

/* Two views of one moment differ by less than two days. */
static int
zone_offset(time_t t)
{
	const struct tm *tm;
	struct tm local;
	int days;

	tm = localtime(&t);
	if (tm == NULL)
		return 0;
	local = *tm;
	tm = gmtime(&t);
	if (tm == NULL)
		return 0;
	days = local.tm_yday - tm->tm_yday;
	if (local.tm_year != tm->tm_year)
		days = local.tm_year > tm->tm_year ? 1 : -1;
	return (days * 24 + local.tm_hour - tm->tm_hour) * 60 +
	    local.tm_min - tm->tm_min;
}

int
local_now(struct local_time *h, const char *epoch)
{
	struct timespec now;
	uintmax_t fixed;

	memset(h, 0, sizeof *h);
	if (epoch != NULL) {
		if (span_number(span_str(epoch), &fixed) < 0 ||
		    fixed > INT64_MAX)
			return -1;
		h->time = (int64_t)fixed;
		h->fixed = 1;
		return 0;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	h->time = now.tv_sec;
	h->nsec = now.tv_nsec;
	h->offset = zone_offset(now.tv_sec);
	return 0;
}

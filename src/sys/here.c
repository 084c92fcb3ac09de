#include "here.h"

#include <pwd.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"

void
here_host(char host[HERE_HOST_MAX])
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

	memset(host, 0, HERE_HOST_MAX);
	if (gethostname(host, HERE_HOST_MAX - 1) < 0 || host[0] == '\0' ||
	    host[strspn(host, allowed)] != '\0' ||
	    strstr(host, "..") != NULL || host[0] == '.' || host[0] == '-')
		memcpy(host, "localhost", sizeof "localhost");
}

void
here_user(struct buf *b, const char *email, const char *logname)
{
	char host[HERE_HOST_MAX];
	const struct passwd *pw;

	if (email != NULL && *email != '\0') {
		buf_adds(b, email);
		return;
	}
	if (logname == NULL || *logname == '\0') {
		pw = getpwuid(getuid());
		logname = pw != NULL ? pw->pw_name : "nobody";
	}
	here_host(host);
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
here_now(struct here *h, const char *epoch)
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

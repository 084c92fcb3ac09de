#include "stamp.h"

#include <unistd.h>

#include "format/mail/date.h"
#include "sys/local.h"

/* What is the same for a second long is put into words once. */
static void
renew(struct stamp *s)
{
	struct local_time here;

	if (s->now == time(NULL))
		return;
	local_now(&here, NULL);
	s->now = (time_t)here.time;
	buf_clear(&s->id);
	buf_addf(&s->id, "%llx.%lx.", (unsigned long long)s->now,
	    (unsigned long)getpid());
	buf_clear(&s->date);
	date_mail(&s->date, here.time, here.offset);
}

void
stamp_id(void *stamp, struct buf *b)
{
	struct stamp *s = stamp;

	renew(s);
	buf_addspan(b, buf_span(&s->id));
	buf_addu(b, s->count++);
}

void
stamp_date(void *stamp, struct buf *b)
{
	struct stamp *s = stamp;

	renew(s);
	buf_addspan(b, buf_span(&s->date));
}

void
stamp_free(struct stamp *s)
{
	buf_free(&s->id);
	buf_free(&s->date);
}

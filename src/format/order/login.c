#include "login.h"

int
login_make(struct buf *b, struct span s)
{
	if (s.n == 0 || s.n > LOGIN_MAX || s.p[0] == '.')
		return -1;
	if (memchr(s.p, '/', s.n) != NULL || span_has_control(s))
		return -1;
	buf_addlower(b, s);
	return 0;
}

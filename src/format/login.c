#include "login.h"

int
login_make(struct buf *b, struct span s)
{
	size_t i;

	if (s.n == 0 || s.n > LOGIN_MAX || s.p[0] == '.')
		return -1;
	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ||
		    s.p[i] == '/')
			return -1;
	buf_addlower(b, s);
	return 0;
}

/*
 * elsewhere: smtpsend on a host that is called as the environment's ELSEWHERE
 * says.
 */
#include "smtpsend.c"

int
gethostname(char *name, size_t n)
{
	strncpy(name, getenv("ELSEWHERE"), n);
	return 0;
}

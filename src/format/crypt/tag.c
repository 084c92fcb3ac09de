#include "tag.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";

void
tag_key(struct tag_key *k, struct span key)
{
	sha256_key(&k->inner, &k->outer, key.p, key.n);
}

void
tag_add(struct buf *b, const struct tag_key *k, struct span what, size_t n)
{
	unsigned char digest[SHA256_SIZE];
	unsigned bits = 0, have = 0;
	size_t i = 0;

	sha256_code(digest, k->inner, k->outer, what.p, what.n);
	for (; n > 0; n--) {
		if (have < 5) {
			bits = (bits << 8 | digest[i++]) & 0xffff;
			have += 8;
		}
		have -= 5;
		buf_addc(b, letters[bits >> have & 31]);
	}
}

int
tag_is(const struct tag_key *k, struct span tag, struct span what, size_t n)
{
	struct buf want = { 0 }, have = { 0 };
	int same;

	tag_add(&want, k, what, n);
	buf_addlower(&have, tag);
	same = have.n == want.n && sha256_equal(have.p, want.p, want.n);
	buf_free(&want);
	buf_free(&have);
	return same;
}

static void
add_verp(struct buf *b, struct span address)
{
	buf_adds(b, "verp\n");
	buf_addlower(b, address);
}

static void
add_leave(struct buf *b, struct span list, struct span address)
{
	buf_adds(b, "leave\n");
	buf_addspan(b, list);
	buf_addc(b, '\n');
	buf_addlower(b, address);
}

void
tag_verp(struct buf *b, const struct tag_key *k, struct span address)
{
	struct buf what = { 0 };

	add_verp(&what, address);
	tag_add(b, k, buf_span(&what), TAG_SHORT);
	buf_free(&what);
}

int
tag_is_verp(const struct tag_key *k, struct span tag, struct span address)
{
	struct buf what = { 0 };
	int same;

	add_verp(&what, address);
	same = tag_is(k, tag, buf_span(&what), TAG_SHORT);
	buf_free(&what);
	return same;
}

void
tag_leave(struct buf *b, const struct tag_key *k, struct span list,
    struct span address)
{
	struct buf what = { 0 };

	add_leave(&what, list, address);
	tag_add(b, k, buf_span(&what), TAG_LONG);
	buf_free(&what);
}

int
tag_is_leave(const struct tag_key *k, struct span tag, struct span list,
    struct span address)
{
	struct buf what = { 0 };
	int same;

	add_leave(&what, list, address);
	same = tag_is(k, tag, buf_span(&what), TAG_LONG);
	buf_free(&what);
	return same;
}

int
tag_is_base32(struct span s, size_t n)
{
	size_t i;

	if (s.n != n)
		return 0;
	for (i = 0; i < n; i++)
		if (!byte_is_letter(s.p[i]) && (s.p[i] < '2' || s.p[i] > '7'))
			return 0;
	return 1;
}

#include "date.h"

#define DAY (24 * 60 * 60)
#define EPOCH_WEEKDAY 4		/* 1 January 1970 was a Thursday */

/* Moments whose year has four digits: 0000-01-01 up to 9999-12-31. */
#define DATE_FIRST INT64_C(-62167219200)
#define DATE_LAST INT64_C(253402300799)

struct moment {
	int64_t year;
	int month, day;		/* from 1 */
	int hour, minute, second;
	int weekday;		/* Sunday is 0 */
};

static const char weekdays[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/*
 * Days are counted in years that begin in March, so that the leap day is the
 * last of its year, and in eras of 400 years, which are all alike.
 */
#define ERA_DAYS 146097
#define MARCH_0000 719468	/* days from 1 March 0000 to the Epoch */

static int64_t
days_from_civil(int64_t year, int month, int day)
{
	int64_t era, of_era, of_year;

	if (month <= 2)
		year--;
	era = (year >= 0 ? year : year - 399) / 400;
	of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 +
	    day - 1;
	year -= era * 400;
	of_era = year * 365 + year / 4 - year / 100 + of_year;
	return era * ERA_DAYS + of_era - MARCH_0000;
}

static void
civil_from_days(struct moment *m, int64_t days)
{
	int64_t era, of_era, year, of_year, month;

	days += MARCH_0000;
	era = (days >= 0 ? days : days - (ERA_DAYS - 1)) / ERA_DAYS;
	of_era = days - era * ERA_DAYS;
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) /
	    365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	m->day = (int)(of_year - (153 * month + 2) / 5 + 1);
	m->month = (int)(month < 10 ? month + 3 : month - 9);
	m->year = year + era * 400 + (m->month <= 2);
}

/* What no four digits can say is taken for the nearest moment they can. */
static void
split(struct moment *m, int64_t t)
{
	int64_t days;
	int rest;

	if (t < DATE_FIRST)
		t = DATE_FIRST;
	if (t > DATE_LAST)
		t = DATE_LAST;
	days = (t >= 0 ? t : t - (DAY - 1)) / DAY;
	rest = (int)(t - days * DAY);
	civil_from_days(m, days);
	m->weekday = (int)(((days + EPOCH_WEEKDAY) % 7 + 7) % 7);
	m->hour = rest / 3600;
	m->minute = rest / 60 % 60;
	m->second = rest % 60;
}

void
date_mail(struct buf *b, int64_t t, int offset)
{
	struct moment m;
	unsigned zone = (unsigned)(offset < 0 ? -offset : offset);

	if (t > DATE_FIRST - DAY && t < DATE_LAST + DAY)
		t += (int64_t)offset * 60;
	split(&m, t);
	buf_addf(b, "%.3s, %d %.3s %04d %02d:%02d:%02d %c%02u%02u",
	    weekdays + 3 * m.weekday, m.day, months + 3 * (m.month - 1),
	    (int)m.year, m.hour, m.minute, m.second,
	    offset < 0 ? '-' : '+', zone / 60, zone % 60);
}

static void
put_digits(char *p, int n, int v)
{
	for (; n-- > 0; v /= 10)
		p[n] = (char)('0' + v % 10);
}

static void
put_iso(char *text, int64_t t)
{
	struct moment m;

	split(&m, t);
	put_digits(text, 4, (int)m.year);
	put_digits(text + 5, 2, m.month);
	put_digits(text + 8, 2, m.day);
	put_digits(text + 11, 2, m.hour);
	put_digits(text + 14, 2, m.minute);
	put_digits(text + 17, 2, m.second);
}

/* Results are written by the thousand in a second, whose text is kept. */
void
date_iso(struct buf *b, int64_t t)
{
	static char text[] = "1970-01-01T00:00:00Z";
	static int64_t last;

	if (t != last)
		put_iso(text, t);
	last = t;
	buf_add(b, text, sizeof text - 1);
}

void
date_mbox(struct buf *b, int64_t t)
{
	struct moment m;

	split(&m, t);
	buf_addf(b, "%.3s %.3s %2d %02d:%02d:%02d %04d",
	    weekdays + 3 * m.weekday, months + 3 * (m.month - 1), m.day,
	    m.hour, m.minute, m.second, (int)m.year);
}

/* The number that n digits are, or -1 where they are something else. */
static int
digits(const char *p, int n)
{
	int v = 0;

	for (; n > 0; n--, p++) {
		if (!byte_is_digit(*p))
			return -1;
		v = v * 10 + (*p - '0');
	}
	return v;
}

static int
days_in_month(int year, int month)
{
	static const char days[] =
	    { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

int
date_iso_parse(struct span s, int64_t *t)
{
	int year, month, day, hour, minute, second;

	/* 0000-00-00T00:00:00Z */
	if (s.n != 20 || s.p[4] != '-' || s.p[7] != '-' || s.p[10] != 'T' ||
	    s.p[13] != ':' || s.p[16] != ':' || s.p[19] != 'Z')
		return -1;
	year = digits(s.p, 4);
	month = digits(s.p + 5, 2);
	day = digits(s.p + 8, 2);
	hour = digits(s.p + 11, 2);
	minute = digits(s.p + 14, 2);
	second = digits(s.p + 17, 2);
	if (year < 0 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month) || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59 || second < 0 || second > 60)
		return -1;
	*t = days_from_civil(year, month, day) * DAY + hour * 3600 +
	    minute * 60 + second;
	return 0;
}

static void
skip_blanks(struct span *s)
{
	while (s->n > 0 && (byte_is_blank(s->p[0]) || s->p[0] == '\r' ||
	    s->p[0] == '\n'))
		*s = span_drop(*s, 1);
}

/* Takes a number of one to four digits off *s, blanks before it: it, or -1. */
static int
take_number(struct span *s)
{
	int n = 0;
	size_t i;

	skip_blanks(s);
	for (i = 0; i < s->n && i < 4 && byte_is_digit(s->p[i]); i++)
		n = n * 10 + (s->p[i] - '0');
	*s = span_drop(*s, i);
	return i > 0 ? n : -1;
}

/* Takes blanks, and a word of three letters: its place in names, or -1. */
static int
take_name(struct span *s, const char *names)
{
	size_t i;

	skip_blanks(s);
	for (i = 0; s->n >= 3 && names[3 * i] != '\0'; i++)
		if (span_case_eq(span_of(s->p, 3),
		    span_of(names + 3 * i, 3))) {
			*s = span_drop(*s, 3);
			return (int)i;
		}
	return -1;
}

/* Takes a colon and the number behind it, or nothing: 0 then. */
static int
take_part(struct span *s)
{
	if (s->n == 0 || s->p[0] != ':')
		return 0;
	*s = span_drop(*s, 1);
	return take_number(s);
}

/* The zone's distance from UTC in minutes; names but those of America: 0. */
static int
zone_of(struct span s)
{
	static const char names[] = "ESTEDTCSTCDTMSTMDTPSTPDT";
	static const signed char hours[] = { -5, -4, -6, -5, -7, -6, -8, -7 };
	int at, n, sign;

	skip_blanks(&s);
	if (s.n < 5 || (s.p[0] != '+' && s.p[0] != '-')) {
		at = take_name(&s, names);
		return at < 0 ? 0 : hours[at] * 60;
	}
	sign = s.p[0] == '-' ? -1 : 1;
	s = span_of(s.p + 1, 4);
	n = take_number(&s);
	return n < 0 ? 0 : sign * (n / 100 * 60 + n % 100);
}

int
date_mail_parse(struct span s, int64_t *t)
{
	int day, month, year, hour, minute, second;

	if (take_name(&s, weekdays) >= 0 && s.n > 0 && s.p[0] == ',')
		s = span_drop(s, 1);
	day = take_number(&s);
	month = take_name(&s, months) + 1;
	year = take_number(&s);
	hour = take_number(&s);
	minute = take_part(&s);
	second = take_part(&s);
	if (year >= 0 && year < 1000)	/* of two or three digits */
		year += year < 50 ? 2000 : 1900;
	if (month < 1 || year < 1900 || day < 1 ||
	    day > days_in_month(year, month) || hour < 0 || hour > 23 ||
	    minute < 0 || minute > 59 || second < 0 || second > 60)
		return -1;
	*t = days_from_civil(year, month, day) * DAY + hour * 3600 +
	    minute * 60 + second - zone_of(s) * 60;
	return 0;
}

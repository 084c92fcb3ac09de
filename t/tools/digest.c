/*
 * digest: standard input's SHA-256 in hex, or with a key its HMAC-SHA256, or
 * with -m its MD5.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "format/crypt/sha256.h"
#include "format/crypt/md5.h"
#include "sys/cli.h"
#include "sys/io.h"

#define USAGE "usage: digest [-m] [key]\n"

int
main(int argc, char **argv)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct buf text = { NULL, 0, 0 };
	struct sha256 h;
	int c, use_md5 = 0;

	cli_init(argv, USAGE);
	while ((c = cli_opt(argc, argv, "m")) != -1)
		if (c == 'm')
			use_md5 = 1;
		else
			cli_usage();
	if (io_slurp(STDIN_FILENO, &text, SIZE_MAX) < 0)
		die_sys(EX_NOINPUT, "stdin");
	if (use_md5)
		md5(digest, text.p, text.n);
	else if (optind < argc)
		sha256_hmac(digest, argv[optind], strlen(argv[optind]), text.p,
		    text.n);
	else {
		sha256_init(&h);
		sha256_add(&h, text.p, text.n);
		sha256_end(&h, digest);
	}
	sha256_hex(hex, digest, use_md5 ? MD5_SIZE : SHA256_SIZE);
	puts(hex);
	return EX_OK;
}

/*
 * b64: standard input in base64, in one line without its end; with -d the
 * other way round.
 */
#include <stdint.h>
#include <unistd.h>

#include "format/mail/mime.h"
#include "sys/cli.h"
#include "sys/io.h"

int
main(int argc, char **argv)
{
	struct buf in = { NULL, 0, 0 }, out = { NULL, 0, 0 };
	int c, back = 0;

	cli_init(argv, "usage: b64 [-d]\n");
	while ((c = cli_opt(argc, argv, "d")) != -1)
		if (c == 'd')
			back = 1;
		else
			cli_usage();
	if (io_slurp(STDIN_FILENO, &in, SIZE_MAX) < 0)
		die_sys(EX_NOINPUT, "stdin");
	if (!back)
		mime_base64(&out, in.p, in.n);
	else if (mime_base64_decode(&out, buf_span(&in)) < 0)
		die(EX_DATAERR, "stdin: not base64");
	if (io_write(STDOUT_FILENO, out.p, out.n) < 0)
		die_sys(EX_IOERR, "stdout");
	return EX_OK;
}

# mailorder.  make, make test and make demo are what most people need.
# CC, CFLAGS, CPPFLAGS, LDFLAGS, PREFIX, DESTDIR and MANDIR are yours:
#	make CC=clang CFLAGS=-O3
# Works with GNU make and bmake.

.POSIX:
.SUFFIXES:
.SUFFIXES: .c .o .san .t .tsan

CC = cc
CFLAGS = -O2 -g
PREFIX = /usr/local
MANDIR = $(PREFIX)/share/man
DOCDIR = $(PREFIX)/share/doc/mailorder
# Where bash, zsh and fish look for what completes a command line.
BASHDIR = $(PREFIX)/share/bash-completion/completions
ZSHDIR = $(PREFIX)/share/zsh/site-functions
FISHDIR = $(PREFIX)/share/fish/vendor_completions.d

# What the sources need whatever CFLAGS says.
STD = -std=c99 -D_POSIX_C_SOURCE=200809L -Isrc
SAN = -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all \
	-fsanitize=address,undefined

# What only tests run is built soon rather than well.
CHECK = -O0 -g0 -U_FORTIFY_SOURCE

# The programs, each src/NAME.c, and the modules they share, each a .c and a .h.
PROGS = archive-stamp bouncematch bounceparse ftpd-lite ftpsend mkbatch \
	mkmail mxlookup orderdone orderparse orderrecv ordersend ordertake \
	pop3d-lite protoexplain protograde protoladder protoreplay prototap \
	resultcount resultplot retrydue savefile settled smtpd-lite smtpsend \
	suppress unsub withlock
MODULES = \
	sys/appended sys/buf sys/charset sys/cli sys/conn \
	sys/dataconn sys/die sys/inetd sys/io sys/limit \
	sys/local sys/lock sys/loop sys/net sys/newfile sys/openssl \
	sys/relay sys/secret sys/serve sys/span sys/spawn sys/stop sys/text \
	sys/tlsserver sys/workers \
	format/bounce/blame format/bounce/bounce format/bounce/forms \
	format/bounce/found format/bounce/heading \
	format/bounce/htmltext format/bounce/notice format/bounce/parts \
	format/bounce/returned format/bounce/status format/bounce/suppression \
	format/crypt/md5 format/crypt/sha256 format/crypt/tag \
	format/dialogue/answer format/dialogue/awaited \
	format/dialogue/dialogue format/dialogue/differ \
	format/dialogue/explain format/dialogue/explainauth \
	format/dialogue/explainmail format/dialogue/explainword \
	format/dialogue/explanation format/dialogue/follow \
	format/dialogue/judge format/dialogue/judgeargs \
	format/dialogue/judgeftp format/dialogue/judgepop3 \
	format/dialogue/judgesmtp format/dialogue/judgetext \
	format/dialogue/ladder format/dialogue/machine \
	format/dialogue/normalize format/dialogue/notes \
	format/dialogue/record format/dialogue/recording \
	format/dialogue/render format/dialogue/rule format/dialogue/rules \
	format/dialogue/ruleword format/dialogue/tamper format/dialogue/verb \
	format/mail/addr format/mail/aliases format/mail/compose \
	format/mail/content format/mail/crlf format/mail/date \
	format/mail/downgrade format/mail/hdr format/mail/idn \
	format/mail/mime format/mail/mimehead format/mail/multipart \
	format/mail/unicode format/mail/verp format/order/attach \
	format/order/cells format/order/entry format/order/excerpt \
	format/order/exclude format/order/faults format/order/fields \
	format/order/headers format/order/letter \
	format/order/mailing format/order/meant format/order/order \
	format/order/rows format/order/set format/order/source \
	format/order/table format/order/template format/picture/plot \
	format/picture/svg format/wire/bsmtp format/wire/dns format/wire/dsn \
	format/wire/escape format/wire/ftp format/wire/gone format/wire/leave \
	format/wire/mask format/wire/name format/wire/netrc \
	format/wire/ordline format/wire/protocol format/wire/rcfile \
	format/wire/reply format/wire/results format/wire/scram \
	format/wire/survey format/wire/tally \
	store/archive store/dedup store/droplist \
	store/gonelist store/linefile store/mail store/maildir \
	store/maildrop store/mailroot store/mbox store/msgsource \
	store/names \
	store/outbox store/passwd store/recorded \
	store/rulefile store/sourcefile store/spool \
	store/throttle store/transcribe \
	store/users store/workdir server/chat \
	server/sasld server/smtp/smtpauth server/smtp/smtpd \
	server/smtp/smtpdata server/smtp/smtpmail \
	server/smtp/smtprcpt server/smtp/smtpsession server/smtp/smtpverb \
	server/pop3/pop3auth server/pop3/pop3d \
	server/pop3/pop3answer server/ftp/ftpd server/ftp/ftpfile \
	server/ftp/ftplist server/ftp/ftpverb server/order/orderd \
	server/order/orderreply \
	server/tap/tap server/tap/tapline \
	client/client client/handin client/orderfile client/replay \
	client/replaypeer client/replaysecret client/smtp/batch \
	client/smtp/batchread client/smtp/connection client/smtp/domains \
	client/smtp/esmtp client/smtp/interactive client/smtp/journal \
	client/smtp/message client/smtp/parallel client/smtp/pool \
	client/smtp/prepare client/smtp/report client/smtp/route \
	client/smtp/saslc client/smtp/sender client/smtp/servers \
	client/smtp/setup client/smtp/smtpc client/smtp/transact \
	client/ftp/ftpc client/ftp/ftpput client/order/orderc client/dns/mx \
	client/dns/nameservers client/dns/resolver client/dns/zone \
	grade/attempt grade/class grade/clientgrade grade/clientjudge \
	grade/evidence grade/grade grade/marks grade/probe grade/sample \
	grade/scripted grade/servergrade grade/stored \
	grade/subject
# Headers alone.
TYPES = format/mail/dropstore format/mail/mailstore format/dialogue/review \
	format/wire/orderstore format/wire/saslconf grade/point grade/suites \
	server/ftp/ftpsession server/pop3/pop3session server/smtp/smtpconf \
	server/tap/tapsession sys/session
# Modules in several files: the others.
PARTS = \
	format/dialogue/explaincommand format/dialogue/explainreply \
	format/dialogue/explainstatus format/dialogue/followstate \
	format/dialogue/laddersvg format/dialogue/laddertext \
	format/order/fieldsfaults format/picture/plottime grade/clienttext \
	grade/pop3clients grade/pop3servers grade/smtpclients \
	grade/smtpservers sys/netname sys/rdwr
# t/unit/NAME.c
UNITS = addr batchread blame bsmtp buf content crlf date dialogue dns \
	downgrade explain follow ftp ftpd ftpput grade hash hdr idn io \
	journal leave limit local lock md5 mime nameservers net netrc \
	newfile normalize order orderd ordline passwd pool pop3d protocol \
	record reply results rules sasl scram smtpd smtpdata smtpext \
	spawn stop store survey tamper throttle verp words
# t/tools/NAME.c: what the tests run beside the programs.
TOOLS = b64 digest elsewhere facts fake-dns fake-ftp fake-smtp halves handout \
	launch login no-tls readmail terminal watchdog wire

BIN = $(PROGS:%=bin/%)
MAINS = $(PROGS:%=src/%.o)
OBJS = $(MODULES:%=src/%.o) $(PARTS:%=src/%.o)
HEADERS = $(MODULES:%=src/%.h) $(TYPES:%=src/%.h)
UNIT = $(UNITS:%=t/unit/%.t)
TOOLBIN = $(TOOLS:%=t/bin/%)
# t/mutants/NAME.c: programs with a fault each, for protograde to find.
MUTANTS = client pop3client pop3server server
MUTANTBIN = $(MUTANTS:%=t/bin/mutant-%)
LIB = src/libmailorder.a
COMPLETED = $(BIN) ./pipeline.sh

all: $(BIN)

# Any header may matter to any object: few files, soon built anew.
$(MAINS) $(OBJS): $(HEADERS)

.c.o:
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(LIB): $(OBJS)
	rm -f $@
	$(AR) rc $@ $(OBJS)

$(BIN): $(MAINS) $(LIB)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ src/$(@F).o $(LIB)

unit: $(UNIT) tools

tools: $(TOOLBIN) $(MUTANTBIN)

$(UNIT): $(LIB) t/unit/book.h t/unit/smtpd.h t/unit/test.h

t/tools/peer.o: t/tools/peer.h

$(TOOLBIN): $(TOOLS:%=t/tools/%.c) t/tools/peer.o $(LIB)
	mkdir -p t/bin
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) $(CHECK) $(LDFLAGS) -pthread \
		-o $@ t/tools/$(@F).c t/tools/peer.o $(LIB)

$(MUTANTBIN): $(MUTANTS:%=t/mutants/%.c)
	mkdir -p t/bin
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) $(CHECK) $(LDFLAGS) -o $@ \
		t/mutants/`echo $(@F) | sed 's/mutant-//'`.c

.c.t:
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) $(CHECK) $(LDFLAGS) -o $@ $< $(LIB)

# Compilers at once, where somebody waits for them.
PARALLEL = -j 2
test:
	@$(MAKE) $(PARALLEL) all unit
	t/run

# With real servers and clients; with kill -9; against the clock.
interop: all tools
	t/run t/interop/*.bats

torture: all tools
	t/run t/torture/*.bats

bench: all
	t/bench/smtpd.sh
	t/bench/smtpsend.sh
	t/bench/orders.sh
	t/bench/letters.sh
	t/bench/ftp.sh
	t/bench/pop3.sh
	t/bench/results.sh
	t/bench/tap.sh
	t/bench/bounces.sh

# A minute for each of t/fuzz/*.c; clang is needed.
fuzz:
	t/fuzz/run

# All again beside the plain build, with sanitizers.
SANBIN = $(PROGS:%=.asan/%)
SANMAINS = $(PROGS:%=src/%.san)
SANOBJS = $(MODULES:%=src/%.san) $(PARTS:%=src/%.san)
SANUNIT = $(UNITS:%=t/unit/%.tsan)
SANLIB = .asan/libmailorder.a

asan: $(SANBIN) $(SANUNIT) tools
	BINDIR="$$PWD/.asan" UNIT=tsan t/run

$(SANMAINS) $(SANOBJS): $(HEADERS)

.c.san:
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) $(SAN) -c -o $@ $<

$(SANLIB): $(SANOBJS)
	mkdir -p .asan
	rm -f $@
	$(AR) rc $@ $(SANOBJS)

$(SANBIN): $(SANMAINS) $(SANLIB)
	$(CC) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ src/$(@F).san $(SANLIB)

$(SANUNIT): $(SANLIB) t/unit/book.h t/unit/smtpd.h t/unit/test.h

.c.tsan:
	$(CC) $(STD) $(CPPFLAGS) $(CFLAGS) $(SAN) $(LDFLAGS) -o $@ $< $(SANLIB)

demo: programs
	@examples/demo.sh

# The same by FTP.
demo-ftp: programs
	@examples/demo-ftp.sh

# What comes back of a mailing, and how the next one knows.
demo-loop: programs
	@examples/demo-loop.sh

# As all, but of the compiler only what it has to complain of.
programs:
	@echo 'building the programs'
	@$(MAKE) -s $(PARALLEL) all

# The demo written up; prints where: make labreport LABREPORT='-l uk -o x.html'
LABREPORT =
labreport:
	@$(MAKE) -s $(PARALLEL) all
	@examples/demo-report.sh $(LABREPORT)

lint:
	.ci/lint

# A program that runs, and is replaced, goes on as it was.
install: all
	mkdir -p "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(MANDIR)/man1" \
		"$(DESTDIR)$(MANDIR)/man5" "$(DESTDIR)$(MANDIR)/man7" \
		"$(DESTDIR)$(BASHDIR)" "$(DESTDIR)$(ZSHDIR)" \
		"$(DESTDIR)$(FISHDIR)" "$(DESTDIR)$(DOCDIR)"
	for program in $(COMPLETED); do \
		to="$(DESTDIR)$(PREFIX)/bin/$${program##*/}"; \
		cp "$$program" "$$to.new" && mv -f "$$to.new" "$$to" || exit; \
	done
	cp man/*.1 "$(DESTDIR)$(MANDIR)/man1"
	cp man/*.5 "$(DESTDIR)$(MANDIR)/man5"
	cp man/*.7 "$(DESTDIR)$(MANDIR)/man7"
	ln -sf ../man7/mailorder.7 "$(DESTDIR)$(MANDIR)/man1/pipeline.sh.1"
	cp -R README.md examples "$(DESTDIR)$(DOCDIR)"
	examples/completion.sh bash "$(DESTDIR)$(BASHDIR)" $(COMPLETED)
	examples/completion.sh zsh "$(DESTDIR)$(ZSHDIR)" $(COMPLETED)
	examples/completion.sh fish "$(DESTDIR)$(FISHDIR)" $(COMPLETED)

uninstall:
	cd "$(DESTDIR)$(PREFIX)/bin" && rm -f $(PROGS) pipeline.sh
	for page in man/* man/pipeline.sh.1; do \
		rm -f "$(DESTDIR)$(MANDIR)/man$${page##*.}/$${page#man/}"; \
	done
	for program in $(PROGS) pipeline.sh; do \
		rm -f "$(DESTDIR)$(BASHDIR)/$$program" \
			"$(DESTDIR)$(ZSHDIR)/_$$program" \
			"$(DESTDIR)$(FISHDIR)/$$program.fish"; \
	done
	rm -rf "$(DESTDIR)$(DOCDIR)"

# What the last commit holds, as mailorder-VERSION.tar.gz.
dist:
	v=mailorder-`sed -n 's/.*CLI_VERSION "\(.*\)"/\1/p' src/sys/cli.h` && \
		git archive --prefix="$$v/" -o "$$v.tar.gz" HEAD && \
		echo "$$v.tar.gz"

# A Debian package in .deb/, by that system's own tools: dpkg-dev, debhelper.
deb:
	rm -rf .deb
	mkdir -p .deb/mailorder
	cp -R Makefile README.md bin examples man pipeline.sh src t \
		.deb/mailorder
	cp -R examples/debian .deb/mailorder/debian
	cd .deb/mailorder && $(MAKE) -s clean && dpkg-buildpackage -b -us -uc
	@ls .deb/*.deb

clean:
	rm -f $(BIN) $(LIB) $(MAINS) $(OBJS) $(UNIT) mailorder-*.tar.gz \
		t/tools/peer.o
	rm -f $(SANMAINS) $(SANOBJS) $(SANUNIT)
	rm -rf .asan .fuzz .deb t/bin

.PHONY: all unit tools test interop torture bench fuzz asan demo demo-ftp \
	demo-loop \
	programs labreport lint install uninstall dist deb clean

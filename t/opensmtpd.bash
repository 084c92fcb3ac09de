# OpenSMTPD, for tests that run as root.

# start_opensmtpd: with the smtpd.conf on standard input, until the test ends.
# The paths of its helpers and queue are built in, so it gets a root of its own,
# root/, which ROOT names for the teardown to remove.
start_opensmtpd() {
	local smtpd lib
	smtpd=$(IFS=:; for d in $PATH; do
		[ ! -x "$d/smtpd" ] || echo "$d/smtpd"
	done | awk 'tolower($0) ~ /opensmtpd/ && !n++')
	[ -n "$smtpd" ] || need opensmtpd
	# shellcheck disable=SC2034 # the teardown has it
	ROOT=$PWD/root
	mkdir -p root/bin root/etc root/dev root/var/run root/usr/libexec \
		root/var/lib/opensmtpd/empty root/var/spool/smtpd root/mail \
		root/tmp
	chmod 777 root/mail root/tmp
	chmod 711 root/var/spool/smtpd
	mknod -m 666 root/dev/null c 1 3
	cp "$smtpd" /bin/sh root/bin
	cp -r "${smtpd%/sbin/smtpd}/libexec/opensmtpd" root/usr/libexec
	ldd root/bin/* root/usr/libexec/opensmtpd/mail.maildir |
		grep -o '/[^ :]*' | sort -u | while read -r lib; do
		[ ! -e "root$lib" ] || continue
		mkdir -p "root${lib%/*}"
		cp -L "$lib" "root$lib"
	done
	cp /etc/passwd /etc/group root/etc
	echo open.test >root/etc/mailname
	cat >root/etc/smtpd.conf
	chroot root /bin/smtpd -d -f /etc/smtpd.conf 3>&- >log 2>&1 &
	STARTED+=("$!")
}

#!/usr/bin/env bats
# A zone file in place of name servers: mxlookup -f, smtpsend -d.

load lib

# look STATUS DOMAIN ...: with the file zone.
look() {
	local status=$1
	shift
	run -"$status" --separate-stderr mxlookup -f zone "$@"
}

@test "a zone as name servers have them" {
	cat >zone <<-'END'
	$ORIGIN pth.ua.		; all names are below it
	$TTL 1h
	@	IN SOA ns hostmaster ( 2024010101 ; serial
	 1d 2h
	 4w 1h )
	 NS	ns
	 MX	20 mx2.other.test.
	 300 IN	MX 10 mx
	 TXT	"v=spf1 mx -all" "a ; and a \" in it"
	mx	A	192.0.2.1
	 AAAA	2001:db8::1
	_25._tcp.mx TLSA 3 1 1 ( ab cd
	 EF )
	ns	IN 1d A	127.0.0.1
	_sip._tcp SRV	0 0 5060 ( mx
	 )
	$ORIGIN deep
	@	mx	5 mx.pth.ua.
	END
	look 0 -v pth.ua
	[ "$output" = $'10 mx.pth.ua\n20 mx2.other.test' ]
	grep -Fx 'pth.ua 300 MX 10 mx.pth.ua' <<<"$stderr"
	grep -Fx 'pth.ua 3600 MX 20 mx2.other.test' <<<"$stderr"
	grep -Fx 'mx.pth.ua 3600 A 192.0.2.1' <<<"$stderr"
	grep -Fx 'mx.pth.ua 3600 AAAA 2001:db8::1' <<<"$stderr"
	look 0 PTH.ua
	[ "$output" = $'10 mx.pth.ua\n20 mx2.other.test' ]
	look 0 deep.pth.ua
	[ "$output" = '5 mx.pth.ua' ]
	look 0 ns.pth.ua
	[ "$output" = '0 ns.pth.ua' ]
}

@test "names that are not ASCII, and types that have a number alone" {
	cat >zone <<-'END'
	$ORIGIN пошта.укр.
	@	MX	5 Сервер
	@	TYPE65	\# ( 3 abc
		def )
	сервер	A	192.0.2.1
	*.зірка	type257	\# 0
	інша.укр. MX	7 сервер
	END
	look 0 -v пошта.укр
	[ "$output" = '5 xn--b1afb6bcb.xn--80a1acn3a.xn--j1amh' ]
	grep -Fx 'xn--b1afb6bcb.xn--80a1acn3a.xn--j1amh 3600 A 192.0.2.1' \
		<<<"$stderr"
	look 0 xn--80az7a4c.xn--j1amh
	[ "$output" = '7 xn--b1afb6bcb.xn--80a1acn3a.xn--j1amh' ]
	look 68 a.зірка.пошта.укр
	printf '%080d' 0 | sed 's/0/ї/g; s/$/ A 192.0.2.1/' >zone
	look 65 a.test
	[ "${stderr_lines[0]}" = 'mxlookup: zone:1: part of the domain too long' ]
}

@test "labels of 63 octets, names of 255, and no more" {
	local a b
	a=$(printf '%063d' 0)
	b=$(printf '%061d' 0)
	echo "$a.$a.$a.$b. A 192.0.2.1" >zone
	look 0 "$a.$a.$a.$b"
	echo "$a.$a.$a.1$b. A 192.0.2.1" >zone
	look 65 a.test
	echo "1$a.test. A 192.0.2.1" >zone
	look 65 a.test
}

@test "no final dot is needed where there is no \$ORIGIN" {
	printf '%s\n' 'a.test MX 1 mx.a.test' 'b.test. MX 2 mx.b.test.' >zone
	look 0 a.test b.test
	[ "$output" = $'1 mx.a.test\n2 mx.b.test' ]
}

@test "no such name, nothing of the type, a null MX" {
	printf '%s\n' 'a.b.test TXT x' 'null.test MX 0 .' >zone
	look 68 none.test
	[ "$stderr" = 'mxlookup: none.test: no such domain' ]
	for domain in a.b.test b.test; do
		look 68 $domain
		[[ $stderr = *': the domain has neither mail host nor address' ]]
	done
	look 68 null.test
	[ "$output" = '0 .' ]
}

@test "aliases lead on, or in a circle" {
	printf '%s\n' 'a.test CNAME b.test' 'b.test CNAME c.test' \
		'c.test MX 1 mx.test' 'x.test CNAME y.test' \
		'y.test CNAME x.test' >zone
	look 0 a.test
	[ "$output" = '1 mx.test' ]
	look 75 x.test
	[[ $stderr = *'too many aliases' ]]
}

# RFC 4592: what exists is not covered, nor is what is below it.
@test "-4 and -6: the other addresses are not shown, and told where they are all" {
	printf '%s\n' 'a.test MX 1 mx.a.test' 'mx.a.test A 192.0.2.1' \
		'mx.a.test AAAA 2001:db8::1' 'b.test AAAA 2001:db8::2' >zone
	look 0 -v -4 a.test
	grep -F ' A 192' <<<"$stderr"
	lacks AAAA <<<"$stderr"
	look 0 -v6 a.test
	grep -F ' AAAA 2001' <<<"$stderr"
	lacks ' A[ ?]' <<<"$stderr"
	look 75 -4 b.test
	[ "$stderr" = 'mxlookup: b.test: it has addresses of the other kind alone' ]
}

@test "wildcards" {
	printf '%s\n' '*.a.test MX 1 mx.test' 'b.a.test TXT x' \
		'*.test A 192.0.2.1' >zone
	look 0 x.a.test y.x.a.test z.test
	[ "$output" = $'1 mx.test\n1 mx.test\n0 z.test' ]
	look 68 b.a.test
	[[ $stderr = *'neither mail host nor address' ]]
	look 68 c.b.a.test
	[[ $stderr = *'no such domain' ]]
}

@test "all mistakes are told, each with its line" {
	cat >zone <<-'END'
	a.test. MX x mx
	 b.test. A 1
	c.test A 1.2.3
	d.test AAAA 1.2.3.4
	e..test MX 1 e
	f.test MX 1 f g
	g.test MX 65536 g
	h.test MX 1
	i.test TXT "x
	j.test )
	k.test TLSA 3 1 1 abc
	l.test CH A 1.2.3.4
	$INCLUDE other
	$TTL 1h 2h
	m.test A ( 1.2.3.4
	END
	look 65 a.test
	[ -z "$output" ]
	cat >want <<-'END'
	mxlookup: zone:1: not a number of this kind
	mxlookup: zone:2: not a type of record
	mxlookup: zone:3: not an address of this type
	mxlookup: zone:4: not an address of this type
	mxlookup: zone:5: not a domain name
	mxlookup: zone:6: more than its data
	mxlookup: zone:7: not a number of this kind
	mxlookup: zone:8: its data is not whole
	mxlookup: zone:9: a quote is not closed in its line
	mxlookup: zone:10: a parenthesis that none opened
	mxlookup: zone:11: not hexadecimal
	mxlookup: zone:12: not a type of record
	mxlookup: zone:13: a directive that is not known here
	mxlookup: zone:14: more than its data
	mxlookup: zone:16: a parenthesis is not closed
	mxlookup: zone: not used, with mistakes in it
	END
	diff want - <<<"$stderr"
	printf '\tMX 1 mx\n' >zone
	look 65 a.test
	[[ $stderr = 'mxlookup: zone:1: no name is given'* ]]
	printf 'a.test MX 1 mx\0.test\nb..test MX 1 b\n MX 2 b\n' >zone
	look 65 a.test
	[[ $stderr = *':2: not a domain name'*':3: no name is given'* ]]
}

@test "NUL is an octet of a name as any other" {
	printf 'a.test MX 1 \0mx.test\n' >zone
	look 68 -v a.test
	grep -Fx 'a.test 3600 MX 1 \000mx.test' <<<"$stderr"
}

@test "a file that is not there, or a directory" {
	run -66 --separate-stderr mxlookup -f none a.test
	[ "$stderr" = 'mxlookup: none: No such file or directory' ]
	run -66 mxlookup -f . a.test
	run -66 mxlookup -d ./none a.test
}

@test "smtpsend -x -d FILE: mail without any name server" {
	start smtpd-lite -l 127.0.0.1:0 -d mail
	printf '%s\n' 'pth.ua MX 10 mx.pth.ua' 'mx.pth.ua A 127.0.0.1' >zone
	printf 'Subject: s\n\nHello\n' |
		smtpsend -x -d zone -s ":$PORT" -f a@b.test anna@pth.ua
	grep -x Hello mail/anna/new/*
	run -68 --separate-stderr smtpsend -x -d zone -s ":$PORT" -f a@b.test \
		anna@none.test <<<x
	[[ $stderr = *'no such domain'* ]]
}

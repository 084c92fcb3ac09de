#!/usr/bin/env python3
"""Orders of the worst kinds: time and memory must grow as the size does.

orders.py [MB [KIND ...]]    each kind in a quarter, half and all of MB
(100); prints CPU seconds and peak memory, and ends in 1 where twice the
size takes over three and a half times as long, or a megabyte over forty of memory
"""
import os
import subprocess
import sys
import tempfile

HEAD, TAIL = b"[Recipients:]\n", b"\n[Subject:] s\n[Body:]\nb\n"
ONE = b"[Recipients:] a@b.c k=1\n"


def fill(unit, size):
    """Octets of a unit again and again; a %d in it counts."""
    if b"%d" not in unit:
        return unit * (size // len(unit))
    out, n, i = [], 0, 0
    while n < size:
        out.append(unit.replace(b"%d", b"%d" % i))
        n += len(out[-1])
        i += 1
    return b"".join(out)


def recipients(unit):
    return lambda size: HEAD + fill(unit, size) + TAIL


def entry(start, unit, end=b""):
    return lambda size: (HEAD + start + fill(unit, size) + end + TAIL)


def body(unit, head=ONE):
    return lambda size: head + b"[Subject:] s\n[Body:]\n" + fill(unit, size)


def subject(unit):
    return lambda size: (ONE + b"[Subject:]\n" + fill(unit, size) +
                         b"\n[Body:]\nb\n")


def html(unit):
    return lambda size: (ONE + b"[Subject:] s\n[Html:]\n" + fill(unit, size) +
                         b"\n[Body:]\nb\n")


def headers(unit):
    return lambda size: (ONE + b"[Subject:] s\n[Headers:]\n" +
                         fill(unit, size) + b"\n[Body:]\nb\n")


def collisions(size):
    """Entries that differ in what a multiplying hash loses, whatever its
    seed: half of these pairs of words leave it as the other half do."""
    pairs = b"aaaaaaaaaaaaaaaa", b"aaaaaaa!aaaacaa!"
    return HEAD + b"\n".join(
        b"".join(pairs[i >> k & 1] for k in range(18))
        for i in range(size // (18 * 16 + 1))) + TAIL


def both(size):
    """Placeholders nobody fills, and as many recipients; the last lacks the
    only field."""
    return (HEAD + fill(b"u%d@x.y k=1\n", size // 2) + b"z@x.y\n"
            b"[Subject:] [k]\n[Body:]\n" + fill(b"[q%d]", size // 2))


def known(size):
    return (HEAD + b"a@b.c" + fill(b" k%d=1", size // 2) +
            b"\n[Subject:] s\n[Body:]\n" + fill(b"[k%d]", size // 2))


def longkey(size):
    key = b"k" * (size // 2)
    return (HEAD + b"a@b.c " + key + b"=1\n" + fill(b"u%d@x.y\n", 100000) +
            b"[Subject:] s\n[Body:]\n[" + key + b"]\n")


KINDS = {
    "plain": (recipients(b"user%d@example.org k=%d\n"), "-S"),
    "one-line": (recipients(b"user%d@example.org,"), "-S"),
    "named": (recipients(b'"User, %d" <user%d@example.org> k="a b"\n'), "-S"),
    "fields": (entry(b"a@b.c", b" k%d=v"), "-S"),
    "same-field": (entry(b"a@b.c", b" k=v"), "-S"),
    "same-field-used": (lambda size: HEAD + b"a@b.c" + fill(b" k=v", size) +
                        b"[Subject:] s\n[Body:]\n[k]", "-S"),
    "duplicates": (recipients(b"a@b.c,"), "-S"),
    "duplicates-2": (recipients(b"a,"), "-n"),
    "bad": (recipients(b"user%d\n"), "-e"),
    "tiny": (recipients(b"%d,"), "-n"),
    "errors": (recipients(b"user%d@x.y z\n"), "-n"),
    "collisions": (collisions, "-n"),
    "placeholders": (body(b"[login] "), "-S"),
    "placeholders-k": (body(b"[k]"), "-S"),
    "unknown": (body(b"[q%d|d]"), "-S"),
    "unknown-bare": (body(b"[q%d]"), "-S"),
    "known": (known, "-S"),
    "both": (both, "-n"),
    "both-v": (both, "-nv"),
    "long-key": (longkey, "-n"),
    "brackets": (body(b"["), "-S"),
    "brackets-2": (body(b"[[k"), "-S"),
    "brackets-3": (body(b"[k|"), "-S"),
    "commas": (recipients(b","), "-n"),
    "commas-1": (lambda size: HEAD + b"a@b.c" + fill(b",", size) + TAIL, "-S"),
    "comments": (lambda size: HEAD + fill(b"# c, d\n", size) + b"a@b.c" +
                 TAIL, "-S"),
    "comments-0": (lambda size: fill(b"#x\n", size) + HEAD + b"a@b.c" + TAIL,
                   "-S"),
    "blanks": (lambda size: HEAD + fill(b" ", size) + b"a@b.c" + TAIL, "-S"),
    "quotes": (entry(b"", b'"'), "-n"),
    "quotes-2": (entry(b"", b'"\\'), "-n"),
    "quotes-3": (entry(b"", b' "'), "-n"),
    "quotes-4": (entry(b'"', b'\\" ='), "-n"),
    "quotes-5": (entry(b"a ", b' ="\\"'), "-n"),
    "angles": (entry(b"", b"a <"), "-n"),
    "long-name": (entry(b'"', b"n ", b'" <a@b.c>'), "-S"),
    "long-name-8": (entry(b'"', "їж ".encode(), b'" <a@b.c>'), "-S"),
    "long-value": (entry(b'a@b.c k="', b"n ", b'"'), "-S"),
    "long-address": (entry(b"", b"n", b"@b.c"), "-e"),
    "tags": (recipients(b" [x:] a@b.c"), "-n"),
    "tags-2": (recipients(b" [Recipients: "), "-n"),
    "sections": (lambda size: ONE + fill(b"[Subject:]\n", size) + TAIL, "-n"),
    "subject": (subject(b"x"), "-S"),
    "subject-lines": (subject(b"xy\n"), "-S"),
    "subject-8": (subject("їжа ".encode()), "-S"),
    "subject-k": (subject("ї[k]".encode()), "-S"),
    "header": (headers(b"x"), "-n"),
    "header-long": (lambda size: headers(b"w ")(size).replace(
        b"w", b"X-A: w", 1), "-S"),
    "header-lines": (headers(b"X-%d: y\n"), "-n"),
    "html": (html(b"<p>[k|&]</p>\n"), "-S"),
    "html-line": (html(b"<p>[k]</p>"), "-S"),
    "body-dots": (body(b".\n"), "-S"),
    "body-lines": (body(b"\n"), "-S"),
    "body-line": (body(b"x"), "-S"),
    "body-8": (body("їжа".encode()), "-S"),
    "body-cr": (body(b"\r"), "-S"),
    "not-utf8": (body(b"\xff\n"), "-n"),
    "nul": (body(b"\0"), "-n"),
    "control": (recipients(b"a@b.c k=\1\n"), "-n"),
    "domains": (recipients(b"u@d%d.org,"), "-Sg100"),
    "one-domain": (recipients(b"u%d@d.org,"), "-Sg100000"),
    "charset": (body("їжа, сім'я\n".encode("cp1251"), ONE), "-Sccp1251"),
    "charset-bad": (body(b"\x98", ONE), "-nccp1251"),
}


def measure(make, size, args, directory):
    """CPU seconds, and MB of memory."""
    path = os.path.join(directory, "order")
    if os.fork() == 0:
        # a child's peak counts what its parent had when it was forked
        with open(path, "wb") as f:
            f.write(make(size))
        os._exit(0)
    os.wait()
    with open(os.path.join(directory, "err"), "wb") as err:
        p = subprocess.Popen(["orderparse", "-f", "a@b.c", args, path],
                             stdout=subprocess.DEVNULL, stderr=err)
        _, status, usage = os.wait4(p.pid, 0)
    p.returncode = 0
    code = os.waitstatus_to_exitcode(status)
    return (usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, code)


def main():
    args = sys.argv[1:]
    most = int(float(args.pop(0)) * 1e6) if args else 100 * 10**6
    bad = 0
    with tempfile.TemporaryDirectory() as directory:
        for kind in args or KINDS:
            make, how = KINDS[kind]
            got = [measure(make, most // k, how, directory)
                   for k in (4, 2, 1)]
            times, memory, codes = zip(*got)
            # what takes no time at all cannot be compared
            ratios = [b / max(a, 0.05) for a, b in zip(times, times[1:])]
            wrong = (max(ratios) > 3.5 or memory[2] > 16 + most / 1e6 * 40 or
                     codes[2] not in (0, 65))
            bad |= wrong
            print("%-16s %s s  x %.1f %.1f  %5.0f MB  exit %d%s" % (
                kind, " ".join("%6.2f" % t for t in times), *ratios,
                memory[2], codes[2], "  <--" if wrong else ""), flush=True)
    return bad


sys.exit(main())

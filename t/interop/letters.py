#!/usr/bin/env python3
"""Letters made by orderparse -S, seen by Python's email package.

letters.py show             a batch on standard input, as plain text
letters.py check SEED N     makes N orders, runs orderparse on each, and
                            compares what the letters say with what they
                            should; a difference is told and ends in 1
"""
import email
import email.errors
import email.header
import email.policy
import email.utils
import html
import os
import random
import subprocess
import sys
import traceback

POLICY = email.policy.default.clone(utf8=True)


def batch(stream):
    """The (sender, parameters, recipients, message) of each letter."""
    lines = stream.split(b"\r\n")
    assert lines.pop() == b"", "the last line is not ended"
    assert not any(b"\r" in s or b"\n" in s for s in lines), "bare CR or LF"
    assert max(map(len, lines)) <= 999, "a line over 998 octets"
    assert lines[0].startswith(b"EHLO ") and lines[-1] == b"QUIT"
    number, at, letters = lines[1].split(), 2, []
    while lines[at] != b"QUIT":
        data, end = lines.index(b"DATA", at), lines.index(b".", at)
        mail, rcpts = lines[at], lines[at + 1:data]
        assert mail.startswith(b"MAIL FROM:<") and rcpts
        assert all(rcpt.startswith(b"RCPT TO:<") and rcpt.endswith(b">")
                   for rcpt in rcpts)
        sender, _, params = mail[11:].decode().partition(">")
        text = [s[1:] if s.startswith(b".") else s
                for s in lines[data + 1:end]]
        for line in text[:text.index(b"")]:
            assert len(line) <= 998 and line.strip()
            assert all(len(word) <= 75 for word in line.split()
                       if word.startswith(b"=?"))
        letters.append((sender, params.split(),
                        [rcpt[9:-1].decode() for rcpt in rcpts],
                        b"\r\n".join(text) + b"\r\n"))
        at = end + 1
    assert number == [b"NOOP", b"%d" % len(letters), b"messages"]
    return letters


def display_name(raw):
    """The name before an address.  Python 3.11's own takes the space between two encoded
    words for a part of the name, which RFC 2047 6.2 does not."""
    name = raw.replace("\r\n", "").rpartition("<")[0].strip()
    if name.startswith('"'):
        return email.utils.unquote(name)
    return str(email.header.make_header(email.header.decode_header(name)))


class Letter:
    """A message: its fields by their names in small letters, the names that
    stand before addresses, and the texts by their types.  The header may be
    UTF-8.  Each field is looked at once, for Python's new policy parses it
    each time."""

    def __init__(self, message):
        head = email.message_from_string(
            message.partition(b"\r\n\r\n")[0].decode() + "\r\n\r\n")
        names = [name.lower() for name in head.keys()]
        assert len(names) == len(set(names)), names
        self.fields = {name: POLICY.header_fetch_parse(name, raw)
                       for name, raw in zip(names, head.values())}
        for name in ("from", "to", "subject", "date", "message-id",
                     "mime-version", "content-type"):
            assert all(isinstance(d, email.errors.NonASCIILocalPartDefect)
                       for d in self[name].defects), (name, self[name])
        self.names = {name: display_name(head[name])
                      for name in ("from", "to", "reply-to") if name in names}
        self.texts = {}
        m = email.message_from_bytes(message)
        kind = m.get_content_type()
        parts = m.get_payload() if m.is_multipart() else [m]
        for part in [m] + parts:
            assert not part.defects, part.defects
        for part in parts:
            assert part["Content-Transfer-Encoding"] in (
                "7bit", "8bit", "quoted-printable")
            text = part.get_payload(decode=True).decode(
                part.get_content_charset())
            self.texts[part.get_content_type()] = text.replace("\r\n", "\n")
        assert (kind, list(self.texts)) in (
            ("text/plain", ["text/plain"]),
            ("multipart/alternative", ["text/plain", "text/html"]))

    def __getitem__(self, name):
        return self.fields[name.lower()]


def show():
    for sender, params, (rcpt,), message in batch(sys.stdin.buffer.read()):
        m = Letter(message)
        to = m["To"].addresses[0]
        print("\t".join([sender, rcpt, " ".join(params), m.names["to"],
                         to.addr_spec, str(m["Subject"]),
                         m["Content-Transfer-Encoding"]]))
        for text in m.texts.values():
            print(text, end="")


PIECES = ("abc", "Оленка", "ї", "中文字", "مرحبا", "🙂", "e\u0301", "=?utf-8?q?x?=",
          "a=b", "\\", "(x)", "a,b", "it's", "x;y", ".", "..", "@", "<b>",
          "[no]", "a&b&lt;\"", "a" * 80, "б" * 90, "w" * 700)


def words(r, most, bad=""):
    found = (r.choice(PIECES) for _ in range(r.randint(0, most)))
    return " ".join(w for w in found if not set(w) & set(bad))


def quote(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')


def mailbox(name, address):
    return "%s <%s>" % (quote(name), address) if name else address


def template(r, keys, subject):
    """A list of literal strings and (key, default) pairs."""
    parts = []
    for _ in range(r.randint(0, 8)):
        key = r.choice(keys + ["login", "email", "domain", "name"])
        default = r.choice([None, "", "def", ".", "дефолт"])
        if r.random() < 0.5:
            parts.append((key, default))
        else:
            parts.append(words(r, 3) + r.choice(["", " "]))
        if not subject and r.random() < 0.3:
            parts.append(r.choice(["\n", "\n\n", "\n.", " \n"]))
    return parts


def source(parts):
    return "".join(p if isinstance(p, str) else
                   "[%s%s]" % (p[0], "" if p[1] is None else "|" + p[1])
                   for p in parts)


def filled(parts, rcpt, escape=lambda s: s):
    out = []
    for part in parts:
        if isinstance(part, str):
            out.append(part)
            continue
        key, default = part
        value = rcpt.get(key)
        if key == "name" and not value:
            value = rcpt["login"] if default is None else default
        value = default if value is None else value
        out.append(escape(value))
    return "".join(out)


def mark(i):
    """What no value of another recipient holds."""
    return "m%dm" % i


def make(r):
    keys = r.sample(["k", "бал", "x-y", "a.b", "K"], 2)
    rcpts = []
    for i in range(r.randint(1, 6)):
        login = r.choice(["user", "a.b", "олена", "x+y"]) + str(i)
        domain = r.choice(["pth.ua", "пошта.укр", "example.org"])
        rcpt = {"login": login, "domain": domain, "email": login + "@" + domain,
                "name": " ".join((words(r, 3) + r.choice([mark(i), ""])).split())}
        rcpt.update((key, words(r, 2) + mark(i)) for key in keys
                    if r.random() < 0.7)
        rcpts.append(rcpt)
    usable = [k for k in keys if all(k in rcpt for rcpt in rcpts)]
    subject = template(r, usable, True)
    text = template(r, usable, False)
    for key in keys:
        if any(key in rcpt for rcpt in rcpts):
            text.append((key, "none"))
    order = "[Recipients:]" + r.choice(["\n", " ", "\n# x@y.z, z\n\n"])
    for rcpt in rcpts:
        order += mailbox(rcpt["name"], rcpt["email"])
        order += "".join("%s%s=%s" % (r.choice([" ", "\t "]), key,
                                      quote(rcpt[key]))
                         for key in keys if key in rcpt)
        order += r.choice(["\n", ", ", " ;", "\n\n", ",\n  # a@b.c\n"])
        if r.random() < 0.1 and rcpt["domain"].isascii():
            order += "\n%s@%s\n" % (rcpt["login"], rcpt["domain"].upper())
    order = [order]
    boxes = {name: (" ".join(words(r, 3).split()), "dean@pth.ua")
             for name in ("From", "Reply-To") if r.random() < 0.3}
    order += ["[%s:] %s" % (name, mailbox(*box)) for name, box in boxes.items()]
    fields = {}
    for name in r.sample(["X-A", "List-Unsubscribe", "x-b", "Comments"],
                         r.randint(0, 3)):
        fields[name] = template(r, usable, True)
    second = template(r, usable, False) if r.random() < 0.5 else None
    order += ["[Subject:]", source(subject)]
    if fields:
        order += ["[Headers:]"] + [name + ": " + source(value)
                                   for name, value in fields.items()]
    if second is not None:
        # [Body:] stands at the start of a line
        second.append("\n")
        order += ["[Html:]", source(second)[:-1]]
    order += ["[Body:]", source(text)]
    order = "\n".join(order)
    if r.random() < 0.2:
        order = "\ufeff" + order.replace("\n", "\r\n")
    return order, rcpts, boxes, subject, fields, text, second


def run(order, *args):
    out = subprocess.run(["orderparse", "-f", "news@pth.ua", "-F", "*@pth.ua",
                          *args], input=order.encode(), capture_output=True)
    assert out.returncode == 0 and out.stderr == b"", out.stderr.decode()
    return out.stdout


def same(got, want):
    assert got == want, (got, want)


def squeezed(value):
    return " ".join(str(value).split())


def ended(parts):
    return "" if source(parts)[-1:] in ("", "\n") else "\n"


def compare(order, rcpts, boxes, subject, fields, text, second):
    letters, ids = batch(run(order, "-S")), set()
    same(len(letters), len(rcpts))
    for i, ((sender, params, to, message), rcpt) in enumerate(
            zip(letters, rcpts)):
        m = Letter(message)
        same((sender, to), ("news@pth.ua", [rcpt["email"]]))
        assert ("SMTPUTF8" in params) == (not rcpt["email"].isascii())
        for name, box in {"From": ("", "news@pth.ua"), **boxes,
                          "To": (rcpt["name"], rcpt["email"])}.items():
            same([a.addr_spec for a in m[name].addresses], [box[1]])
            same(m.names[name.lower()], box[0])
        same(squeezed(m["Subject"]), squeezed(filled(subject, rcpt)))
        for name, value in fields.items():
            same(squeezed(m[name]), squeezed(filled(value, rcpt)))
        same(m.texts.get("text/plain"), filled(text, rcpt) + ended(text))
        if second is not None:
            same(m.texts.get("text/html"), filled(
                second, rcpt, lambda v: html.escape(v).replace(
                    "&#x27;", "&#39;")))
        same(len(m.texts), 1 if second is None else 2)
        if m["Content-Transfer-Encoding"] == "8bit":
            assert "BODY=8BITMIME" in params
        said = "\n".join([*map(str, m.fields.values()), *m.texts.values()])
        assert not any(mark(k) in said for k in range(len(rcpts)) if k != i)
        ids.add(m["Message-ID"])
    same(len(ids), len(rcpts))
    (to,), message = letters[-1][2:]
    same(run(order, "-m", to), message.replace(b"\r\n", b"\n"))


def compare_copies(r):
    """-g: everybody gets one of the letters, with others of the domain."""
    rcpts = ["u%d@%s" % (i, r.choice(["a.b", "pth.ua", "пошта.укр"]))
             for i in range(r.randint(1, 40))]
    most, order = r.randint(2, 9), ("[Recipients:]\n%s\n[Subject:] ї\n"
                                    "[Body:]\n.\n" % "\n".join(rcpts))
    out, served, ids = run(order, "-S", "-g", str(most)), [], set()
    for sender, params, to, message in batch(out):
        m, domains = Letter(message), {a.partition("@")[2] for a in to}
        assert len(to) <= most and len(domains) == 1
        assert ("SMTPUTF8" in params) == (not domains.pop().isascii())
        same((str(m["To"]), m.texts), ("undisclosed-recipients:;",
                                       {"text/plain": ".\n"}))
        served += to
        ids.add(m["Message-ID"])
        same(run(order, "-g", str(most), "-m", to[-1]),
             message.replace(b"\r\n", b"\n"))
    same(sorted(served), sorted(rcpts))
    assert len(ids) == out.count(b"\r\nMAIL FROM")
    same(run(order, "-S", "-g", str(most)), out)


def check(seed, n):
    print("seed", seed)
    r = random.Random(seed)
    os.environ["SOURCE_DATE_EPOCH"] = "1795304772"
    for i in range(n):
        case = make(r)
        try:
            compare(*case)
            if i % 50 == 0:
                compare_copies(r)
        except (AssertionError, ValueError, IndexError) as e:
            print("order %d:" % i)
            traceback.print_exc(file=sys.stdout)
            print(case[0])
            return 1
    return 0


if sys.argv[1:] == ["show"]:
    show()
else:
    sys.exit(check(int(sys.argv[2]), int(sys.argv[3])))

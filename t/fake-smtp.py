#!/usr/bin/env python3
"""fake-smtp.py [-n] [-c CAP,CAP ...] [-u PATH] [RULE ...]: an SMTP server that
misbehaves.

It listens on a free port of 127.0.0.1, or on PATH, and says so on standard error.
With -n the way to it is narrow: small segments, little room.  What it
reads goes to the file "dialog", line by line; each message it answers 2xx to
is a file got.N (dots unstuffed) and a line "N sender recipient ..." in
"got.log".

A file "script" in its directory, read anew for each connection, takes the
place of the options and rules: a line "-c CAP,CAP" or a rule each.  Another
content starts all numbers from 1.

A rule is STAGE:WHICH:ACTION.  STAGE is greeting ehlo helo starttls auth rset mail rcpt data
text (the first line of the text) dot (the end of it, or a BDAT) or quit.  WHICH is the
number of the event, counted over all connections, or N- for that one and all
later, or * for all, or a pattern that the command must hold.  ACTION is a
reply (lines separated by |), or one of
  drop     close the connection          rst      reset it
  silent   say nothing more              garbage  something that is no reply
  endless  a reply that never ends       long     a line that never ends
  drip     the usual reply, a byte at a time
  split    the usual reply, as many lines
  lag      the usual reply, a little later
  cut      as many lines, the last one in two pieces
  deaf     read nothing more for a while, then go on
"""

import getopt
import socket
import struct
import sys
import threading
import time

CODES = {"greeting": "220 fake", "ehlo": "250", "helo": "250 fake",
         "rset": "250 ok", "mail": "250 2.1.0 sender ok",
         "rcpt": "250 2.1.5 recipient ok", "data": "354 go on",
         "dot": "250 2.0.0 queued", "quit": "221 bye", "noop": "250 ok",
         "starttls": "220 go", "auth": "235 2.7.0 welcome"}
LOCK = threading.Lock()
COUNTS = {}
MAIL = [0]
SCRIPT = [None]


class Gone(Exception):
    """The connection is over."""


def log(name, text):
    with LOCK, open(name, "a", encoding="latin-1") as f:
        f.write(text + "\n")


class Session:
    def __init__(self, conn, caps, rules):
        self.conn = conn
        self.caps = caps
        self.rules = rules
        self.data = b""
        self.out = b""

    def flush(self):
        if self.out:
            out, self.out = self.out, b""
            self.conn.sendall(out)

    def line(self):
        while b"\n" not in self.data:
            self.flush()
            more = self.conn.recv(65536)
            if not more:
                raise Gone
            self.data += more
        line, self.data = self.data.split(b"\n", 1)
        return line + b"\n"

    def rule(self, stage, line):
        with LOCK:
            n = COUNTS[stage] = COUNTS.get(stage, 0) + 1
        for where, which, action in self.rules:
            if where != stage:
                continue
            if which == "*" or which == str(n) or (
                    which.endswith("-") and which[:-1].isdigit()
                    and n >= int(which[:-1])):
                return action
            if not which[0].isdigit() and which in line.decode("latin-1"):
                return action
        return None

    def usual(self, stage):
        if stage == "ehlo":
            lines = ["fake"] + self.caps
        else:
            lines = [CODES[stage][4:]]
        code = CODES[stage][:3]
        return "".join(
            f"{code}{' ' if i == len(lines) - 1 else '-'}{text}\r\n"
            for i, text in enumerate(lines)).encode()

    def act(self, stage, line=b""):
        """Answers; returns the code."""
        action = self.rule(stage, line)
        if action is None:
            if stage == "text":
                return ""
            self.out += self.usual(stage)
            return CODES[stage][:3]
        if action[0].isdigit():
            self.out += action.replace("|", "\r\n").encode("latin-1") + \
                b"\r\n"
            if action.startswith("421"):
                self.flush()
                raise Gone
            return action[:3]
        self.flush()
        return getattr(self, action)(stage)

    def drop(self, _stage):
        raise Gone

    def rst(self, _stage):
        self.conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        raise Gone

    def silent(self, _stage):
        while self.conn.recv(65536):
            pass
        raise Gone

    def garbage(self, stage):
        self.out += b"\x00\xffwhat do you mean, " + stage.encode() + b"?\r\n"
        return "000"

    def endless(self, stage):
        while True:
            self.conn.sendall(self.usual(stage)[:3] + b"-and so on\r\n")

    def long(self, stage):
        self.conn.sendall(self.usual(stage)[:4])
        while True:
            self.conn.sendall(b"x" * 4096)

    def drip(self, stage):
        for byte in self.usual(stage):
            self.conn.sendall(bytes([byte]))
            time.sleep(0.001)
        return CODES[stage][:3]

    def split(self, stage):
        code = CODES[stage][:3].encode()
        self.out += code + b"-one\r\n" + code + b"-\r\n" + code + b"\r\n"
        return CODES[stage][:3]

    def cut(self, stage):
        code = CODES[stage][:3].encode()
        self.conn.sendall(code + b"-one\r\n" + code + b" t")
        time.sleep(0.05)
        self.conn.sendall(b"wo\r\n")
        return CODES[stage][:3]

    def lag(self, stage):
        time.sleep(0.2)
        self.out += self.usual(stage)
        return CODES[stage][:3]

    def deaf(self, stage):
        time.sleep(1)
        self.out += self.usual(stage)
        return CODES[stage][:3]

    def text(self):
        """Reads to the dot; returns the text, unstuffed."""
        lines = []
        first = True
        while True:
            line = self.line()
            if line == b".\r\n":
                return b"".join(lines)
            if first:
                first = False
                self.act("text", line)
            lines.append(line[1:] if line.startswith(b".") else line)

    def bdat(self, words):
        """Reads a chunk, which is the only one."""
        size = int(words.split()[1])
        while len(self.data) < size:
            more = self.conn.recv(65536)
            if not more:
                raise Gone
            self.data += more
        text, self.data = self.data[:size], self.data[size:]
        return text

    def message(self, sender, rcpts, text):
        if text is None:
            text = self.text()
            log("dialog", ".")
        elif not rcpts:
            self.out += b"503 5.5.1 no valid recipients\r\n"
            return
        if not self.act("dot").startswith("2") or not rcpts:
            return
        with LOCK:
            MAIL[0] += 1
            n = MAIL[0]
        with open(f"got.{n}", "wb") as f:
            f.write(text)
        log("got.log", " ".join([str(n), sender] + rcpts))

    def talk(self):
        self.act("greeting")
        self.flush()
        sender, rcpts = None, []
        while True:
            line = self.line()
            words = line.decode("latin-1").rstrip("\r\n")
            log("dialog", words)
            verb = words.split(" ")[0].lower()
            if verb == "bdat" and "CHUNKING" in self.caps:
                self.message(sender, rcpts, self.bdat(words))
                sender, rcpts = None, []
                continue
            if verb not in CODES:
                self.out += b"500 what?\r\n"
                continue
            ok = self.act(verb, line).startswith(("2", "3"))
            path = words.partition("<")[2].partition(">")[0]
            if verb == "mail" and ok:
                sender, rcpts = path, []
            elif verb == "rcpt" and ok and sender is not None:
                rcpts.append(path)
            elif verb == "data" and ok:
                self.message(sender, rcpts, None)
                sender, rcpts = None, []
            elif verb == "quit":
                self.flush()
                return

    def run(self):
        try:
            self.talk()
        except (Gone, OSError):
            pass
        self.conn.close()


def listen(path, narrow):
    if path:
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
    else:
        server = socket.socket()
        if narrow:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        server.bind(("127.0.0.1", 0))
    server.listen(50)
    name = path or "%s:%d" % server.getsockname()
    print("fake-smtp: listening on", name, file=sys.stderr, flush=True)
    return server


def parse(args):
    """What the arguments say: capabilities, a path, rules, narrow or not."""
    opts, args = getopt.getopt(args, "c:nu:")
    caps = ["PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8"]
    path, narrow = None, False
    for opt, value in opts:
        if opt == "-c":
            caps = [cap for cap in value.split(",") if cap]
        elif opt == "-n":
            narrow = True
        else:
            path = value
    return caps, path, [rule.split(":", 2) for rule in args], narrow


def script():
    """The lines of the script, or None."""
    try:
        with open("script", encoding="latin-1", newline="\n") as f:
            text = f.read()
    except FileNotFoundError:
        return None
    with LOCK:
        if text != SCRIPT[0]:
            SCRIPT[0] = text
            COUNTS.clear()
            MAIL[0] = 0
    args = []
    for line in text.split("\n"):
        if not line.startswith("#"):
            args += line.split(" ", 1) if line.startswith("-") else [line]
    return [arg for arg in args if arg]


def main():
    caps, path, rules, narrow = parse(sys.argv[1:])
    server = listen(path, narrow)
    while True:
        conn, _ = server.accept()
        args = script()
        if args is not None:
            caps, _, rules, _ = parse(args)
        if not path:
            conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=Session(conn, caps, rules).run,
                         daemon=True).start()


main()

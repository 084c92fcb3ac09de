#!/usr/bin/env python3
"""An FTP server that fails on demand.

usage: fake-ftp.py dir [VERB[@n]=what] ...

what is a reply, "cut" (the connection dies instead of an answer), "late" (it
dies after the deed, before the answer) or "mute" (no answer at all); for DATA
also "drop" (the data connection is reset after some bytes, then 426) and
"short" (a byte is lost).  @n: the n-th time only.  ONE=line: of what comes at
once only the first line is seen.  All else works, as far as uploads need it.
"""
import os
import socket
import struct
import sys
import threading

root = sys.argv[1]
rules = dict(a.split("=", 1) for a in sys.argv[2:])
seen = {}
FEAT = "211-Can\r\n SIZE\r\n UTF8\r\n211 End"


def rule(verb):
    seen[verb] = seen.get(verb, 0) + 1
    return rules.get("%s@%d" % (verb, seen[verb]), rules.get(verb))


class Cut(Exception):
    pass


class Session:
    def __init__(self, sock):
        self.sock, self.cwd, self.old, self.door = sock, root, None, None

    def say(self, text):
        self.sock.sendall((text + "\r\n").encode())

    def path(self, name):
        return os.path.join(self.cwd, name.lstrip("/"))

    def store(self, name):
        self.say("150 go on")
        conn, what = self.door.accept()[0], rule("DATA")
        content = b""
        while True:
            piece = conn.recv(65536)
            content += piece
            if not piece or what == "drop":
                break
        if what == "drop":
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
        conn.close()
        with open(self.path(name), "wb") as f:
            f.write(content[:-1] if what == "short" else content)
        return "426 cut off" if what == "drop" else "226 stored"

    def listen(self):
        self.door = socket.create_server(("127.0.0.1", 0))
        return self.door.getsockname()[1]

    def do(self, verb, arg):
        if verb == "FEAT":
            return FEAT
        if verb == "USER":
            return "331 password"
        if verb == "PASS":
            return "230 in"
        if verb == "CWD":
            if not os.path.isdir(self.path(arg)):
                return "550 no directory"
            self.cwd = self.path(arg)
        if verb == "MKD":
            os.mkdir(self.path(arg))
        if verb == "EPSV":
            return "229 here (|||%d|)" % self.listen()
        if verb == "PASV":
            port = self.listen()
            # An address that nobody should go to.
            return "227 here (192,0,2,1,%d,%d)" % (port >> 8, port & 255)
        if verb == "STOR":
            return self.store(arg)
        if verb == "SIZE":
            if not os.path.exists(self.path(arg)):
                return "550 no file"
            return "213 %d" % os.path.getsize(self.path(arg))
        if verb == "RNFR":
            self.old = self.path(arg)
            return "350 and now"
        if verb == "RNTO":
            os.rename(self.old, self.path(arg))
        if verb == "DELE":
            if not os.path.exists(self.path(arg)):
                return "550 no file"
            os.unlink(self.path(arg))
        return "221 bye" if verb == "QUIT" else "250 done"

    def answer(self, line):
        verb, _, arg = line.rstrip("\r\n").partition(" ")
        what = rule(verb)
        if what == "cut":
            raise Cut
        if what == "mute":
            return
        if what not in (None, "late"):
            self.say(what)
            return
        reply = self.do(verb, arg)
        if what == "late":
            raise Cut
        self.say(reply)

    def lines(self):
        if "ONE" not in rules:
            yield from self.sock.makefile(encoding="utf-8")
        while came := self.sock.recv(65536):
            yield came.decode().splitlines()[0]

    def run(self):
        try:
            self.say(rules.get("220", "220-two lines\r\n220 hello"))
            for line in self.lines():
                self.answer(line)
        except (Cut, OSError):
            pass
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


server = socket.create_server(("127.0.0.1", 0))
print("listening on 127.0.0.1:%d" % server.getsockname()[1],
      file=sys.stderr, flush=True)
while True:
    threading.Thread(target=Session(server.accept()[0]).run,
                     daemon=True).start()

#!/usr/bin/env python3
"""auth-smtp.py [-c CERT] [-m MODE] [-a MECHANISM,...]: an SMTP server with TLS
and a log-in, user "joe", secret "open sesame".

It listens on a free port of 127.0.0.1 and says so on standard error.  CERT is
a file with certificate and key.  MODE is clear, starttls, tls (from the
start), strip (a starttls without it), inject (a reply before the handshake) or
join (one in the same segment as the answer to STARTTLS).  Options in a file
"options" take the place of these with the next connection.
What it reads goes to the file "dialog"; who is served to "got.log".
SCRAM-SHA-256-FALSE offers SCRAM-SHA-256 and signs wrongly.
"""

import base64
import getopt
import hashlib
import hmac
import socket
import ssl
import sys
import threading
import time

USER, SECRET = b"joe", b"open sesame"


def b64(data):
    return base64.b64encode(data).decode()


class Session:
    def __init__(self, conn, mode, cert, mechs):
        self.conn, self.mode, self.cert, self.mechs = conn, mode, cert, mechs
        self.file = None
        self.tls = False

    def secure(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert)
        self.conn = context.wrap_socket(self.conn, server_side=True)
        self.file = self.conn.makefile("rb")
        self.tls = True

    def say(self, text):
        self.conn.sendall(text.encode() + b"\r\n")

    def line(self):
        line = self.file.readline()
        if not line:
            raise EOFError
        line = line.decode().rstrip("\r\n")
        with open("dialog", "a") as f:
            print(line, file=f)
        return line

    def ask(self, challenge):
        self.say("334 " + b64(challenge))
        answer = self.line()
        return None if answer == "*" else base64.b64decode(answer)

    def scram(self, first, false):
        bare = first[3:]
        nonce = dict(p.split(b"=", 1) for p in bare.split(b","))[b"r"] + b"x"
        reply = b"r=%s,s=%s,i=4096" % (nonce, base64.b64encode(b"salt"))
        final = self.ask(reply)
        without, _, proof = final.rpartition(b",p=")
        salted = hashlib.pbkdf2_hmac("sha256", SECRET, b"salt", 4096)

        def mac(key, text):
            return hmac.new(key, text, "sha256").digest()

        auth = bare + b"," + reply + b"," + without
        key = mac(salted, b"Client Key")
        sign = mac(hashlib.sha256(key).digest(), auth)
        if bytes(a ^ b for a, b in zip(key, sign)) != base64.b64decode(proof):
            return False
        server = mac(mac(salted, b"Server Key"), auth)
        if false:
            server = server[::-1]
        return self.ask(b"v=" + base64.b64encode(server)) == b""

    def login(self, words):
        name = words[1].upper()
        first = words[2:] and base64.b64decode(words[2].replace("=", "", 1)
                                               if words[2] == "=" else words[2])
        if name == "PLAIN":
            return (first or self.ask(b"")) == b"\0" + USER + b"\0" + SECRET
        if name == "XOAUTH2":
            return first == b"user=" + USER + b"\1auth=Bearer " + SECRET + \
                b"\1\1"
        if name == "LOGIN":
            user = first or self.ask(b"Username:")
            return user == USER and self.ask(b"Password:") == SECRET
        if name == "CRAM-MD5":
            want = hmac.new(SECRET, b"<1@fake>", "md5").hexdigest()
            return self.ask(b"<1@fake>") == USER + b" " + want.encode()
        return self.scram(first or self.ask(b""),
                          "SCRAM-SHA-256-FALSE" in self.mechs)

    def ehlo(self):
        lines = ["fake", "PIPELINING", "8BITMIME"]
        if self.mode in ("starttls", "inject", "join") and not self.tls:
            lines.append("STARTTLS")
        if self.mechs:
            lines.append("AUTH " + " ".join(self.mechs).replace("-FALSE", ""))
        for line in lines[:-1]:
            self.say("250-" + line)
        self.say("250 " + lines[-1])

    def text(self):
        self.say("354 go on")
        while self.line() != ".":
            pass

    def talk(self):
        if self.mode == "tls":
            self.secure()
        self.file = self.conn.makefile("rb")
        self.say("220 fake")
        known = not self.mechs
        while True:
            words = self.line().split(" ")
            verb = words[0].upper()
            if verb == "EHLO":
                self.ehlo()
            elif verb == "STARTTLS" and self.mode == "inject":
                self.say("220 go")
                time.sleep(0.2)
                self.say("250 injected")
                self.secure()
            elif verb == "STARTTLS" and self.mode == "join":
                self.conn.sendall(b"220 go\r\n250 injected\r\n")
                self.secure()
            elif verb == "STARTTLS" and self.mode == "starttls":
                self.say("220 go")
                self.secure()
            elif verb == "AUTH":
                known = self.login(words)
                self.say("235 welcome" if known else "535 5.7.8 no")
            elif not known and verb != "QUIT":
                self.say("530 5.7.0 log in first")
            elif verb == "DATA":
                self.text()
                with open("got.log", "a") as f:
                    print("one", file=f)
                self.say("250 ok")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok" if verb in ("MAIL", "RCPT", "RSET")
                         else "500 what?")

    def run(self):
        try:
            self.talk()
        except (EOFError, OSError, ValueError):
            pass
        self.conn.close()


def options():
    try:
        with open("options", encoding="ascii") as f:
            args = f.read().split()
    except FileNotFoundError:
        args = sys.argv[1:]
    opts = dict(getopt.getopt(args, "c:m:a:")[0])
    mechs = [m for m in opts.get("-a", "").split(",") if m]
    return opts.get("-m", "clear"), opts.get("-c"), mechs


def main():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(50)
    print("auth-smtp: listening on %s:%d" % server.getsockname(),
          file=sys.stderr, flush=True)
    while True:
        conn, _ = server.accept()
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        session = Session(conn, *options())
        threading.Thread(target=session.run, daemon=True).start()


main()

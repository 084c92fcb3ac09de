#!/usr/bin/env python3
"""fake-dns.py: a name server that misbehaves.

It listens on a free port of 127.0.0.1, UDP and TCP, and says so on standard
error.  Each question is a line "udp|tcp NAME TYPE PORT ID" in the file
"questions".  The file "zone" in its directory, read anew for each question,
has records

  NAME TYPE DATA ...        mail.test MX 10 mx.mail.test

of type A, AAAA, MX, CNAME or NS, and faults

  NAME fault FAULT [N]      for the first N questions about NAME, or all

A name without a line does not exist.  As a resolver does, it adds what an
alias leads to.  A fault is one of
  silent     no answer
  servfail, refused
  late       the answer after 1.5 s
  truncated  with TC and half a packet over UDP
  wrongid, wrongname, wrongtype, wrongport, query, garbage, empty
             a false answer (MX 1 evil.test) of that kind, then the true one
  loop, self, forward, header
             a compression pointer that leads in a circle, to itself, onward,
             or into the header
  short, long, counts
             data shorter or longer than it says, more records than there are
  badlabel   a label of a forbidden kind
  onelink    only the first link of a chain of aliases, no SOA
  bare       no data and no SOA
  referral   no data, an NS record, neither AA nor RA
  deaf       over TCP: the connection closes without an answer
  stall      over TCP: half an answer, then nothing
  drip       over TCP: a byte at a time
"""

import os
import select
import socket
import struct
import sys
import threading
import time

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "MX": 15, "AAAA": 28}
LOCK = threading.Lock()
COUNTS = {}
FALSE = ("wrongid", "wrongname", "wrongtype", "wrongport", "query", "garbage",
         "empty")


def zone():
    """The records {name: [(type, data)]} and faults {name: [fault, n]}."""
    records, faults = {}, {}
    with open("zone", encoding="utf-8") as f:
        for line in f:
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            name = words[0].lower()
            if words[1] == "fault":
                n = int(words[3]) if len(words) > 3 else 1 << 30
                faults[name] = (words[2], n)
            else:
                records.setdefault(name, []).append((words[1], words[2:]))
    return records, faults


def wire(name):
    """A name; \\DDD is an octet."""
    out, label = b"", b""
    raw = name.rstrip(".").encode()
    i = 0
    while i <= len(raw):
        if i == len(raw) or raw[i:i + 1] == b".":
            if label:
                out += bytes([len(label)]) + label
            label = b""
            i += 1
        elif raw[i:i + 1] == b"\\":
            label += bytes([int(raw[i + 1:i + 4])])
            i += 4
        else:
            label += raw[i:i + 1]
            i += 1
    return out + b"\0"


def data(kind, words):
    if kind == "A":
        return socket.inet_aton(words[0])
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, words[0])
    if kind == "MX":
        return struct.pack("!H", int(words[0])) + wire(words[1])
    if kind == "SOA":
        return wire("ns.test") + wire("root.test") + struct.pack(
            "!5I", 1, 2, 3, 4, 5)
    return wire(words[0])


def record(name, kind, rdata, ttl=300):
    return wire(name) + struct.pack("!HHIH", TYPES[kind], 1, ttl,
                                    len(rdata)) + rdata


def packet(qid, flags, question, answers, authority=(), more=0):
    return struct.pack("!6H", qid, flags, 1, len(answers) + more,
                       len(authority), 0) + question + b"".join(
        answers) + b"".join(authority)


class Question:
    def __init__(self, raw):
        self.id, = struct.unpack("!H", raw[:2])
        i, labels = 12, []
        while raw[i]:
            labels.append(raw[i + 1:i + 1 + raw[i]].decode())
            i += raw[i] + 1
        self.name = ".".join(labels)
        self.type, = struct.unpack("!H", raw[i + 1:i + 3])
        self.wire = raw[12:i + 5]
        self.kind = {v: k for k, v in TYPES.items()}.get(self.type, "?")


def truth(q, records, fault):
    """The true answer, flags apart: rcode, answers, authority."""
    name, answers = q.name.lower(), []
    for _ in range(20):
        mine = records.get(name)
        if mine is None:
            if answers and fault == "onelink":
                return 0, answers, []
            return 3, answers, [record("test", "SOA", data("SOA", []))]
        hits = [record(name, k, data(k, w)) for k, w in mine if k == q.kind]
        if hits:
            return 0, answers + hits, []
        alias = [w[0] for k, w in mine if k == "CNAME"]
        if not alias:
            break
        answers.append(record(name, "CNAME", wire(alias[0])))
        name = alias[0].lower()
        if fault == "onelink":
            return 0, answers, []
    if fault == "bare":
        return 0, answers, []
    return 0, answers, [record("test", "SOA", data("SOA", []))]


def crooked(q, fault):
    """An answer that is malformed."""
    mx = struct.pack("!HHIH", 15, 1, 300, 4) + b"\0\1"
    at = 12 + len(q.wire)           # where the first record begins
    if fault == "loop":             # the owner: "a" and back to its start
        body = b"\1a" + struct.pack("!H", 0xC000 | at) + mx + b"\xc0\x0c"
    elif fault == "self":
        body = struct.pack("!H", 0xC000 | at) + mx + b"\xc0\x0c"
    elif fault == "forward":
        body = struct.pack("!H", 0xC000 | (at + 16)) + mx + b"\1a\0"
    elif fault == "header":
        body = b"\xc0\x04" + mx + b"\xc0\x0c"
    elif fault == "badlabel":
        body = b"\x41a\0" + mx + b"\xc0\x0c"
    elif fault == "short":          # the data ends with the packet
        body = b"\xc0\x0c" + struct.pack("!HHIH", 15, 1, 300, 200) + b"\0\1"
    elif fault == "long":           # octets behind the host's name
        body = b"\xc0\x0c" + struct.pack("!HHIH", 15, 1, 300, 6) + (
            b"\0\1\xc0\x0cxx")
    else:                           # counts
        return packet(q.id, 0x8180, q.wire,
                      [record(q.name, "MX", data("MX", ["1", "evil.test"]))],
                      more=9)
    return packet(q.id, 0x8180, q.wire, [body])


def false(q, fault):
    """An answer that must not be believed."""
    name = "other.test" if fault == "wrongname" else q.name
    question = q.wire
    evil = [record(q.name, "MX", data("MX", ["1", "evil.test"]))]
    if fault == "wrongname":
        question = wire(name) + q.wire[-4:]
    if fault == "wrongtype":
        question = q.wire[:-4] + struct.pack("!HH", 16, 1)
    if fault == "garbage":
        return os.urandom(11) + b"\xff" * 40
    if fault == "empty":
        return b""
    return packet(q.id ^ (fault == "wrongid"),
                  0x0100 if fault == "query" else 0x8180, question, evil)


def answers(raw, proto, peer):
    """What to send: a list of (delay, packet, from another port)."""
    q = Question(raw)
    records, faults = zone()
    with LOCK:
        with open("questions", "a", encoding="utf-8") as f:
            print(proto, q.name, q.kind, peer[1], q.id, file=f)
        fault, n = faults.get(q.name.lower(), ("", 0))
        if fault and proto == "udp":
            COUNTS[q.name] = COUNTS.get(q.name, 0) + 1
            if COUNTS[q.name] > n:
                fault = ""
    rcode, found, authority = truth(q, records, fault)
    true = packet(q.id, 0x8180 | rcode, q.wire, found, authority)
    if fault == "silent" or (fault == "deaf" and proto == "tcp"):
        return []
    if fault in ("servfail", "refused"):
        return [(0, packet(q.id, 0x8180 | (2 if fault == "servfail" else 5),
                           q.wire, []), False)]
    if fault == "late":
        return [(1.5, true, False)]
    if fault in ("truncated", "deaf", "stall", "drip") and proto == "udp":
        cut = packet(q.id, 0x8380, q.wire, [], more=5)
        return [(0, cut + true[len(cut):len(true) // 2], False)]
    if fault == "stall":
        return [(0, true[:len(true) // 2], False)]
    if fault == "referral":
        return [(0, packet(q.id, 0x8000, q.wire, [], [
            record("test", "NS", wire("ns.test"))]), False)]
    if fault in FALSE:
        return [(0, false(q, fault), fault == "wrongport"), (0.1, true, False)]
    if fault in ("loop", "self", "forward", "header", "short", "long",
                 "counts", "badlabel"):
        return [(0, crooked(q, fault), False)]
    return [(0, true, False)]


def udp(server, raw, peer):
    for delay, out, other in answers(raw, "udp", peer):
        time.sleep(delay)
        if other:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                s.bind(("127.0.0.1", 0))
                s.sendto(out, peer)
        else:
            server.sendto(out, peer)


def tcp(conn, peer):
    raw = b""
    while len(raw) < 2 or len(raw) < 2 + int.from_bytes(raw[:2], "big"):
        more = conn.recv(65536)
        if not more:
            return
        raw += more
    q = Question(raw[2:])
    fault = zone()[1].get(q.name.lower(), ("", 0))[0]
    for _, out, _ in answers(raw[2:], "tcp", peer):
        length = len(out) * (2 if fault == "stall" else 1)
        out = struct.pack("!H", length) + out
        if fault == "drip":
            for byte in out:
                conn.sendall(bytes([byte]))
                time.sleep(0.001)
        else:
            conn.sendall(out)
        if fault == "stall":
            conn.recv(1)
    conn.close()


def listen():
    """A UDP and a TCP socket on the same port."""
    while True:
        t = socket.socket()
        t.bind(("127.0.0.1", 0))
        u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            u.bind(t.getsockname())
        except OSError:
            t.close()
            u.close()
            continue
        t.listen(50)
        return u, t


def main():
    u, t = listen()
    print("fake-dns: listening on %s:%d" % u.getsockname(), file=sys.stderr,
          flush=True)
    while True:
        for s in select.select([u, t], [], [])[0]:
            if s is u:
                args, target = (u,) + u.recvfrom(65536), udp
            else:
                args, target = t.accept(), tcp
            threading.Thread(target=target, args=args, daemon=True).start()


main()

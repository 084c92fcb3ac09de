# What these tests share: many clients at once.

load ../dial

# clients <<END: a Python program with what it takes to be an SMTP client;
# admitted() is one that a server takes as soon as it has room, memory() what
# the server that start began last holds, in KB, or has held at most (VmHWM).
clients() {
	need python3
	{
		cat <<-'END'
		import os, socket, sys, time
		port = int(os.environ["PORT"])

		class Client:
		    def __init__(self, hello=True):
		        self.s = self.connect()
		        self.s.settimeout(30)
		        self.f = self.s.makefile("rb")
		        if hello:
		            self.expect("220")
		            self.say("HELO x", "250")

		    def connect(self):
		        return socket.create_connection(("127.0.0.1", port))

		    def expect(self, code):
		        line = self.f.readline().decode()
		        assert line.startswith(code), (code, line)
		        return line

		    def send(self, text):
		        self.s.sendall(text.encode())

		    def say(self, command, code):
		        self.send(command + "\r\n")
		        return self.expect(code)

		    def envelope(self, box):
		        self.say("MAIL FROM:<a@b.test>", "250")
		        self.say("RCPT TO:<%s>" % box, "250")
		        self.say("DATA", "354")

		    def mail(self, box, text):
		        self.envelope(box)
		        self.say(text + "\r\n.", "250 2.0.0 Ok: queued as ")

		    def ended(self):
		        return self.f.read() == b""

		def admitted():
		    for i in range(500):
		        c = Client(hello=False)
		        if c.f.readline().startswith(b"220"):
		            break
		        time.sleep(0.02)
		    c.say("HELO x", "250")
		    return c

		def memory(what="VmRSS"):
		    with open("/proc/%s/status" % os.environ["SERVER"]) as f:
		        for line in f:
		            if line.startswith(what + ":"):
		                return int(line.split()[1])
		END
		cat
	} >client.py
	PORT=$PORT SERVER=$(workers) python client.py
}

# Listens as inetd does: each session is a process of its own, whose standard
# input and output are the connection.
import json
import os
import signal
import socket
import sys

o = json.loads(sys.argv[1])
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for ended sessions
door = socket.socket()
door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
door.bind((o["host"], o["port"]))
door.listen(64)
while True:
    session, _ = door.accept()
    if os.fork() == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(session.fileno(), 0)
        os.dup2(session.fileno(), 1)
        os.execve(o["argv"][0], o["argv"], dict(os.environ, **o["env"]))
    session.close()

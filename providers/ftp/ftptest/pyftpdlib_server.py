import json
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.ioloop import Select
from pyftpdlib.servers import FTPServer

o = json.loads(sys.argv[1])
users = DummyAuthorizer()
users.add_user(o["user"], o["password"], o["root"], perm="elradfmwMT")


class Handler(TLS_FTPHandler if o["certificate"] else FTPHandler):
    authorizer = users
    passive_ports = range(*o["passive"])
    timeout = o["idle"] or 300


if o["certificate"]:
    Handler.certfile = o["certificate"]
    Handler.tls_control_required = True
    Handler.tls_data_required = True

# With the default loop, over epoll, an idle limit that was reset never ends.
server = FTPServer((o["host"], o["port"]), Handler, ioloop=Select())
server.max_cons_per_ip = o["clients"]  # max_cons counts sockets
server.serve_forever()

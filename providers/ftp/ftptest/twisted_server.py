import json
import sys

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import IRealm, Portal
from twisted.internet import reactor
from twisted.protocols.ftp import FTPFactory, FTPShell, IFTPShell
from twisted.python import log
from twisted.python.filepath import FilePath
from zope.interface import implementer

o = json.loads(sys.argv[1])


@implementer(IRealm)
class Realm:
    def requestAvatar(self, user, mind, *interfaces):
        return IFTPShell, FTPShell(FilePath(o["root"])), lambda: None


users = InMemoryUsernamePasswordDatabaseDontUse()
users.addUser(o["user"], o["password"])
factory = FTPFactory(Portal(Realm(), [users]))
factory.passivePortRange = range(*o["passive"])
factory.timeOut = o["idle"] or 600
# An "internal server error" that a test meets can be read in the output.
log.startLogging(sys.stderr, setStdout=False)
reactor.listenTCP(o["port"], factory, interface=o["host"])
reactor.run()

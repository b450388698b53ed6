package ftptest

import (
	"crypto/tls"
	"errors"
	"net"

	ftpserver "github.com/fclairamb/ftpserverlib"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest/disk"
	"github.com/vmxsync/vmxsync/providers/testserver"
)

// driver answers the questions of ftpserverlib.
type driver struct {
	server  *Server
	options Options
	tls     *tls.Config
	doors   *doors
	passive testserver.PortRange
}

func (d *driver) GetSettings() (*ftpserver.Settings, error) {
	var control net.Listener = d.doors
	if d.doors.tls != nil {
		control = tls.NewListener(control, d.tls)
	}
	return d.options.settings(control, d.passive), nil
}

func (d *driver) ClientConnected(c ftpserver.ClientContext) (string, error) {
	c.SetDebug(true) // or command lines are not logged, see observer
	return "ftptest", nil
}

func (d *driver) ClientDisconnected(ftpserver.ClientContext) {}

func (d *driver) AuthUser(_ ftpserver.ClientContext, user, password string) (ftpserver.ClientDriver, error) {
	root := d.rootOf(user)
	if root == "" || password != d.server.Password {
		return nil, errors.New("login incorrect")
	}
	d.server.seen.loggedIn()
	return disk.New(root, d.server.ghosts, d.options.disk()), nil
}

// rootOf is "" for a user who has no account.
func (d *driver) rootOf(user string) string {
	switch user {
	case d.server.User:
		return d.server.Root
	case d.options.Also:
		return d.server.AlsoRoot
	}
	return ""
}

func (d *driver) GetTLSConfig() (*tls.Config, error) {
	if d.tls == nil {
		return nil, errors.New("TLS is off")
	}
	return d.tls, nil
}

// WrapPassiveListener implements ftpserver.MainDriverExtensionPassiveWrapper.
func (d *driver) WrapPassiveListener(l net.Listener) (net.Listener, error) {
	return d.doors.data(l), nil
}

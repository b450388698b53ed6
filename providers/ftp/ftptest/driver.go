package ftptest

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"syscall"

	ftpserver "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"
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
	held := disk{
		Fs: afero.NewBasePathFs(afero.NewOsFs(), root), ghosts: d.server.ghosts,
		filesRenameOnly: d.options.FilesRenameOnly, restEmpties: d.options.RestEmpties, room: room(d.options.Room),
	}
	if len(d.options.Quirks) > 0 {
		return quirky{held, d.options}, nil
	}
	return held, nil
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

// disk tells files and directories apart when they are deleted, as real
// servers do: DELE of a directory is refused, and so is RMD of a file.
type disk struct {
	afero.Fs
	ghosts *ghosts

	filesRenameOnly bool
	restEmpties     bool
	room            room
}

// OpenFile serves uploads, with O_TRUNC or after a REST without it. ftp-srv 4.6
// opens both with the flags "w+".
func (d disk) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	if d.restEmpties && flag&os.O_WRONLY != 0 && flag&os.O_APPEND == 0 {
		flag |= os.O_TRUNC
	}
	f, err := d.Fs.OpenFile(name, flag, perm)
	if err != nil || d.room == 0 || flag&(os.O_WRONLY|os.O_RDWR) == 0 {
		return f, err
	}
	return limitedFile{f, d}, nil
}

// Rename refuses folders if the options ask for it.
func (d disk) Rename(from, to string) error {
	if info, err := d.Fs.Stat(from); d.filesRenameOnly && err == nil && info.IsDir() {
		return &os.PathError{Op: "rename", Path: from, Err: syscall.EPERM}
	}
	return d.Fs.Rename(from, to)
}

func (d disk) Remove(name string) error {
	if err := d.expectDir(name, false); err != nil {
		return err
	}
	return d.Fs.Remove(name)
}

// RemoveDir implements ftpserver.ClientDriverExtensionRemoveDir.
func (d disk) RemoveDir(name string) error {
	if err := d.expectDir(name, true); err != nil {
		return err
	}
	return d.Fs.Remove(name)
}

func (d disk) expectDir(name string, want bool) error {
	info, _, err := d.Fs.(afero.Lstater).LstatIfPossible(name)
	if err != nil {
		return err
	}
	switch {
	case info.IsDir() && !want:
		return &os.PathError{Op: "remove", Path: name, Err: syscall.EISDIR}
	case !info.IsDir() && want:
		return &os.PathError{Op: "rmdir", Path: name, Err: syscall.ENOTDIR}
	}
	return nil
}

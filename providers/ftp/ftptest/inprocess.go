package ftptest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	ftpserver "github.com/fclairamb/ftpserverlib"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest/disk"
	"github.com/vmxsync/vmxsync/providers/testserver"
)

// Options are the wishes for an in-process server. The zero value is a plain
// server for user "u" with password "secret" on a temporary folder.
type Options struct {
	Root     string // an existing folder; "" for a temporary one
	User     string
	Password string
	Also     string // another user with the same password and a folder of its own, Server.AlsoRoot
	Port     int    // 0 for a free one

	TLS    TLS
	MinTLS uint16 // as in tls.Config; 0 for the default of crypto/tls
	MaxTLS uint16

	Expired         bool // the certificate of the server is
	NeedsClientCert bool // that of Server.ClientCert

	DisableMLSD     bool          // no MLSD and no MLST, as on vsftpd
	FilesRenameOnly bool          // a rename of a folder is refused with 550
	RestEmpties     bool          // REST and STOR empty the file and leave a hole of zeros before the offset, as ftp-srv (npm) does
	NoHash          bool          // no HASH, as on most servers
	Quirks          []Quirk       // one way or another of being no other server
	Room            int64         // bytes that its files may have together: beyond this, 552; 0: no limit
	MaxConnections  int           // beyond this, 421 instead of a banner; 0: no limit
	IdleTimeout     time.Duration // whole seconds, rounded up; 0: 15 minutes
}

// Start runs an FTP server in this process: MLSD, MFMT, REST, HASH and EPSV,
// passive only. Its account has all rights that the process has on Root.
// Passive ports are opened on all addresses, because ftpserverlib knows no
// other way; connections to them from elsewhere are refused.
func Start(o Options) (*Server, error) {
	home, err := os.MkdirTemp("", "ftptest-")
	if err != nil {
		return nil, err
	}
	s, err := startIn(home, o)
	if err != nil {
		os.RemoveAll(home)
		return nil, fmt.Errorf("in-process ftp server: %w", err)
	}
	return s, nil
}

func startIn(home string, o Options) (*Server, error) {
	s := &Server{
		Name: "in-process", Host: testserver.Host, User: o.User, Password: o.Password,
		Root: o.Root, Path: "/", TLS: o.TLS, seen: &observer{}, ghosts: &disk.Ghosts{},
	}
	if s.User == "" {
		s.User, s.Password = account, password
	}
	if err := errors.Join(s.prepareRoot(home), s.prepareAlso(home, o)); err != nil {
		return nil, err
	}
	config, err := s.prepareTLS(home, o)
	if err != nil {
		return nil, err
	}
	doors, err := openDoors(s.seen, o, o.implicit(config))
	if err != nil {
		return nil, err
	}
	s.Port = testserver.PortOf(doors)
	ports, release := testserver.PassivePorts()
	lib := ftpserver.NewFtpServer(&driver{server: s, options: o, tls: config, doors: doors, passive: ports})
	lib.Logger = slog.New(s.seen)
	if err := lib.Listen(); err != nil {
		release()
		return nil, errors.Join(err, doors.Close())
	}
	stop := serve(lib, doors)
	s.close = closeOnce(func() error {
		defer release()
		return stop()
	}, home)
	return s, nil
}

// implicit is config where TLS starts with the first byte, else nil.
func (o Options) implicit(config *tls.Config) *tls.Config {
	if o.TLS != Implicit {
		return nil
	}
	return config
}

// serve runs lib and returns what stops it.
func serve(lib *ftpserver.FtpServer, doors *doors) func() error {
	served := make(chan error, 1)
	go func() { served <- lib.Serve() }()
	return func() error { return errors.Join(doors.Close(), <-served) }
}

func (s *Server) prepareRoot(home string) error {
	if s.Root == "" {
		s.Root = filepath.Join(home, "root")
		return os.Mkdir(s.Root, 0o755)
	}
	root, err := filepath.Abs(s.Root)
	if err != nil {
		return err
	}
	s.Root = root
	_, err = os.Stat(root)
	return err
}

func (s *Server) prepareAlso(home string, o Options) error {
	if o.Also == "" {
		return nil
	}
	s.AlsoRoot = filepath.Join(home, "also")
	return os.Mkdir(s.AlsoRoot, 0o755)
}

func (s *Server) prepareTLS(home string, o Options) (*tls.Config, error) {
	if o.TLS == Off {
		return nil, nil
	}
	c, err := certificateFor(o.Expired)
	if err != nil {
		return nil, err
	}
	s.CAFile = filepath.Join(home, "ca.pem")
	config := &tls.Config{
		Certificates: []tls.Certificate{c.pair},
		MinVersion:   o.MinTLS,
		MaxVersion:   o.MaxTLS,
	}
	if o.NeedsClientCert {
		err = s.demandCertificate(home, config)
	}
	return config, errors.Join(err, os.WriteFile(s.CAFile, c.cert, 0o644))
}

func (s *Server) demandCertificate(home string, config *tls.Config) error {
	c, err := theCertificate()
	if err != nil {
		return err
	}
	config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	config.ClientCAs.AppendCertsFromPEM(c.cert)
	s.ClientCert, s.ClientKey, err = writeClient(home)
	return err
}

var tlsRequirement = map[TLS]ftpserver.TLSRequirement{
	Off:      ftpserver.ClearOrEncrypted,
	Explicit: ftpserver.MandatoryEncryption,
	Implicit: ftpserver.ImplicitEncryption,
}

// inTurn hands out passive ports one after the other. The range of ftpserverlib draws
// hundreds of random numbers for each transfer.
type inTurn struct {
	ports testserver.PortRange
	last  atomic.Uint32
}

func (i *inTurn) NumberAttempts() int { return i.ports.Last - i.ports.First + 1 }

func (i *inTurn) FetchNext() (exposed, listened int, ok bool) {
	port := i.ports.First + int(i.last.Add(1))%i.NumberAttempts()
	return port, port, true
}

// settings translates the options for ftpserverlib.
func (o Options) settings(l net.Listener, ports testserver.PortRange) *ftpserver.Settings {
	return &ftpserver.Settings{
		Listener:                 l,
		PublicHost:               testserver.Host,
		PassiveTransferPortRange: &inTurn{ports: ports},
		IdleTimeout:              seconds(o.IdleTimeout),
		ConnectionTimeout:        10,
		DisableMLSD:              o.DisableMLSD,
		DisableMLST:              o.DisableMLSD,
		DisableActiveMode:        true,
		DisableSite:              true,
		TLSRequired:              tlsRequirement[o.TLS],
		EnableHASH:               !o.NoHash,
		DefaultTransferType:      ftpserver.TransferTypeBinary,
	}
}

package account

import (
	"cmp"
	"crypto/tls"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Settings is one account on one server. In the nested blocks the zero value
// of an attribute stands for its default.
type Settings struct {
	Host        string              `hcl:"host" json:"host"`
	Port        int                 `hcl:"port,optional" json:"port,omitempty"` // 0: 21, or 990 when implicit
	Username    string              `hcl:"username,optional" json:"username,omitempty"`
	Password    providers.Reference `hcl:"password,optional" json:"password,omitzero"`
	Root        string              `hcl:"root,optional" json:"root,omitempty"`
	Connections int                 `hcl:"connections,optional" json:"connections,omitempty"`
	Keepalive   providers.Duration  `hcl:"keepalive,optional" json:"keepalive,omitempty"`
	EPSV        bool                `hcl:"epsv,optional" json:"epsv"`

	Encoding      string              `hcl:"encoding,optional" json:"encoding,omitempty"` // of names; "": UTF-8
	Proxy         string              `hcl:"proxy,optional" json:"proxy,omitempty"`
	ProxyPassword providers.Reference `hcl:"proxy_password,optional" json:"proxy_password,omitzero"`

	TLS      *TLS      `hcl:"tls,block" json:"tls,omitempty"`
	Transfer *Transfer `hcl:"transfer,block" json:"transfer,omitempty"`
	Timeouts *Timeouts `hcl:"timeouts,block" json:"timeouts,omitempty"`
}

// TLS says how the connections are secured. No block is the explicit mode.
type TLS struct {
	Mode               string   `hcl:"mode,optional" json:"mode,omitempty"`
	MinVersion         string   `hcl:"min_version,optional" json:"min_version,omitempty"`
	ServerName         string   `hcl:"server_name,optional" json:"server_name,omitempty"`
	CAFile             string   `hcl:"ca_file,optional" path:"file" json:"ca_file,omitempty"`
	PinSHA256          []string `hcl:"pin_sha256,optional" json:"pin_sha256,omitempty"` // instead of chain, name and expiry
	InsecureSkipVerify bool     `hcl:"insecure_skip_verify,optional" json:"insecure_skip_verify,omitempty"`
	ClientCert         string   `hcl:"client_cert,optional" path:"file" json:"client_cert,omitempty"` // PEM files
	ClientKey          string   `hcl:"client_key,optional" path:"file" json:"client_key,omitempty"`
}

// Transfer says how content is moved. The zero value of an attribute stands
// for its default.
type Transfer struct {
	Method       string           `hcl:"method,optional" json:"method,omitempty"`              // who sends
	RateLimit    providers.Rates  `hcl:"rate_limit,optional" json:"rate_limit,omitzero"`       // both directions, all connections together
	DownloadRate providers.Rates  `hcl:"download_rate,optional" json:"download_rate,omitzero"` // of what is received, instead of rate_limit
	Resume       providers.Switch `hcl:"resume,optional" json:"resume,omitempty"`              // true by default
	Verify       string           `hcl:"verify,optional" json:"verify,omitempty"`              // as providers.Verifier
}

// Timeouts bound the waits. None of them is a total for a transfer.
type Timeouts struct {
	Connect providers.Duration `hcl:"connect,optional" json:"connect,omitempty"` // each of TCP, TLS and the banner
	IO      providers.Duration `hcl:"io,optional" json:"io,omitempty"`           // no byte moved
	Reply   providers.Duration `hcl:"reply,optional" json:"reply,omitempty"`     // after the last byte of an upload
}

// The values of Transfer.Method.
const (
	Internal = "internal"
	Curl     = "curl"
	NcFTPPut = "ncftpput"
)

// The values of TLS.Mode.
const (
	Explicit = "explicit"
	Implicit = "implicit"
	Off      = "off"
)

// Anonymous is the username for no username.
const Anonymous = "anonymous"

// TLSVersions are the values of TLS.MinVersion.
var TLSVersions = map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

// NewSettings returns the defaults. Host has none.
func NewSettings() *Settings {
	return &Settings{
		Username:    Anonymous,
		Root:        "/",
		Connections: 4,
		Keepalive:   providers.Duration(15 * time.Second),
		EPSV:        true,
	}
}

// Place is the URL of the root, "ftp://backup@nas.example.com:21/vm-backups",
// with the scheme ftps where TLS is implicit.
func (s *Settings) Place() string {
	scheme := "ftp"
	if s.TLSMode() == Implicit {
		scheme = "ftps"
	}
	u := url.URL{Scheme: scheme, User: url.User(s.User()), Host: s.Address(), Path: s.RootDir()}
	return u.String()
}

// Address is host:port of the server.
func (s *Settings) Address() string {
	return net.JoinHostPort(strings.Trim(s.Host, "[]"), strconv.Itoa(s.PortNumber()))
}

// PortNumber is the port of the server.
func (s *Settings) PortNumber() int {
	switch {
	case s.Port != 0:
		return s.Port
	case s.TLSMode() == Implicit:
		return 990
	}
	return 21
}

// User is the name that logs in.
func (s *Settings) User() string {
	if s.Username == "" {
		return Anonymous
	}
	return s.Username
}

// RootDir is the absolute path of the root on the server.
func (s *Settings) RootDir() string {
	if s.Root == "" {
		return "/"
	}
	return s.Root
}

// TLSMode is Explicit, Implicit or Off.
func (s *Settings) TLSMode() string {
	if s.TLS == nil || s.TLS.Mode == "" {
		return Explicit
	}
	return s.TLS.Mode
}

// AsksServer reports whether files are proven by sums that the server computes.
func (s *Settings) AsksServer() bool { return s.TransferOptions().Verify == providers.VerifyHash }

// TransferOptions is the block with its defaults.
func (s *Settings) TransferOptions() Transfer {
	t := Transfer{}
	if s.Transfer != nil {
		t = *s.Transfer
	}
	t.Verify = cmp.Or(t.Verify, providers.VerifySize)
	return t
}

// Paces are what all data connections of a store share: of what is sent, and of what is received; nil: no
// limit. download_rate takes what is received out of rate_limit.
func (s *Settings) Paces() (sent, received *providers.Pace) {
	if s.Transfer == nil {
		return nil, nil
	}
	sent = s.Transfer.RateLimit.Pace()
	if s.Transfer.DownloadRate.IsZero() {
		return sent, sent
	}
	return sent, s.Transfer.DownloadRate.Pace()
}

// MethodName is Internal, Curl or NcFTPPut.
func (s *Settings) MethodName() string {
	if s.Transfer == nil || s.Transfer.Method == "" {
		return Internal
	}
	return s.Transfer.Method
}

// loopback reports whether nothing leaves this machine.
func (s *Settings) loopback() bool {
	if s.Proxy != "" {
		return false
	}
	host := strings.Trim(s.Host, "[]")
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}

// Waits are Timeouts with the defaults filled in.
type Waits struct{ Connect, IO, Reply time.Duration }

// Waits are the timeouts that hold.
func (s *Settings) Waits() Waits {
	w := Waits{Connect: 15 * time.Second, IO: time.Minute, Reply: 5 * time.Minute}
	if s.Timeouts == nil {
		return w
	}
	override(&w.Connect, s.Timeouts.Connect)
	override(&w.IO, s.Timeouts.IO)
	override(&w.Reply, s.Timeouts.Reply)
	return w
}

func override(d *time.Duration, set providers.Duration) {
	if set > 0 {
		*d = time.Duration(set)
	}
}

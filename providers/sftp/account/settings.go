package account

import (
	"cmp"
	"net"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Settings is one account on one server. In the nested blocks the zero value
// of an attribute stands for its default.
type Settings struct {
	Host       string              `hcl:"host" json:"host"`
	Port       int                 `hcl:"port,optional" json:"port,omitempty"` // 0: 22
	Username   string              `hcl:"username" json:"username"`
	Password   providers.Reference `hcl:"password,optional" json:"password,omitzero"`
	PrivateKey string              `hcl:"private_key,optional" path:"file" json:"private_key,omitempty"`
	Passphrase providers.Reference `hcl:"passphrase,optional" json:"passphrase,omitzero"` // of the private key
	Agent      bool                `hcl:"agent,optional" json:"agent,omitempty"`

	HostKey    []string `hcl:"host_key,optional,or_one" json:"host_key,omitempty"` // instead of known_hosts
	KnownHosts string   `hcl:"known_hosts,optional" path:"file" json:"known_hosts,omitempty"`

	Root        string             `hcl:"root" json:"root"`
	Connections int                `hcl:"connections,optional" json:"connections,omitempty"`
	Keepalive   providers.Duration `hcl:"keepalive,optional" json:"keepalive,omitempty"`

	Proxy         string              `hcl:"proxy,optional" json:"proxy,omitempty"`
	ProxyPassword providers.Reference `hcl:"proxy_password,optional" json:"proxy_password,omitzero"`
	ProxyHostKey  []string            `hcl:"proxy_host_key,optional,or_one" json:"proxy_host_key,omitempty"` // of a jump host

	Transfer *Transfer `hcl:"transfer,block" json:"transfer,omitempty"`
	Timeouts *Timeouts `hcl:"timeouts,block" json:"timeouts,omitempty"`
}

// Transfer says how content is moved. The zero value of an attribute stands
// for its default.
type Transfer struct {
	RateLimit    providers.Rates  `hcl:"rate_limit,optional" json:"rate_limit,omitzero"`       // both directions, all connections together
	DownloadRate providers.Rates  `hcl:"download_rate,optional" json:"download_rate,omitzero"` // of what is received, instead of rate_limit
	Resume       providers.Switch `hcl:"resume,optional" json:"resume,omitempty"`              // true by default
	Verify       string           `hcl:"verify,optional" json:"verify,omitempty"`              // as providers.Verifier
}

// Timeouts bound the waits. None of them is a total for a transfer.
type Timeouts struct {
	Connect providers.Duration `hcl:"connect,optional" json:"connect,omitempty"` // each of TCP, the handshake and the login
	IO      providers.Duration `hcl:"io,optional" json:"io,omitempty"`           // no byte moved
	Reply   providers.Duration `hcl:"reply,optional" json:"reply,omitempty"`     // after the last byte of an upload
}

// NewSettings returns the defaults. Host, username and root have none.
func NewSettings() *Settings {
	return &Settings{Connections: 4, Keepalive: providers.Duration(15 * time.Second)}
}

// Place is the URL of the root, "sftp://backup@nas.example.com:22/vm-backups".
func (s *Settings) Place() string {
	u := url.URL{Scheme: "sftp", User: url.User(s.Username), Host: s.Address(), Path: s.Root}
	return u.String()
}

// Address is host:port.
func (s *Settings) Address() string {
	return net.JoinHostPort(strings.Trim(s.Host, "[]"), strconv.Itoa(cmp.Or(s.Port, 22)))
}

// Absolute is what is sent for a path of the store.
func (s *Settings) Absolute(name string) string { return path.Join(s.Root, name) }

// Moving is the transfer block with its defaults.
func (s *Settings) Moving() Transfer {
	t := Transfer{}
	if s.Transfer != nil {
		t = *s.Transfer
	}
	t.Verify = cmp.Or(t.Verify, providers.VerifySize)
	return t
}

// Paces are what all sessions of a store share: of what is sent, and of what is received; nil: no
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

// Waits are Timeouts with the defaults filled in.
type Waits struct{ Connect, IO, Reply time.Duration }

// Waits returns them.
func (s *Settings) Waits() Waits {
	t := Timeouts{}
	if s.Timeouts != nil {
		t = *s.Timeouts
	}
	return Waits{
		Connect: cmp.Or(time.Duration(t.Connect), 15*time.Second),
		IO:      cmp.Or(time.Duration(t.IO), time.Minute),
		Reply:   cmp.Or(time.Duration(t.Reply), 5*time.Minute),
	}
}

package hclconfig_test

import (
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Two drivers with settings as real ones have them; they open nothing.
var drivers = []providers.Driver{
	{Type: "local", New: func() providers.Settings { return &localSettings{Connections: 1} }},
	{Type: "ftp", New: func() providers.Settings {
		return &ftpSettings{Port: 21, Root: "/", Connections: 4, Keepalive: providers.Duration(15 * time.Second)}
	}},
}

type localSettings struct {
	Path        string            `hcl:"path" path:"root"`
	Connections int               `hcl:"connections,optional"`
	Transfer    *transferSettings `hcl:"transfer,block"`
}

type transferSettings struct {
	RateLimit providers.Rates `hcl:"rate_limit,optional"`
	Verify    string          `hcl:"verify,optional"`
}

func (s *localSettings) Place() string              { return "file://" + s.Path }
func (s *localSettings) Check() []providers.Problem { return nil }

type ftpSettings struct {
	Host        string              `hcl:"host"`
	Port        int                 `hcl:"port,optional"`
	Username    string              `hcl:"username,optional"`
	Password    providers.Reference `hcl:"password,optional"`
	Root        string              `hcl:"root,optional"`
	Connections int                 `hcl:"connections,optional"`
	Keepalive   providers.Duration  `hcl:"keepalive,optional"`
	TLS         *tlsSettings        `hcl:"tls,block"`
	Transfer    *transferSettings   `hcl:"transfer,block"`

	Proxy         string              `hcl:"proxy,optional"`
	ProxyPassword providers.Reference `hcl:"proxy_password,optional"`
}

type tlsSettings struct {
	Mode               string   `hcl:"mode,optional"`
	CAFile             string   `hcl:"ca_file,optional" path:"file"`
	ServerName         string   `hcl:"server_name,optional"`
	PinSHA256          []string `hcl:"pin_sha256,optional"`
	ClientCert         string   `hcl:"client_cert,optional" path:"file"`
	ClientKey          string   `hcl:"client_key,optional" path:"file"`
	InsecureSkipVerify bool     `hcl:"insecure_skip_verify,optional"`
	MinVersion         string   `hcl:"min_version,optional"`
}

func (s *ftpSettings) AsksServer() bool {
	return s.Transfer != nil && s.Transfer.Verify == providers.VerifyHash
}

func (s *ftpSettings) Place() string {
	return fmt.Sprintf("ftp://%s@%s%s", s.Username, net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), s.Root)
}

func (s *ftpSettings) Check() []providers.Problem {
	var out []providers.Problem
	if s.Host == "" {
		out = append(out, providers.Problem{Attribute: "host", Summary: "Missing host", Detail: "The host is empty."})
	}
	if s.Port < 1 || s.Port > 65535 {
		out = append(out, providers.Problem{
			Attribute: "port", Summary: "Invalid port", Detail: fmt.Sprintf("%d is no port: ports are 1 to 65535.", s.Port)})
	}
	if s.TLS != nil && s.TLS.Mode == "off" {
		out = append(out, providers.Problem{
			Attribute: "tls.mode", Summary: "No encryption", Detail: "The password crosses the network in clear.", Warning: true})
	}
	return out
}

package ftp_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/ftp"
)

// TestPut_waitsForNoEndOfADataConnection: goftp.io/server v2 answers 226 and leaves
// the data connection of an upload open. A wait for its end would last as long as
// timeouts.io for each file.
func TestPut_waitsForNoEndOfADataConnection(t *testing.T) {
	for _, mode := range []string{ftp.Off, ftp.Implicit} {
		t.Run(mode, func(t *testing.T) {
			var config *tls.Config
			if mode == ftp.Implicit {
				config = selfSigned(t)
			}
			h := &held{body: contract.Noise{Seed: 1, Bytes: 3 << 20}}
			h.store = func(h *held, c *scripted) string {
				io.WriteString(c, "150 go on\r\n")
				d := c.accepted()
				if d == nil {
					return "425 no data connection"
				}
				t.Cleanup(func() { d.Close() })
				if config != nil {
					d = tls.Server(d, config)
				}
				n, err := io.Copy(io.Discard, d)
				if err != nil {
					return "426 " + err.Error()
				}
				h.size.Store(n)
				return "226 stored"
			}
			say := h.verbs()
			say["PBSZ"], say["PROT"] = said("200 so be it"), said("200 so be it")
			srv := newScriptWith(t, config, say)
			s := srv.settings()
			if config != nil {
				s.TLS = &ftp.TLS{Mode: mode, InsecureSkipVerify: true}
			}
			s.Timeouts = &ftp.Timeouts{Connect: seconds(20), IO: seconds(3600), Reply: seconds(3600)}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			store := open(t, s, "x")
			for _, name := range []string{"a", "b", "c"} {
				h.size.Store(0)
				if err := store.Put(ctx, name, h.body); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func seconds(n int) providers.Duration { return providers.Duration(time.Duration(n) * time.Second) }

// selfSigned is the configuration of a server that nobody trusts.
func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

package ftp_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func verifying(srv *ftptest.Server, how string) *ftp.Settings {
	s := settingsFor(srv)
	s.Transfer = &ftp.Transfer{Verify: how}
	return s
}

// TestVerify_findsOneBitOnRealServers changes the server's disk behind its back.
func TestVerify_findsOneBitOnRealServers(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		for _, how := range []string{providers.VerifyHash, providers.VerifyReadback} {
			if how == providers.VerifyHash && !real.Facts.Hash {
				continue
			}
			t.Run(real.Name+"/"+how, func(t *testing.T) {
				findsOneBit(t, ftptest.NewReal(t, real.Name, ftptest.RealOptions{}), how)
			})
		}
	}
	for _, how := range []string{providers.VerifyHash, providers.VerifyReadback} {
		t.Run("in-process/"+how, func(t *testing.T) {
			findsOneBit(t, ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit}), how)
		})
	}
}

func findsOneBit(t *testing.T, srv *ftptest.Server, how string) {
	store := open(t, verifying(srv, how), srv.Password)
	body := contract.Noise{Seed: 1, Bytes: 3 << 20}
	sum := sumOf(t, body)
	if err := store.Put(t.Context(), "set/a disk", body); err != nil {
		t.Fatal(err)
	}
	if err := store.Verify(t.Context(), "set/a disk", body, sum); err != nil {
		t.Errorf("sound: %v", err)
	}
	flipBit(t, filepath.Join(srv.Root, "set", "a disk"), 1<<20)
	if err := store.Verify(t.Context(), "set/a disk", body, sum); !errors.Is(err, providers.ErrMismatch) || !strings.Contains(err.Error(), "a disk") {
		t.Errorf("one bit changed: got %v, want %v", err, providers.ErrMismatch)
	}
}

// flipBit also moves the time of the file: ProFTPD remembers the sum of what it
// received, and does not read a file again that looks the same.
func flipBit(t *testing.T, file string, at int64) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b [1]byte
	_, readErr := f.ReadAt(b[:], at)
	b[0] ^= 1
	if _, err := f.WriteAt(b[:], at); err != nil || readErr != nil {
		t.Fatal(readErr, err)
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(file, later, later); err != nil {
		t.Fatal(err)
	}
}

func TestPut_wantsASumBeforeThePayload(t *testing.T) {
	srv := newScript(t, verbs{"STOR": said("553 not reached")})
	s := srv.settings()
	s.Transfer = &ftp.Transfer{Verify: providers.VerifyHash}
	err := open(t, s, "x").Put(t.Context(), "file", contract.Text("text"))
	if err == nil || !strings.Contains(providers.Hint(err), `verify = "readback"`) || srv.count("STOR") > 0 {
		t.Errorf("got %v, hint %q, STOR sent %d times", err, providers.Hint(err), srv.count("STOR"))
	}
}

func TestVerify_readsSumsInEveryWayThatServersOffer(t *testing.T) {
	body := contract.Text("text")
	for name, c := range map[string]struct{ feature, command, reply string }{
		"HASH":    {"HASH SHA-1;SHA-256*;MD5", "HASH", "213 SHA-256 0-4 982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1 /file"},
		"XSHA256": {"XSHA256", "XSHA256", "250 982D9E3EB996F559E633F4D194DEF3761D909F5A3B647D1A851FEAD67C32C9D1"},
		"XMD5":    {"XMD5", "XMD5", "250 1cb251ec0d568de6a929b520c4aed8d1"},
		"XCRC":    {"XCRC filename;start;end", "XCRC", "250 3B8BA7C7"},
	} {
		for reply, want := range map[string]error{c.reply: nil, strings.NewReplacer("8", "9").Replace(c.reply): providers.ErrMismatch} {
			srv := newScript(t, verbs{
				"FEAT":    said("211-these\n SIZE\n MLST\n " + c.feature + "\n211 end"),
				"OPTS":    said("200 so be it"),
				c.command: said(reply),
			})
			s := srv.settings()
			s.Transfer = &ftp.Transfer{Verify: providers.VerifyHash}
			err := open(t, s, "x").Verify(t.Context(), "file", body, sumOf(t, body))
			if !errors.Is(err, want) || want == nil && err != nil {
				t.Errorf("%s says %q: got %v, want %v", name, reply, err, want)
			}
		}
	}
}

func TestResume_offSendsAllOfIt(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	s := settingsFor(srv)
	s.Transfer = &ftp.Transfer{Resume: "false"}
	store := open(t, s, srv.Password)
	if err := store.Put(t.Context(), "file", contract.Noise{Seed: 1, Bytes: 100_000}); err != nil {
		t.Fatal(err)
	}
	if kept, err := store.Resume(t.Context(), "file", contract.Noise{Seed: 1, Bytes: 200_000}); kept != 0 || err != nil {
		t.Errorf("kept %d: %v", kept, err)
	}
}

package ftp_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// The disk of a server that knows nothing of UTF-8 holds the bytes of its own
// encoding, and content stays what it is.
func TestEncoding_isThatOfTheNamesOnTheDisk(t *testing.T) {
	for _, c := range []struct{ server, encoding, name, onDisk string }{
		{"vsftpd", "iso-8859-1", "Größe é", "Gr\xf6\xdfe \xe9"},
		{"vsftpd", "Windows-1252", "5 €", "5 \x80"},
		{"vsftpd", "shift_jis", "表計", "\x95\x5c\x8cv"},
		{"pure-ftpd", "iso-8859-1", "Größe é", "Gr\xf6\xdfe \xe9"},
	} {
		t.Run(c.server+"/"+c.encoding, func(t *testing.T) {
			srv := ftptest.NewReal(t, c.server, ftptest.RealOptions{})
			s := settingsFor(srv)
			s.Encoding = c.encoding
			store, ctx := open(t, s, srv.Password), t.Context()
			content := "Größe \xff€ 表計"
			if err := store.Put(ctx, c.name+"/"+c.name, providertest.Text(content)); err != nil {
				t.Fatal(err)
			}
			if err := store.Rename(ctx, c.name, "of "+c.name); err != nil {
				t.Fatal(err)
			}
			held, err := os.ReadFile(filepath.Join(srv.Root, "of "+c.onDisk, c.onDisk))
			if err != nil || string(held) != content {
				t.Errorf("the disk holds %q, %v, want %q", held, err, content)
			}
			dir := "of " + c.name
			files, err := store.List(ctx, dir)
			if err != nil || len(files) != 1 || files[0].Path != dir+"/"+c.name {
				t.Errorf("got %+v, %v", files, err)
			}
			if f, err := store.Stat(ctx, dir+"/"+c.name); err != nil || f.Size != int64(len(content)) {
				t.Errorf("got %+v, %v", f, err)
			}
			if err := store.Remove(ctx, dir+"/"+c.name); err != nil {
				t.Error(err)
			}
			if _, err := store.Stat(ctx, dir+"/"+c.name); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("after its removal: %v", err)
			}
		})
	}
}

func TestEncoding_keepsTheLaw(t *testing.T) {
	t.Parallel()
	srv := ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{TLS: ftptest.Explicit})
	s := settingsFor(srv)
	s.Encoding = "gb18030"
	providertest.Run(t, func(t *testing.T) providers.Store { return open(t, s, srv.Password) }, providertest.InTurn())
}

func TestEncoding_refusesWhatItCannotWriteBeforeAnythingIsSent(t *testing.T) {
	srv := newScript(t, nil)
	s := srv.settings()
	s.Encoding = "iso-8859-1"
	store := open(t, s, "x")
	for name, bad := range map[string]string{"another alphabet": "日本", "one more letter": "5 €", "0xFF": "ÿ"} {
		errs := map[string]error{
			"put":    store.Put(t.Context(), bad, providertest.Text("x")),
			"rename": store.Rename(t.Context(), "a", bad),
			"remove": store.Remove(t.Context(), bad),
		}
		_, errs["list"] = store.List(t.Context(), bad)
		_, errs["stat"] = store.Stat(t.Context(), bad)
		_, errs["open"] = store.Open(t.Context(), bad, 0)
		for op, err := range errs {
			if !errors.Is(err, providers.ErrName) || !strings.Contains(err.Error(), "`encoding`") {
				t.Errorf("%s, %s: got %v, want ErrName", name, op, err)
			}
		}
	}
	if n := srv.dialled.Load(); n > 0 {
		t.Errorf("%d sessions were opened for it", n)
	}
}

func TestEncoding_asksForUTF8OnlyWhereItIsThat(t *testing.T) {
	for encoding, want := range map[string]int{"": 1, "utf-8": 1, "UTF-8": 1, "iso-8859-1": 0} {
		srv := newScript(t, verbs{"FEAT": said("211-these\n MLST type*;size*;\n UTF8\n211 end"), "OPTS": said("200 yes")})
		s := srv.settings()
		s.Encoding = encoding
		if _, err := open(t, s, "x").Stat(t.Context(), "f"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q: %v", encoding, err)
		}
		if got := srv.count("OPTS"); got != want {
			t.Errorf("%q: OPTS was sent %d times, want %d", encoding, got, want)
		}
	}
}

// What is no text of the encoding is shown, and cannot be meant.
func TestEncoding_showsWhatItCannotRead(t *testing.T) {
	entry := "type=file;size=3;modify=20260101000000; "
	srv := newScript(t, verbs{"MLSD": lists(entry + "\x95\x5c\r\n" + entry + "bad \x81\x20\r\n")})
	s := srv.settings()
	s.Encoding = "shift_jis"
	store := open(t, s, "x")
	files, err := store.List(t.Context(), "dir")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(files, func(f providers.File) bool { return f.Path == "dir/表" })
	if len(files) != 2 || i < 0 {
		t.Fatalf("got %+v", files)
	}
	if err := store.Remove(t.Context(), files[1-i].Path); !errors.Is(err, providers.ErrName) {
		t.Errorf("got %v, want %v", err, providers.ErrName)
	}
}

func TestEncoding_isCheckedWhereItStands(t *testing.T) {
	for encoding, known := range map[string]bool{
		"utf-8": true, "latin1": true, "windows-1252": true, "Shift_JIS": true, "euc-kr": true, "gbk": true, "big5": true, "ibm850": true,
		"utf-16": false, "utf-16le": false, "ibm037": false, "iso-2022-jp": false, "hz-gb-2312": false, "klingon": false,
	} {
		s := sound()
		s.Encoding = encoding
		got := s.Check()
		if known != (len(got) == 0) || !known && got[0].Attribute != "encoding" {
			t.Errorf("%s: got %+v", encoding, got)
		}
	}
	s := sound()
	s.Encoding, s.Username, s.Root = "iso-8859-1", "日", "/5 €"
	if got := s.Check(); len(got) != 2 || got[0].Attribute != "username" || got[1].Attribute != "root" {
		t.Errorf("got %+v, want problems of username and root", got)
	}
}

func TestEncoding_sendsThePasswordInIt(t *testing.T) {
	srv := newScript(t, nil)
	s := srv.settings()
	s.Encoding = "iso-8859-1"
	if _, err := open(t, s, "Größe").Stat(t.Context(), "f"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if got := srv.count("PASS Gr\xf6\xdfe"); got != 1 {
		t.Errorf("heard %q", srv.heard)
	}
}

func TestEncoding_refusesAPasswordThatItCannotWrite(t *testing.T) {
	s := sound()
	s.Encoding, s.Password = "iso-8859-1", reference
	_, err := ftp.Open(t.Context(), s, secret("5 €"))
	if err == nil || strings.Contains(err.Error(), "€") || !strings.Contains(err.Error(), "`encoding`") {
		t.Errorf("got %v, want an error without the password", err)
	}
}

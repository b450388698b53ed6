package local_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local"
)

func TestSettings_defaultsNeedOnlyAPath(t *testing.T) {
	s := local.NewSettings()
	s.Path = t.TempDir()
	if problems := s.Check(); len(problems) > 0 {
		t.Errorf("got %+v, want none", problems)
	}
	if s.Connections != 4 {
		t.Errorf("got %d connections, want 4", s.Connections)
	}
}

func TestCheck_reportsAllProblemsAtOnce(t *testing.T) {
	problems := (&local.Settings{}).Check()
	var got []string
	for _, p := range problems {
		got = append(got, p.Attribute)
	}
	if strings.Join(got, " ") != "path connections" {
		t.Errorf("got %q, want path and connections", got)
	}
}

func TestCheck_hintsAtBackslashesReadAsEscapes(t *testing.T) {
	s := &local.Settings{Path: "C:\temp\new", Connections: 1}
	problems := s.Check()
	if len(problems) != 1 || !strings.Contains(problems[0].Detail, `"C:/temp/new"`) {
		t.Errorf("got %+v, want a hint at \"C:/temp/new\"", problems)
	}
}

func TestCheck_hintsAtNothingWhereNothingCanBeMeant(t *testing.T) {
	s := &local.Settings{Path: "/backups\x1b", Connections: 1}
	problems := s.Check()
	if len(problems) != 1 || strings.Contains(problems[0].Detail, "slashes") {
		t.Errorf("got %+v, want a plain refusal", problems)
	}
}

func TestPlace_isAbsolute(t *testing.T) {
	t.Chdir(t.TempDir())
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	want := "local:" + filepath.ToSlash(filepath.Join(wd, "backups"))
	if got := (&local.Settings{Path: "backups/"}).Place(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOpen_neverMakesItsFolder(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "not-mounted")
	_, err := local.Driver.Open(t.Context(), &local.Settings{Path: missing, Connections: 1}, nil)
	if !errors.Is(err, fs.ErrNotExist) || providers.Hint(err) == "" {
		t.Errorf("got %v with hint %q, want %v with a hint", err, providers.Hint(err), fs.ErrNotExist)
	}
	if _, err := os.Lstat(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
}

func TestOpen_refusesAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "text")
	if _, err := local.Open(t.Context(), &local.Settings{Path: file, Connections: 1}); err == nil {
		t.Error("got no error")
	}
}

func TestOpen_refusesSettingsOfAnotherDriver(t *testing.T) {
	if _, err := local.Driver.Open(t.Context(), nil, nil); err == nil {
		t.Error("got no error")
	}
}

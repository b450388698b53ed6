package sftp_test

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/providers/sftp"
	"github.com/vmxsync/vmxsync/providers/sftp/sftptest"
)

func pemOf(block *pem.Block) []byte { return pem.EncodeToMemory(block) }

func text(s string) providers.Body { return contract.Text(s) }

func wantOnDisk(t *testing.T, srv *sftptest.Server, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(filepath.Join(srv.Root, name)); err != nil || string(got) != want {
		t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
	}
}

// eachServer runs test on sshd, plain and with a chroot, on ProFTPD and on the server in
// process.
func eachServer(t *testing.T, test func(t *testing.T, srv *sftptest.Server)) {
	for name, start := range map[string]func(t *testing.T) *sftptest.Server{
		"in-process": func(t *testing.T) *sftptest.Server { return sftptest.New(t, sftptest.Options{}) },
		"sshd":       func(t *testing.T) *sftptest.Server { return sftptest.NewReal(t, sftptest.RealOptions{}) },
		"chroot":     func(t *testing.T) *sftptest.Server { return sftptest.NewReal(t, sftptest.RealOptions{Chroot: true}) },
		"proftpd":    func(t *testing.T) *sftptest.Server { return sftptest.NewProFTPD(t, "AllowOverwrite on") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, start(t))
		})
	}
}

func TestLinks_areNeverFollowed(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, srv *sftptest.Server) {
		outside := filepath.Join(filepath.Dir(srv.Root), "outside")
		must(t, os.Mkdir(outside, 0o777), os.Mkdir(filepath.Join(srv.Root, "dir"), 0o777),
			os.WriteFile(filepath.Join(outside, "precious"), []byte("precious"), 0o666),
			os.WriteFile(filepath.Join(srv.Root, "file"), []byte("text"), 0o666),
			os.Symlink("../outside", filepath.Join(srv.Root, "to-dir")), os.Symlink("file", filepath.Join(srv.Root, "to-file")),
			os.Symlink("nowhere", filepath.Join(srv.Root, "dangling")), srv.Adopt())
		store, ctx := open(t, srv, settingsFor(srv)), t.Context()
		files, err := store.List(ctx, ".")
		if err != nil || len(files) != 5 || files[0].Kind != providers.Link || files[3].Kind != providers.Link || files[4].Kind != providers.Link {
			t.Errorf("got %v, %v, want three links", files, err)
		}
		_, list := store.List(ctx, "to-dir")
		_, read := store.Open(ctx, "to-file", 0)
		_, deep := store.Stat(ctx, "to-dir/precious")
		for did, err := range map[string]error{
			"list":         list,
			"open":         read,
			"stat below":   deep,
			"put onto":     store.Put(ctx, "to-file", text("new")),
			"put dangling": store.Put(ctx, "dangling", text("new")),
			"put below":    store.Put(ctx, "to-dir/new", text("new")),
			"rename to":    store.Rename(ctx, "file", "to-dir/file"),
			"rename onto":  store.Rename(ctx, "file", "dangling"),
			"rename from":  store.Rename(ctx, "to-dir/precious", "stolen"),
			"remove below": store.Remove(ctx, "to-dir/precious"),
			"make below":   store.MakeDir(ctx, "to-dir/made"),
		} {
			if err == nil {
				t.Errorf("%s: a link was followed", did)
			}
		}
		for _, link := range []string{"to-file", "to-dir", "dangling"} {
			if err := store.Remove(ctx, link); err != nil {
				t.Error(err)
			}
		}
		wantOnDisk(t, srv, "file", "text")
		wantOnDisk(t, srv, "../outside/precious", "precious")
	})
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestNames_thatAreNotUTF8AreShownAsTheyAre(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, srv *sftptest.Server) {
		odd := []string{"caf\xe9", "a\nb", "a\x1b[31m"}
		for _, name := range odd {
			must(t, os.WriteFile(filepath.Join(srv.Root, name), nil, 0o666))
		}
		files, err := open(t, srv, settingsFor(srv)).List(t.Context(), ".")
		if err != nil || len(files) != len(odd) {
			t.Fatalf("got %v, %v", files, err)
		}
		for _, f := range files {
			if providers.CheckName(f.Name()) == nil {
				t.Errorf("%q passes for a name", f.Name())
			}
		}
	})
}

func TestRename_ofManyHasOneWinner(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, srv *sftptest.Server) {
		if srv.Name != "sshd" && srv.Name != "sshd-chroot" {
			t.Skip("it replaces what came in between, as servers do that are not OpenSSH")
		}
		store, ctx := open(t, srv, settingsFor(srv)), t.Context()
		for round := range 20 {
			var won atomic.Int32
			var all sync.WaitGroup
			for i := range 4 {
				must(t, store.Put(ctx, fmt.Sprintf("%d-%d", round, i), text(fmt.Sprint(i))))
			}
			for i := range 4 {
				all.Go(func() {
					err := store.Rename(ctx, fmt.Sprintf("%d-%d", round, i), fmt.Sprintf("final-%d", round))
					if err == nil {
						won.Add(1)
					} else if !errors.Is(err, fs.ErrExist) {
						t.Errorf("got %v, want %v", err, fs.ErrExist)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 {
				t.Errorf("%d winners, want 1", won.Load())
			}
		}
		files, err := store.List(ctx, ".")
		if err != nil || len(files) != 20*4 {
			t.Errorf("%d files, %v, want 80: nothing was replaced", len(files), err)
		}
	})
}

// A server that carries out writes in an order of its own, and is cut: the part ends
// with the last of them, and has a hole before.
func TestResume_afterAHole(t *testing.T) {
	t.Parallel()
	const size, cutAt = 8 << 20, 5 << 20
	var cuts, holes atomic.Int32
	srv := sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
		switch {
		case r.Type != sftptest.Write || cuts.Load() > 0:
		case r.Offset >= cutAt:
			cuts.Add(1)
			return sftptest.Reply{Cut: true}
		case r.Offset == cutAt-3*(32<<10):
			holes.Add(1)
			return sftptest.Reply{Drop: true}
		}
		return sftptest.Reply{}
	}})
	s := settingsFor(srv)
	s.Connections = 1
	store := open(t, srv, s)
	body := contract.Noise{Seed: 1, Bytes: size}
	kept, err := store.Resume(t.Context(), "file", body)
	if err != nil || cuts.Load() != 1 || holes.Load() != 1 {
		t.Fatalf("kept %d, %v, %d cuts, %d holes", kept, err, cuts.Load(), holes.Load())
	}
	wantContent(t, store, "file", body)
	var again int64
	for _, r := range srv.Requests() {
		again += int64(r.Bytes)
	}
	if again > size+2<<20 {
		t.Errorf("%d bytes were sent of %d: the part was not used", again, size)
	}
	if store.Lost("x").IsZero() == false || store.GracePeriod() <= 0 {
		t.Error("an upload at the root counts for a folder")
	}
}

func wantContent(t *testing.T, store *sftp.Store, name string, body providers.Body) {
	t.Helper()
	r, err := store.Open(t.Context(), name, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	same, err := providers.Begins(t.Context(), body, r)
	if err != nil || !same {
		t.Errorf("%s: other content, %v", name, err)
	}
}

func TestResume_keepsWhatIsProven(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, srv *sftptest.Server) {
		store, whole := open(t, srv, settingsFor(srv)), contract.Noise{Seed: 1, Bytes: 9 << 20}
		for name, c := range map[string]struct {
			part providers.Body
			kept int64
		}{
			"begin": {contract.Noise{Seed: 1, Bytes: 6 << 20}, 6 << 20},
			"other": {contract.Noise{Seed: 2, Bytes: 6 << 20}, 0},
			"whole": {whole, 9 << 20},
		} {
			must(t, store.Put(t.Context(), name, c.part))
			kept, err := store.Resume(t.Context(), name, whole)
			if err != nil || kept != c.kept {
				t.Errorf("%s: kept %d, want %d: %v", name, kept, c.kept, err)
			}
			wantContent(t, store, name, whole)
		}
	})
}

func TestPut_whenTheServerIsFull(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"words": "Disk quota exceeded", "failure": "Failure"} {
		t.Run(name, func(t *testing.T) {
			const room = 1 << 20
			srv := sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
				if full := r.Type == sftptest.Write && r.Bytes > 0 && (r.Offset >= room || r.Probe); full {
					return sftptest.Reply{Code: 4, Text: text}
				}
				return sftptest.Reply{}
			}})
			store := open(t, srv, settingsFor(srv))
			err := store.Put(t.Context(), "dir/file", contract.Noise{Seed: 1, Bytes: 4 << 20})
			if !errors.Is(err, providers.ErrFull) || providers.Hint(err) == "" {
				t.Errorf("got %v, want %v", err, providers.ErrFull)
			}
			files, err := store.List(t.Context(), "dir")
			if err != nil || len(files) != 1 || files[0].Size != room {
				t.Errorf("got %v, %v, want the part without a hole, and no probe", files, err)
			}
		})
	}
}

// The SFTP process hangs while the connection lives.
func TestStall_endsWithTheTimeout(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
		return sftptest.Reply{Silent: r.Type == sftptest.Write}
	}})
	s := settingsFor(srv)
	s.Timeouts = &sftp.Timeouts{IO: providers.Duration(200 * time.Millisecond)}
	err := open(t, srv, s).Put(t.Context(), "file", contract.Noise{Bytes: 8 << 20})
	if err == nil || !strings.Contains(err.Error(), "no data arrived") || !strings.Contains(providers.Hint(err), "timeouts.io") {
		t.Errorf("got %v, %q", err, providers.Hint(err))
	}
}

func TestSessions_fewerThanAskedFor(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{MaxSessions: 2})
	store := open(t, srv, settingsFor(srv))
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			if err := store.Put(t.Context(), fmt.Sprintf("dir/%d", i), contract.Noise{Bytes: 1 << 20}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := store.Traits().Sessions; n > 2 {
		t.Errorf("%d sessions, want what the server allows", n)
	}
}

// sshd is killed in the middle of an upload, and comes back.
func TestServer_killedAndStartedAgain(t *testing.T) {
	srv := sftptest.NewReal(t, sftptest.RealOptions{})
	store := open(t, srv, settingsFor(srv))
	restarted := make(chan struct{})
	sftp.PauseUntil(store, restarted)
	body := &killing{Noise: contract.Noise{Seed: 1, Bytes: 16 << 20}, at: 9 << 20, kill: func() {
		defer close(restarted)
		if err := errors.Join(srv.Kill(), srv.Restart()); err != nil {
			t.Error(err)
		}
	}}
	must(t, store.Put(t.Context(), "dir/file", body))
	wantContent(t, store, "dir/file", body.Noise)
	if store.Lost("dir").IsZero() {
		t.Error("the upload was lost, and is not remembered")
	}
}

// killing is a body that calls kill once its readers reach a byte.
type killing struct {
	contract.Noise
	at   int64
	kill func()
	once sync.Once
}

func (k *killing) Open(offset int64) (io.ReadCloser, error) {
	r, err := k.Noise.Open(offset)
	if err != nil || offset >= k.at {
		return r, err
	}
	rest, err := k.Noise.Open(k.at)
	return io.NopCloser(io.MultiReader(io.LimitReader(r, k.at-offset), &calling{k}, rest)), err
}

type calling struct{ *killing }

func (c *calling) Read([]byte) (int, error) {
	c.once.Do(c.kill)
	return 0, io.EOF
}

func TestPermission_isNamed(t *testing.T) {
	t.Parallel()
	srv := sftptest.NewReal(t, sftptest.RealOptions{Chroot: true})
	s := settingsFor(srv)
	s.Root = "/" // belongs to root
	err := open(t, srv, s).Put(t.Context(), "new/file", text("x"))
	if !errors.Is(err, fs.ErrPermission) || !strings.Contains(providers.Hint(err), "permission") {
		t.Errorf("got %v, %q, want %v", err, providers.Hint(err), fs.ErrPermission)
	}
	s.Root = "/nowhere"
	_, err = open(t, srv, s).List(t.Context(), ".")
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(providers.Hint(err), "chroot") {
		t.Errorf("got %v, %q, want %v", err, providers.Hint(err), fs.ErrNotExist)
	}
}

func TestFreeBytes_areThoseOfTheDisk(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, srv *sftptest.Server) {
		free, err := open(t, srv, settingsFor(srv)).FreeBytes(t.Context())
		if errors.Is(err, errors.ErrUnsupported) && srv.Name == "in-process" {
			t.Skip(err)
		}
		if err != nil || free < 1<<20 {
			t.Errorf("got %d, %v", free, err)
		}
	})
}

// refusing is a server in process that answers some types of requests with a code.
func refusing(t *testing.T, codes map[byte]uint32) *sftptest.Server {
	return sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
		return sftptest.Reply{Code: codes[r.Type], Text: "refused"}
	}})
}

// The library asks for what a link points to where the link cannot be removed: that is
// absent, and the link is not. RMDIR of what is no directory is "no such file" on
// OpenSSH.
func TestRemove_linkThatStaysIsNotAbsent(t *testing.T) {
	t.Parallel()
	srv := refusing(t, map[byte]uint32{sftptest.Remove: 3, sftptest.Rmdir: 2})
	if err := os.Symlink("nowhere", filepath.Join(srv.Root, "link")); err != nil {
		t.Skip(err)
	}
	err := open(t, srv, settingsFor(srv)).Remove(t.Context(), "link")
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v for a link that is still there", err)
	}
}

// What a server refuses to rename is not renamed by a request that replaces the target.
func TestRename_refusedIsNotReplacing(t *testing.T) {
	t.Parallel()
	srv := refusing(t, map[byte]uint32{sftptest.Rename: 3})
	store := open(t, srv, settingsFor(srv))
	if err := store.Put(t.Context(), "from", text("x")); err != nil {
		t.Fatal(err)
	}
	if err := store.Rename(t.Context(), "from", "to"); err == nil {
		t.Error("a refused rename has succeeded")
	}
	wantOnDisk(t, srv, "from", "x")
}

// Servers that let nobody write to a file that is there (AllowOverwrite of ProFTPD's
// mod_sftp, folders for uploads) must not keep a part, or an old file, for ever.
func TestPut_whereWhatExistsIsNotOpenedForWriting(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(t *testing.T) *sftptest.Server{
		"permission": func(t *testing.T) *sftptest.Server { return withoutOverwrite(t, 3) },
		"failure":    func(t *testing.T) *sftptest.Server { return withoutOverwrite(t, 4) },
		"proftpd":    func(t *testing.T) *sftptest.Server { return sftptest.NewProFTPD(t, "AllowOverwrite off") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := start(t)
			store, whole := open(t, srv, settingsFor(srv)), contract.Noise{Seed: 1, Bytes: 3 << 20}
			must(t, store.Put(t.Context(), "dir/part", contract.Noise{Seed: 1, Bytes: 2 << 20}))
			if kept, err := store.Resume(t.Context(), "dir/part", whole); err != nil || kept != 0 {
				t.Errorf("kept %d, %v, want a file that was sent anew", kept, err)
			}
			wantContent(t, store, "dir/part", whole)
			must(t, store.Put(t.Context(), "dir/part", text("replaced")))
			wantOnDisk(t, srv, "dir/part", "replaced")
		})
	}
}

// withoutOverwrite is a server in process that opens nothing for writing which exists.
func withoutOverwrite(t *testing.T, code uint32) *sftptest.Server {
	return sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
		if r.Type == sftptest.Open && r.Flags&(sftptest.Writes|sftptest.Creates) == sftptest.Writes {
			return sftptest.Reply{Code: code, Text: "refused"}
		}
		return sftptest.Reply{}
	}})
}

// Where nothing may be removed either, what is there stays as it is, and the refusal is
// that of the open.
func TestPut_whereNothingIsReplacedLeavesIt(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
		if r.Type == sftptest.Remove || r.Type == sftptest.Rmdir || r.Type == sftptest.Open && r.Flags&(sftptest.Writes|sftptest.Creates) == sftptest.Writes {
			return sftptest.Reply{Code: 3, Text: "refused"}
		}
		return sftptest.Reply{}
	}})
	store := open(t, srv, settingsFor(srv))
	must(t, store.Put(t.Context(), "file", text("old")))
	if err := store.Put(t.Context(), "file", text("new")); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v, want %v", err, fs.ErrPermission)
	}
	wantOnDisk(t, srv, "file", "old")
}

// OpenSSH renames by a hard link, so that an interrupted rename leaves two names of one
// file: an upload to one of them leaves the other as it is. The same holds for what a
// lost session still writes.
func TestPut_replacesTheNameAndNotTheFile(t *testing.T) {
	t.Parallel()
	eachServer(t, func(t *testing.T, srv *sftptest.Server) {
		store := open(t, srv, settingsFor(srv))
		must(t, store.Put(t.Context(), "published", text("old")))
		if err := os.Link(filepath.Join(srv.Root, "published"), filepath.Join(srv.Root, "staged")); err != nil {
			t.Skip(err)
		}
		must(t, store.Put(t.Context(), "staged", text("new")))
		wantOnDisk(t, srv, "published", "old")
		wantOnDisk(t, srv, "staged", "new")
	})
}

// An account that may write and not delete still replaces.
func TestPut_replacesWhereNothingIsRemoved(t *testing.T) {
	t.Parallel()
	srv := refusing(t, map[byte]uint32{sftptest.Remove: 3, sftptest.Rmdir: 3})
	store := open(t, srv, settingsFor(srv))
	must(t, store.Put(t.Context(), "file", text("old and long")), store.Put(t.Context(), "file", text("new")))
	wantOnDisk(t, srv, "file", "new")
}

// Who is not read from owes no answer: the session does not expire meanwhile.
func TestOpen_readerMayWait(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{})
	store := open(t, srv, settingsFor(srv))
	must(t, store.Put(t.Context(), "file", text("content")))
	r, err := store.Open(t.Context(), "file", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if sftp.IsWatched(r) {
		t.Error("the session would expire, and nobody is waiting for the server")
	}
}

// A file that became shorter while it was read is no connection that the server closed.
func TestOpen_fileThatBecameShorter(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{})
	store := open(t, srv, settingsFor(srv))
	must(t, store.Put(t.Context(), "file", contract.Noise{Bytes: 4 << 20}))
	r, err := store.Open(t.Context(), "file", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	must(t, os.Truncate(filepath.Join(srv.Root, "file"), 1<<20))
	_, err = io.Copy(io.Discard, r)
	if err == nil || !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "bytes early") || strings.Contains(err.Error(), "closed the connection") {
		t.Errorf("got %v, want how much is missing", err)
	}
}

// The rename whose reply was lost is carried out behind the back of the next try.
func TestRename_carriedOutAfterAllHasSucceeded(t *testing.T) {
	t.Parallel()
	var root atomic.Value
	var renames atomic.Int32
	srv := sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
		if r.Type != sftptest.Rename {
			return sftptest.Reply{}
		}
		if renames.Add(1) == 1 {
			return sftptest.Reply{Cut: true}
		}
		dir := root.Load().(string)
		if err := os.Rename(filepath.Join(dir, "from"), filepath.Join(dir, "to")); err != nil {
			t.Error(err)
		}
		return sftptest.Reply{}
	}})
	root.Store(srv.Root)
	store := open(t, srv, settingsFor(srv))
	must(t, store.Put(t.Context(), "from", text("x")), store.Rename(t.Context(), "from", "to"))
	wantOnDisk(t, srv, "to", "x")
}

// listing is a server in process whose listings never end: each answer holds the names.
func listing(t *testing.T, names ...string) *sftptest.Server {
	return sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
		if r.Type == sftptest.ReadDir {
			return sftptest.Reply{Names: append([]string{}, names...)}
		}
		return sftptest.Reply{}
	}})
}

func TestList_thatNeverEnds(t *testing.T) {
	providertest.SkipIfRacing(t) // 64 MiB of names
	t.Parallel()
	for name, srv := range map[string]*sftptest.Server{
		"names":    listing(t, slices.Repeat([]string{strings.Repeat("x", 200)}, 400)...),
		"no names": listing(t),
	} {
		store := open(t, srv, settingsFor(srv))
		if _, err := store.List(t.Context(), "."); !errors.Is(err, providers.ErrListing) || !strings.Contains(err.Error(), "64 MiB") {
			t.Errorf("%s: got %v, want %v", name, err, providers.ErrListing)
		}
		if _, err := store.Stat(t.Context(), "missing"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v in the same session", name, err)
		}
		if n, _ := srv.Logins(); n != 1 {
			t.Errorf("%s: %d logins, want 1", name, n)
		}
	}
}

// A name that stands for the folder itself, or for nothing, is no entry.
func TestList_namesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "/", "x/..", "x/."} {
		var listed atomic.Int32
		srv := sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
			if r.Type == sftptest.ReadDir && listed.Add(1) == 1 {
				return sftptest.Reply{Names: []string{"file", name}}
			}
			return sftptest.Reply{}
		}})
		files, err := open(t, srv, settingsFor(srv)).List(t.Context(), ".")
		if !errors.Is(err, providers.ErrListing) || files != nil {
			t.Errorf("%q: got %v, %v, want %v", name, files, err, providers.ErrListing)
		}
	}
}

// The library has neither a value nor an error of a server that replies OK to a question.
func TestServer_thatRepliesOKToEverything(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
		return sftptest.Reply{Drop: r.Type > 2 && r.Type != sftptest.Mkdir}
	}})
	store, ctx := open(t, srv, settingsFor(srv)), t.Context()
	_, list := store.List(ctx, "dir")
	_, stat := store.Stat(ctx, "file")
	_, read := store.Open(ctx, "file", 0)
	_, facts := store.Facts(ctx)
	_, free := store.FreeBytes(ctx)
	for did, err := range map[string]error{
		"list": list, "stat": stat, "open": read, "facts": facts, "free": free,
		"put": store.Put(ctx, "file", text("x")), "rename": store.Rename(ctx, "a", "b"), "remove": store.Remove(ctx, "a"),
	} {
		if err == nil {
			t.Errorf("%s: no error", did)
		}
	}
}

// A file that the server opens, by OK alone, is none.
func TestOpen_withoutAHandle(t *testing.T) {
	t.Parallel()
	srv := sftptest.New(t, sftptest.Options{Answer: func(r sftptest.Request) sftptest.Reply {
		return sftptest.Reply{Drop: r.Type == sftptest.Open}
	}})
	must(t, os.WriteFile(filepath.Join(srv.Root, "file"), []byte("x"), 0o666))
	store, ctx := open(t, srv, settingsFor(srv)), t.Context()
	_, read := store.Open(ctx, "file", 0)
	for did, err := range map[string]error{"open": read, "put": store.Put(ctx, "new", text("x"))} {
		if err == nil || !strings.Contains(err.Error(), "replied OK") {
			t.Errorf("%s: got %v, want what is missing", did, err)
		}
	}
}

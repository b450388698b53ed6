package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/state"
)

// verbs are the commands of scripts besides those of testscript.
//
//	adopt NAME                  gives all files of a server to its account, as if it had stored them
//	block PAGE NAME FILE        writes that block of HCL of a page of the docs to FILE
//	clock TIME                  sets VMXSYNC_NOW
//	code N COMMAND ARG...       runs a command that must exit with N; with unprivileged before it, one that obeys the modes of files though
//	                            root runs it
//	edit FILE OLD NEW           replaces text, which has to be there
//	excerpt PAGE NAME           the block of that name in a page of the docs stands in stdout
//	expand FILE...              replaces $NAME in files by the environment
//	ftpserver NAME [OPTION...]  starts an in-process server: tls=explicit, tls=implicit, cert=expired, user=NAME, password=TEXT, mlsd=off, max=N, rename=files, room=BYTES,
//	                            rest=empties (REST and STOR lose what was there, no HASH), disk=DIR (a folder that remains), port=N, also=NAME (a second account with the same password);
//	                            quirks=NAME,NAME (see ftptest.Quirk);
//	                            sets NAME_HOST, _PORT, _USER, _PASSWORD, _CA, _DISK (its folder on this disk), _ALSO (that of the second account)
//	ftpstop NAME                stops it
//	ends COMMAND-END            the command of running ends now: kill (-9), or an exit code, which it must come to by itself
//	full [<FILE] N COMMAND...   runs a command with a full disk under its stdout, which must exit with N
//	ghosts NAME KIND DIR...     makes an in-process server list hostile names (KIND: dirs, files) or lines (lines) in its folders
//	hungup GLOB SIZE COMMAND... is killed with a hangup, which must end with 130; writes stderr.txt
//	interrupted GLOB SIZE COMMAND... is killed with an interrupt, which must end with 130; writes stderr.txt
//	killed GLOB SIZE COMMAND... starts a command and kills it (-9) once a file that matches has SIZE
//	holder NAME DIR             sets NAME to the ID of the one who holds the lock in the work folder DIR
//	hours DIR N                 makes N folders of sets in DIR, one for each hour from 2025 on
//	mailserver NAME [OPTION...] starts a mail server: tls=off, tls=starttls, tls=implicit, password=TEXT (for u); sets NAME_HOST, _PORT, _CA
//	mails NAME FILE             writes the mails that it got
//	nowhere DIR TEXT            no file below DIR holds TEXT
//	printable FILE...           each holds text and line ends alone: no control character, nothing that is not UTF-8
//	requests NAME FILE          writes the requests that a web server got since the last time
//	rewrite FILE [AT N]         changes every byte of a file, or N of them from AT on, in place, and neither its size nor its time; a second time undoes it
//	running GLOB SIZE COMMAND... starts a command and goes on once a file that matches has SIZE
//	sftpserver NAME [OPTION...] starts an in-process SFTP server: disk=DIR (a folder that remains), forward=on (a jump host); sets NAME_HOST, _PORT, _USER, _PASSWORD,
//	                            _KEY (a file with a private key), _FINGERPRINT and _KNOWN_HOSTS (of its host key), _DISK, _ROOT
//	same DIR DIR                every file of the first is in the second, equal
//	stepless FILE               takes the steps out of a plan that -json printed, which makes it a plan file
//	sums DIR                    sha256sum -c passes in every set below DIR that has a manifest
//	transcript PAGE NAME        runs the commands of that block of a page of the docs, which shows all that they print
//	tree DIR NAME=SIZE...       makes files of pseudo-random bytes, as old as the set they belong to
//	unread [-both] N COMMAND... runs a command whose stdout (and stderr) nobody reads, which must exit with N, or by the signal SIGPIPE
//	webserver NAME              starts an HTTPS server, which answers a path that ends in /answer/CODE with that; sets NAME_URL, _CA
//	young FILE...               makes files as new as the clock, or as of now
var verbs = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"adopt":       adoptVerb,
	"block":       blockVerb,
	"clock":       clockVerb,
	"code":        codeVerb,
	"ends":        endsVerb,
	"edit":        editVerb,
	"excerpt":     excerptVerb,
	"expand":      expandVerb,
	"ftpserver":   ftpserverVerb,
	"full":        fullVerb,
	"ftpstop":     ftpstopVerb,
	"ghosts":      ghostsVerb,
	"holder":      holderVerb,
	"hours":       hoursVerb,
	"hungup":      hungupVerb,
	"interrupted": interruptedVerb,
	"killed":      killedVerb,
	"mails":       mailsVerb,
	"mailserver":  mailserverVerb,
	"nowhere":     nowhereVerb,
	"printable":   printableVerb,
	"requests":    requestsVerb,
	"rewrite":     rewriteVerb,
	"later":       laterVerb,
	"running":     runningVerb,
	"same":        sameVerb,
	"sftpserver":  sftpserverVerb,
	"stepless":    steplessVerb,
	"sums":        sumsVerb,
	"transcript":  transcriptVerb,
	"tree":        treeVerb,
	"unread":      unreadVerb,
	"webserver":   webserverVerb,
	"young":       youngVerb,
}

func adoptVerb(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(serverOf(ts, args[0]).Adopt())
}

func clockVerb(ts *testscript.TestScript, neg bool, args []string) {
	_, err := time.Parse(time.RFC3339, args[0])
	ts.Check(err)
	ts.Setenv(session.NowVariable, args[0])
}

func codeVerb(ts *testscript.TestScript, neg bool, args []string) {
	first, _, either := strings.Cut(args[0], "|")
	want, err := strconv.Atoi(first)
	ts.Check(err)
	got := 0
	if args[1] == "unprivileged" {
		args = unprivileged(args)
	}
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want && !(either && got == int(failure.Partial)) {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// unprivileged is the command without the capabilities that let root read any file.
func unprivileged(args []string) []string {
	rest := append([]string{args[0]}, args[2:]...)
	if os.Getuid() != 0 {
		return rest
	}
	return append([]string{args[0], "setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"}, args[2:]...)
}

func editVerb(ts *testscript.TestScript, neg bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o666))
}

// steplessVerb makes of the document of plan -json what -out writes.
func steplessVerb(ts *testscript.TestScript, neg bool, args []string) {
	var doc map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc))
	plan := doc["plan"].(map[string]any)
	for _, list := range []string{"places", "cleanups", "changes"} {
		for _, x := range plan[list].([]any) {
			delete(x.(map[string]any), "steps")
		}
	}
	first := map[string]any{} // the address of the change that lists what others retain, too
	for _, x := range plan["changes"].([]any) {
		c := x.(map[string]any)
		list := fmt.Sprint(c["retains"])
		if of, known := first[list]; known {
			delete(c, "retains")
			c["retains_of"] = of
		} else if c["retains"] != nil {
			first[list] = c["address"]
		}
	}
	data, err := json.Marshal(doc)
	ts.Check(err)
	text := jsontext.Value(data)
	ts.Check(text.Canonicalize())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(text, '\n'), 0o666))
}

func expandVerb(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}

func ftpserverVerb(ts *testscript.TestScript, neg bool, args []string) {
	o, odd := ftptest.Options{User: "u", Password: "secret"}, ftptest.Faults{}
	var err error
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "tls":
			o.TLS = ftptest.TLS(value)
		case "cert":
			o.Expired = value == "expired"
		case "password":
			o.Password = value
		case "user":
			o.User = value
		case "mlsd":
			o.DisableMLSD = value == "off"
		case "rename":
			o.FilesRenameOnly = value == "files"
		case "rest":
			o.RestEmpties, o.NoHash = value == "empties", true
		case "quirks":
			for q := range strings.SplitSeq(value, ",") {
				o.Quirks = append(o.Quirks, ftptest.Quirk(q))
			}
		case "max":
			o.MaxConnections, _ = strconv.Atoi(value)
		case "room":
			o.Room, err = strconv.ParseInt(value, 10, 64)
			ts.Check(err)
		case "disk":
			o.Root = ts.MkAbs(value)
		case "port":
			o.Port, _ = strconv.Atoi(value)
		case "also":
			o.Also = value
		case "lines":
			odd.SplitLines, _ = strconv.Atoi(value)
		case "globs":
			odd.Globs = value == "on"
		default:
			ts.Fatalf("ftpserver has no option %q", name)
		}
	}
	server, err := ftptest.Start(o)
	ts.Check(err)
	ts.Defer(func() { server.Close() })
	for _, pair := range serverEnv(args[0], server) {
		name, value, _ := strings.Cut(pair, "=")
		ts.Setenv(name, value)
	}
	if odd != (ftptest.Faults{}) {
		relay, err := ftptest.NewRelay(server, odd)
		ts.Check(err)
		ts.Defer(func() { relay.Close() })
		ts.Setenv(args[0]+"_PORT", strconv.Itoa(relay.Port))
	}
	ts.Value(startedKey{}).(started)[args[0]] = server
}

func serverEnv(name string, s *ftptest.Server) []string {
	return []string{
		name + "_HOST=" + s.Host, name + "_PORT=" + strconv.Itoa(s.Port), name + "_USER=" + s.User, name + "_PASSWORD=" + s.Password,
		name + "_CA=" + filepath.ToSlash(s.CAFile), name + "_DISK=" + filepath.ToSlash(s.Root), name + "_ROOT=" + s.Path,
		name + "_ALSO=" + filepath.ToSlash(s.AlsoRoot),
	}
}

// started returns the servers of one script, by name.
type started map[string]*ftptest.Server

func serverOf(ts *testscript.TestScript, name string) *ftptest.Server {
	server := ts.Value(startedKey{}).(started)[name]
	if server == nil {
		ts.Fatalf("no server is called %s", name)
	}
	return server
}

type startedKey struct{}

func ftpstopVerb(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(serverOf(ts, args[0]).Close())
}

func killedVerb(ts *testscript.TestScript, neg bool, args []string) {
	cmd, _ := startUntil(ts, args)
	ts.Check(cmd.Process.Kill())
	cmd.Wait()
}

// running is the command that a script has left running.
type running struct {
	cmd    *exec.Cmd
	stderr *bytes.Buffer
}

type runningKey struct{}

func runningVerb(ts *testscript.TestScript, neg bool, args []string) {
	cmd, stderr := startUntil(ts, args)
	ts.Value(runningKey{}).(*running).cmd, ts.Value(runningKey{}).(*running).stderr = cmd, stderr
	ts.Defer(func() { cmd.Process.Kill() })
}

func endsVerb(ts *testscript.TestScript, neg bool, args []string) {
	r := ts.Value(runningKey{}).(*running)
	if args[0] == "kill" {
		ts.Check(r.cmd.Process.Kill())
		r.cmd.Wait()
		return
	}
	r.cmd.Wait()
	if code := strconv.Itoa(r.cmd.ProcessState.ExitCode()); code != args[0] {
		ts.Fatalf("exit code %s, want %s\n%s", code, args[0], r.stderr)
	}
	ts.Check(os.WriteFile(ts.MkAbs("stderr.txt"), r.stderr.Bytes(), 0o644))
}

func holderVerb(ts *testscript.TestScript, neg bool, args []string) {
	held, err := os.ReadDir(filepath.Join(ts.MkAbs(args[1]), "lock", "held"))
	ts.Check(err)
	if len(held) != 1 {
		ts.Fatalf("%d names in the lock, want 1", len(held))
	}
	id, _, _ := strings.Cut(held[0].Name(), "~")
	ts.Setenv(args[0], id)
}

func hoursVerb(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		stamp := at.Add(time.Duration(i) * time.Hour).Format("2006-01-02-150405")
		ts.Check(os.MkdirAll(filepath.Join(ts.MkAbs(args[0]), stamp), 0o777))
	}
}

func interruptedVerb(ts *testscript.TestScript, neg bool, args []string) {
	endedBy(ts, interrupt, args)
}

// endedBy sends a signal that must end a command in order.
func endedBy(ts *testscript.TestScript, signal func(*os.Process) error, args []string) {
	cmd, stderr := startUntil(ts, args)
	ts.Check(signal(cmd.Process))
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != int(failure.Interrupted) {
		ts.Fatalf("exit code %d, want %d\n%s", code, int(failure.Interrupted), stderr)
	}
	ts.Check(os.WriteFile(ts.MkAbs("stderr.txt"), stderr.Bytes(), 0o644))
}

// startUntil runs a command until a file that matches args[0] has the size of
// args[1]. The caller waits for it.
func startUntil(ts *testscript.TestScript, args []string) (*exec.Cmd, *bytes.Buffer) {
	var size providers.Size
	ts.Check(size.UnmarshalText([]byte(args[1])))
	path, err := exec.LookPath(args[2])
	ts.Check(err)
	var stderr bytes.Buffer
	cmd := exec.Command(path, args[3:]...)
	cmd.Dir, cmd.Env, cmd.Stderr, cmd.SysProcAttr = ts.MkAbs("."), environment(ts), &stderr, interruptible
	ts.Check(cmd.Start())
	for deadline := time.Now().Add(time.Minute); !grown(ts.MkAbs(args[0]), int64(size)); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			cmd.Process.Kill()
			cmd.Wait()
			ts.Fatalf("no file %s grew to %s\n%s", args[0], args[1], &stderr)
		}
	}
	return cmd, &stderr
}

// environment returns the variables of the script that our commands read.
func environment(ts *testscript.TestScript) []string {
	env := os.Environ()
	for _, name := range []string{session.NowVariable, "HOME", "XDG_STATE_HOME", "NO_COLOR", "TZ", "NAS_PASSWORD", "URL", "VMXSYNC_PASSWORD", "PATH", "SSL_CERT_FILE", "VMXSYNC_VAR_token"} {
		env = append(env, name+"="+ts.Getenv(name))
	}
	return env
}

func grown(glob string, size int64) bool {
	paths, _ := filepath.Glob(glob)
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil && info.Size() >= size {
			return true
		}
	}
	return false
}

func nowhereVerb(ts *testscript.TestScript, neg bool, args []string) {
	err := eachFile(ts.MkAbs(args[0]), func(p string, content []byte) error {
		if bytes.Contains(content, []byte(args[1])) {
			return fmt.Errorf("%s holds %q", p, args[1])
		}
		return nil
	})
	ts.Check(err)
}

// laterVerb gives files a time that is three hours later.
func laterVerb(ts *testscript.TestScript, neg bool, args []string) {
	for _, arg := range args {
		p := ts.MkAbs(arg)
		info, err := os.Stat(p)
		ts.Check(err)
		at := info.ModTime().Add(3 * time.Hour)
		ts.Check(os.Chtimes(p, at, at))
	}
}

func rewriteVerb(ts *testscript.TestScript, neg bool, args []string) {
	p := ts.MkAbs(args[0])
	info, err := os.Stat(p)
	ts.Check(err)
	at, n := int64(0), info.Size()
	if len(args) == 3 {
		at, err = strconv.ParseInt(args[1], 10, 64)
		ts.Check(err)
		n, err = strconv.ParseInt(args[2], 10, 64)
		ts.Check(err)
	}
	f, err := os.OpenFile(p, os.O_RDWR, 0)
	ts.Check(err)
	data := make([]byte, n)
	_, err = f.ReadAt(data, at)
	ts.Check(err)
	for i := range data {
		data[i] ^= 1
	}
	_, err = f.WriteAt(data, at)
	ts.Check(errors.Join(err, f.Close()))
	ts.Check(os.Chtimes(p, info.ModTime(), info.ModTime()))
}

func sameVerb(ts *testscript.TestScript, neg bool, args []string) {
	from, to := ts.MkAbs(args[0]), ts.MkAbs(args[1])
	n := 0
	err := filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		rel, err := filepath.Rel(from, p)
		if err != nil {
			return err
		}
		return sameContent(p, filepath.Join(to, rel))
	})
	if n == 0 && err == nil {
		err = fmt.Errorf("%s holds no files", from)
	}
	if neg == (err == nil) {
		ts.Fatalf("%v", err)
	}
}

func sameContent(a, b string) error {
	x, err := fileSum(a)
	if err != nil {
		return err
	}
	y, err := fileSum(b)
	if err != nil {
		return err
	}
	if x != y {
		return fmt.Errorf("%s and %s differ", a, b)
	}
	return nil
}

func fileSum(p string) (string, error) {
	f, err := os.Open(p)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return fmt.Sprintf("%x", h.Sum(nil)), err
}

func sumsVerb(ts *testscript.TestScript, neg bool, args []string) {
	n := 0
	ts.Check(eachFile(ts.MkAbs(args[0]), func(p string, content []byte) error {
		if filepath.Base(p) != state.ManifestName || bytes.Contains(content, []byte("# sums: none")) {
			return nil
		}
		n++
		return checkSums(filepath.Dir(p), content)
	}))
	if n == 0 {
		ts.Fatalf("no set below %s has a manifest", args[0])
	}
}

// checkSums uses sha256sum if it is installed.
func checkSums(dir string, manifest []byte) error {
	if _, err := exec.LookPath("sha256sum"); err != nil {
		return compareSums(dir, manifest)
	}
	cmd := exec.Command("sha256sum", "--strict", "--quiet", "-c", state.ManifestName)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("sha256sum -c in %s: %w\n%s", dir, err, out)
	}
	return nil
}

func compareSums(dir string, manifest []byte) error {
	m, err := state.ParseManifest(manifest)
	if err != nil {
		return fmt.Errorf("manifest in %s: %w", dir, err)
	}
	for _, f := range m.Files {
		sum, err := fileSum(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil {
			return err
		}
		if sum != f.SHA256 {
			return fmt.Errorf("%s in %s has another sum", f.Path, dir)
		}
	}
	return nil
}

func treeVerb(ts *testscript.TestScript, neg bool, args []string) {
	for _, arg := range args[1:] {
		name, size, _ := strings.Cut(arg, "=")
		var bytes providers.Size
		ts.Check(bytes.UnmarshalText([]byte(size)))
		p := filepath.Join(ts.MkAbs(args[0]), filepath.FromSlash(name))
		ts.Check(os.MkdirAll(filepath.Dir(p), 0o777))
		ts.Check(writeRandom(p, name, int64(bytes)))
		ts.Check(age(ts.MkAbs(args[0]), name))
	}
}

// writeRandom makes a file whose bytes depend only on its name and size.
func writeRandom(p, seed string, size int64) error {
	f, err := os.Create(p)
	if err != nil {
		return err
	}
	source := rand.NewChaCha8(sha256.Sum256([]byte(seed)))
	_, err = io.CopyN(f, source, size)
	return errors.Join(err, f.Close(), os.Chmod(p, 0o666))
}

// age gives a file and the folders above it the time of their set, or a time
// long ago if the path has no stamp.
func age(root, name string) error {
	at := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	parts := strings.Split(name, "/")
	for _, part := range parts {
		if stamp, err := state.ParseStamp(part); err == nil {
			at = stamp.Civil()
		}
	}
	for i := len(parts); i > 0; i-- {
		if err := os.Chtimes(filepath.Join(root, filepath.Join(parts[:i]...)), at, at); err != nil {
			return err
		}
	}
	return nil
}

func youngVerb(ts *testscript.TestScript, neg bool, args []string) {
	now, err := time.Now(), error(nil)
	if clock := ts.Getenv(session.NowVariable); clock != "" {
		now, err = time.Parse(time.RFC3339, clock)
	}
	ts.Check(err)
	for _, name := range args {
		ts.Check(os.Chtimes(ts.MkAbs(name), now, now))
	}
}

func eachFile(root string, do func(p string, content []byte) error) error {
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return do(p, content)
	})
}

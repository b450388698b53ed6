package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// row is something that VMExplorerFtpBackup.py did, well or badly, in the words of
// docs/migration.md, and the scripts or tests that show how vmxsync does it. One of
// the scripts begins with the row.
type row struct {
	did   string
	shown []string
}

var rows = []row{
	{"`-f FOLDER`: scanned it for `{VM}/{YYYY-MM-DD-HHMMSS}`",
		[]string{"predecessor/scan.txtar", "script/settling.txtar"}},
	{"asked every FTP server which backups it holds",
		[]string{"predecessor/ask.txtar", "servers/road.txtar"}},
	{"config.py: an account for each VM, `'*'` for the others",
		[]string{"predecessor/choose.txtar", "script/init_predecessor.txtar", "script/init_nasty.txtar", "script/example_two_destinations.txtar"}},
	{"`-n 3`: kept the newest three of each VM, of the folder and the server together",
		[]string{"predecessor/newest.txtar", "script/retention.txtar"}},
	{"deleted the old ones, then uploaded the new ones",
		[]string{"predecessor/order.txtar", "quota/order.txtar"}},
	{"`-u METHOD`: uploaded with curl, ncftpput or internally, where the idle control connection died in a long upload",
		[]string{"methods/road_methods.txtar", "providers/ftp TestSoak_uploadOutlivesTheIdleLimit", "providers/ftp TestMethod_uploadsToRealServers"}},
	{"`-S`: simulated, and ran the `-x` command all the same",
		[]string{"predecessor/simulate.txtar", "script/hooks.txtar"}},
	{"`-d`: displayed the backups on the servers",
		[]string{"predecessor/list.txtar", "script/states.txtar"}},
	{"`-z`: a status, declared and never written",
		[]string{"predecessor/status.txtar", "script/status.txtar"}},
	{"`-x COMMAND`: ran after success, to delete the local folder",
		[]string{"predecessor/after_success.txtar", "script/hooks.txtar", "script/prune.txtar"}},
	{"`-m`: mailed the log, with one subject for good nights and one for bad ones",
		[]string{"predecessor/mail.txtar", "script/notify.txtar"}},
	{"`-v`: verbosity, colours, and a VMExplorer.log that was rotated",
		[]string{"predecessor/verbosity.txtar", "script/log.txtar", "cmd/vmxsync TestTerminal_noBarsWhereNoColours"}},
	{"cleaned up failed uploads, and crashed in a debugger instead",
		[]string{"predecessor/leftovers.txtar", "script/killed.txtar"}},

	{"exited with 0 whatever had happened",
		[]string{"predecessor/exit_code.txtar", "script/errors.txtar"}},
	{"deleted before it uploaded: after a failed upload there was nothing",
		[]string{"predecessor/old_stays.txtar", "quota/order.txtar", "apply TestRun_failedUploadCancelsTheDeletesOfItsChainOnly"}},
	{"took a folder for a whole backup: half an upload counted, and pushed out a good one",
		[]string{"predecessor/partial.txtar", "script/states.txtar"}},
	{"deleted whatever had appeared on the server after its scan",
		[]string{"predecessor/appeared.txtar", "script/stale.txtar", "apply TestRun_worldThatChangesBeforeTheDeleteForbidsIt"}},
	{"stopped at one foreign folder (`@eaDir`, `lost+found`)",
		[]string{"predecessor/foreign.txtar", "script/states.txtar"}},
	{"told two accounts on one host apart by the host alone",
		[]string{"predecessor/two_accounts.txtar", "script/init_nasty.txtar"}},
	{"put the password on curl's command line and into its log, and mailed that log",
		[]string{"methods/password.txtar", "script/secrets.txtar", "script/notify.txtar", "servers/trace.txtar", "providers/ftp TestMethod_showsThePasswordToNobody"}},
	{"ran the command that deletes the local folder after an upload whose exit code it never read",
		[]string{"predecessor/hook_waits.txtar", "script/hooks.txtar", "script/prune.txtar"}},
}

// TestPredecessor runs the scripts that only these rows use.
func TestPredecessor(t *testing.T) {
	t.Parallel()
	testscript.Run(t, params(filepath.Join("testdata", "predecessor"), nil, nil))
}

func TestPredecessor_everyRowOfThePageIsShown(t *testing.T) {
	var did []string
	for _, r := range rows {
		did = append(did, r.did)
	}
	if got := rowsOfThePage(t); !slices.Equal(got, did) {
		t.Errorf("the rows of docs/migration.md are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(did, "\n"))
	}
}

func TestPredecessor_whatShowsARowIsThere(t *testing.T) {
	for _, r := range rows {
		cited := false
		for _, name := range r.shown {
			text := shower(t, name)
			if text == "" {
				t.Errorf("%s: there is no %s", r.did, name)
			}
			cited = cited || strings.HasPrefix(text, "# "+r.did+"\n")
		}
		if !cited {
			t.Errorf("none of %v begins with %q", r.shown, "# "+r.did)
		}
	}
}

// A script without a row shows nothing.
func TestPredecessor_everyScriptIsNamed(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join("testdata", "predecessor", "*.txtar"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range scripts {
		name := "predecessor/" + filepath.Base(path)
		if !slices.ContainsFunc(rows, func(r row) bool { return slices.Contains(r.shown, name) }) {
			t.Errorf("no row is shown by %s", name)
		}
	}
}

var firstCell = regexp.MustCompile(`(?m)^\| (.+?) \|`)

// rowsOfThePage returns the first cells of its tables that begin with "it did".
func rowsOfThePage(t *testing.T) []string {
	var did []string
	for _, table := range strings.Split(pageText(t, "docs/migration.md"), "\n\n") {
		rest, found := strings.CutPrefix(table, "| it did | vmxsync |\n")
		if !found {
			continue
		}
		for _, m := range firstCell.FindAllStringSubmatch(rest, -1) {
			did = append(did, m[1])
		}
	}
	return did
}

// shower returns the text of a script, or of the test in a package; "" if there is
// none.
func shower(t *testing.T, name string) string {
	if dir, test, isTest := strings.Cut(name, " "); isTest {
		return testIn(t, dir, test)
	}
	text, _ := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	return string(text)
}

func testIn(t *testing.T, dir, test string) string {
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(dir), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if _, found, ok := strings.Cut(string(text), "\nfunc "+test+"("); ok {
			return found
		}
	}
	return ""
}

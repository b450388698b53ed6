package main_test

import (
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/vmxsync/vmxsync"

// importRule is one row of the table of imports: which packages of this module a
// package may import, and which packages it must never import.
type importRule struct {
	may   []string
	never []string
}

var pureNever = []string{"os", "net", "net/http", "os/exec"}

// neutralNever is what would make a seam under the remote providers know a protocol.
var neutralNever = []string{"os", "net", "net/http", "os/exec", "golang.org", "github.com"}

// remote is what every provider for a server is built from.
var remote = []string{
	"providers", "providers/session", "providers/retry", "providers/resume", "providers/payload", "providers/verify", "providers/dircache", "providers/proxy",
}

// layout is the table. Every package has to be in it. "providers/*" stands for every
// driver and wrapper below providers that is not named.
var layout = map[string]importRule{
	"providers":                   {never: []string{"golang.org", "github.com"}},
	"providers/contract":          {may: []string{"providers", "providers/contract/bodies", "providers/contract/rules", "providers/contract/trial"}, never: []string{"testing"}},
	"providers/contract/bodies":   {may: []string{"providers"}, never: []string{"testing"}},
	"providers/contract/rules":    {may: []string{"providers", "providers/contract/bodies", "providers/contract/trial"}, never: []string{"testing"}},
	"providers/contract/trial":    {may: []string{"providers", "providers/contract/bodies"}, never: []string{"testing"}},
	"providers/providertest":      {may: []string{"providers", "providers/contract", "providers/faults"}},
	"providers/*":                 {may: []string{"providers", "providers/regular"}},
	"providers/local":             {may: []string{"providers", "providers/local/disk"}},
	"providers/local/disk":        {may: []string{"providers", "providers/regular"}, never: []string{"net"}},
	"providers/regular":           {never: []string{"golang.org", "github.com", "net"}},
	"providers/retry":             {may: []string{"providers"}, never: []string{"golang.org", "github.com"}},
	"providers/session":           {may: []string{"providers", "providers/retry"}, never: neutralNever},
	"providers/resume":            {may: []string{"providers", "providers/retry"}, never: neutralNever},
	"providers/payload":           {may: []string{"providers", "providers/retry"}, never: neutralNever},
	"providers/verify":            {may: []string{"providers", "providers/retry"}, never: neutralNever},
	"providers/dircache":          {never: neutralNever},
	"providers/proxy":             {may: []string{"providers"}, never: []string{"os"}},
	"providers/ftp":               {may: append([]string{"providers/ftp/account", "providers/ftp/charset", "providers/ftp/command", "providers/ftp/external", "providers/ftp/facts", "providers/ftp/listing", "providers/ftp/tree", "providers/ftp/upload", "providers/ftp/wire"}, remote...)},
	"providers/ftp/listing":       {may: []string{"providers"}, never: pureNever},
	"providers/ftp/ftptest":       {may: []string{"providers/ftp/ftptest/disk", "providers/ftp/ftptest/relay", "providers/testserver"}},
	"providers/ftp/ftptest/disk":  {never: []string{"net"}},
	"providers/ftp/ftptest/relay": {may: []string{"providers/testserver"}},
	"providers/group":             {never: []string{"golang.org", "github.com", "net"}},

	"state":                     {may: []string{"providers", "state/known"}},
	"state/blocks":              {may: []string{"state", "providers"}, never: pureNever},
	"state/read":                {may: []string{"state/vmx", "state", "state/blocks", "state/config", "state/known", "state/wording", "providers", "providers/parallel"}},
	"state/config":              {may: []string{"state", "providers"}, never: pureNever},
	"state/known":               {never: pureNever},
	"state/wording":             {never: pureNever},
	"state/retention":           {may: []string{"state", "state/config"}, never: pureNever},
	"diff/flags":                {may: []string{"providers", "state/wording"}, never: pureNever},
	"diff/likeness":             {may: []string{"state", "state/config"}, never: pureNever},
	"diff/notice":               {may: []string{"diff/flags", "state", "state/wording"}, never: pureNever},
	"diff/observe":              {may: []string{"diff/flags", "diff/likeness", "diff/notice", "state", "state/config", "state/known", "providers"}, never: pureNever},
	"diff/decide":               {may: []string{"diff/flags", "diff/notice", "diff/observe", "state", "state/config", "state/retention", "providers"}, never: pureNever},
	"diff/due":                  {may: []string{"state", "state/config"}, never: pureNever},
	"diff":                      {may: []string{"diff/decide", "diff/due", "diff/flags", "diff/notice", "diff/observe", "state", "state/config", "state/known", "state/retention", "providers", "state/wording"}, never: pureNever},
	"diff/restore":              {may: []string{"state", "state/config", "providers"}, never: pureNever},
	"diff/render":               {may: []string{"diff", "diff/restore", "state", "state/config", "providers", "state/wording"}, never: pureNever},
	"apply":                     {may: []string{"providers/grace", "diff", "state", "state/blocks", "state/known", "providers", "providers/parallel", "apply/event", "apply/journal", "apply/lock", "apply/locks", "apply/outcome", "apply/preflight", "apply/prune", "apply/record", "apply/remote", "apply/sent", "apply/source", "apply/step", "apply/task"}},
	"apply/record":              {may: []string{"providers/grace", "diff", "state", "state/read", "state/known", "providers", "apply/event", "apply/lock", "apply/locks", "apply/remote", "apply/task"}},
	"apply/preflight":           {may: []string{"diff", "state", "state/read", "providers", "providers/parallel", "apply/journal", "apply/prune", "apply/remote", "apply/source", "apply/step", "apply/task"}},
	"apply/step":                {may: []string{"diff", "state", "state/blocks", "state/config", "state/read", "state/known", "providers", "apply/event", "apply/journal", "apply/prune", "apply/remote", "apply/sent", "apply/source", "apply/task"}},
	"apply/remote":              {may: []string{"providers", "state", "state/read", "state/known"}},
	"apply/source":              {may: []string{"providers", "state", "state/blocks", "state/read", "apply/remote", "apply/sent"}},
	"apply/sent":                {may: []string{"providers"}},
	"apply/notify":              {may: []string{"apply/program", "diff", "state", "state/config", "providers", "providers/regular", "state/wording"}},
	"apply/lastrun":             {may: []string{"providers/regular"}},
	"apply/logfile":             {may: []string{"state", "state/config", "providers", "providers/regular"}},
	"apply/notify/mailtest":     {},
	"apply/journal":             {may: []string{"diff", "state", "providers", "providers/regular"}},
	"apply/lock":                {may: []string{"providers/grace", "diff", "state", "state/config", "state/read", "providers"}},
	"hclconfig":                 {may: []string{"hclconfig/block", "hclconfig/confdir", "hclconfig/decode", "hclconfig/diag", "hclconfig/eval", "hclconfig/problem", "hclconfig/read", "hclconfig/secret", "hclconfig/variable", "providers", "state/config"}, never: []string{"net"}},
	"hclconfig/block":           {may: []string{"hclconfig/confdir", "hclconfig/decode", "hclconfig/eval", "hclconfig/funcs", "hclconfig/problem", "hclconfig/redact", "hclconfig/scalar", "hclconfig/variable", "providers", "state", "state/config"}, never: pureNever},
	"hclconfig/scalar":          {may: []string{"providers", "state", "state/config"}, never: pureNever},
	"hclconfig/decode":          {may: []string{"hclconfig/confdir", "hclconfig/eval", "hclconfig/funcs", "hclconfig/problem", "hclconfig/read", "hclconfig/redact", "hclconfig/secret", "providers", "state/config"}, never: pureNever},
	"hclconfig/variable":        {may: []string{"hclconfig/confdir", "hclconfig/diag", "hclconfig/eval", "hclconfig/funcs", "hclconfig/limits", "hclconfig/problem", "hclconfig/read", "hclconfig/redact", "hclconfig/secret", "providers", "state/config"}, never: pureNever},
	"hclconfig/eval":            {may: []string{"hclconfig/funcs", "hclconfig/limits", "hclconfig/problem", "hclconfig/redact"}, never: pureNever},
	"hclconfig/funcs":           {may: []string{"hclconfig/confdir", "hclconfig/limits", "hclconfig/redact", "providers"}, never: pureNever},
	"hclconfig/read":            {may: []string{"hclconfig/confdir", "hclconfig/diag", "hclconfig/limits", "hclconfig/problem", "hclconfig/redact", "state/config"}, never: pureNever},
	"hclconfig/redact":          {may: []string{"hclconfig/diag"}, never: pureNever},
	"hclconfig/limits":          {may: []string{"hclconfig/problem"}, never: pureNever},
	"hclconfig/problem":         {may: []string{"hclconfig/confdir", "state/wording"}, never: pureNever},
	"hclconfig/diag":            {never: pureNever},
	"hclconfig/starter":         {may: []string{"hclconfig/confdir"}, never: pureNever},
	"hclconfig/secret":          {may: []string{"hclconfig/confdir", "hclconfig/diag", "providers"}},
	"hclconfig/confdir":         {may: []string{"providers/regular"}},
	"hclconfig/predecessor":     {may: []string{"hclconfig/diag", "hclconfig/secret", "hclconfig/starter", "providers"}, never: pureNever},
	"diff/planfile":             {may: []string{"diff", "diff/flags", "diff/restore", "state", "state/config", "state/known", "providers"}, never: pureNever},
	"providers/sftp":            {may: append([]string{"providers/sftp/account", "providers/sftp/wire"}, remote...)},
	"providers/sftp/wire":       {may: []string{"providers", "providers/proxy", "providers/regular", "providers/retry", "providers/sftp/account", "providers/sftp/hostkey"}},
	"providers/sftp/account":    {may: []string{"providers", "providers/proxy", "providers/sftp/hostkey"}, never: []string{"os", "net/http"}},
	"providers/sftp/hostkey":    {may: []string{"providers", "providers/regular"}},
	"providers/sftp/sftptest":   {may: []string{"providers/testserver"}},
	"providers/testserver":      {},
	"providers/grace":           {never: neutralNever},
	"providers/parallel":        {may: []string{"providers"}, never: neutralNever},
	"apply/event":               {may: []string{"apply/outcome", "diff"}, never: pureNever},
	"apply/outcome":             {may: []string{"apply/source", "diff", "providers", "state", "state/known"}, never: pureNever},
	"apply/restore":             {may: []string{"apply/event", "apply/remote", "diff/restore", "providers", "providers/parallel", "state", "state/blocks", "state/read"}, never: pureNever},
	"apply/readback":            {may: []string{"providers", "state"}, never: pureNever},
	"apply/verify":              {may: []string{"providers/grace", "apply/event", "apply/readback", "apply/remote", "providers", "providers/parallel", "state", "state/blocks", "state/read"}, never: pureNever},
	"apply/prune":               {may: []string{"apply/event", "apply/journal", "apply/readback", "apply/remote", "apply/source", "apply/task", "diff", "providers", "state", "state/config", "state/read"}},
	"apply/task":                {may: []string{"apply/event", "apply/journal", "apply/remote", "apply/sent", "diff", "diff/flags", "providers", "state", "state/config", "state/known", "state/read"}, never: pureNever},
	"apply/locks":               {may: []string{"apply/event", "apply/lock", "apply/preflight", "diff", "providers"}},
	"apply/readmark":            {may: []string{"providers/grace", "apply/remote", "providers", "state"}, never: []string{"os", "net"}},
	"state/vmx":                 {may: []string{"state"}, never: pureNever},
	"apply/drill":               {may: []string{"apply/event", "apply/program", "apply/restore", "apply/verify", "diff/restore", "providers", "state", "state/config", "state/read", "state/vmx"}, never: pureNever},
	"apply/scratch":             {may: []string{"providers"}, never: []string{"net", "golang.org", "github.com"}},
	"diff/evidence":             {may: []string{"diff", "diff/drill", "state", "state/config", "state/wording"}, never: pureNever},
	"diff/drill":                {may: []string{"state", "state/config"}, never: pureNever},
	"apply/program":             {may: []string{"providers/group"}, never: []string{"net", "golang.org", "github.com"}},
	"cmd/vmxsync/ui/evidence":   {may: []string{"cmd/vmxsync/ui", "cmd/vmxsync/ui/drills", "diff/evidence", "diff/render", "providers", "state", "state/wording"}, never: pureNever},
	"cmd/vmxsync/ui/drills":     {may: []string{"diff/drill", "providers", "state", "state/config", "state/wording"}, never: pureNever},
	"examples/quickstart":       {may: []string{"providers/ftp/ftptest"}},
	"scripts/bench/machine":     {},
	"scripts/bench/page":        {},
	"scripts/bench/process":     {may: []string{"scripts/bench/tool"}},
	"scripts/bench/tool":        {may: []string{"providers/testserver"}},
	"scripts/bench":             {may: []string{"scripts/bench/machine", "scripts/bench/page", "scripts/bench/process", "scripts/bench/tool", "providers/ftp/ftptest", "providers/testserver", "state"}},
	"providers/ftp/account":     {may: []string{"providers", "providers/proxy", "providers/ftp/charset"}, never: []string{"os", "net/http"}},
	"providers/ftp/charset":     {may: []string{"providers"}, never: pureNever},
	"providers/ftp/command":     {may: []string{"providers", "providers/resume", "providers/retry", "providers/verify", "providers/ftp/listing", "providers/ftp/wire"}},
	"providers/ftp/tree":        {may: []string{"providers", "providers/dircache", "providers/retry", "providers/ftp/command", "providers/ftp/tree/folder", "providers/ftp/tree/status", "providers/ftp/wire"}, never: []string{"os", "net"}},
	"providers/ftp/tree/folder": {may: []string{"providers", "providers/dircache", "providers/ftp/command", "providers/ftp/listing", "providers/ftp/tree/shown", "providers/ftp/wire"}, never: []string{"os", "net"}},
	"providers/ftp/tree/shown":  {may: []string{"providers", "providers/session", "providers/ftp/command", "providers/ftp/listing", "providers/ftp/wire"}, never: []string{"os", "net"}},
	"providers/ftp/tree/status": {may: []string{"providers", "providers/dircache", "providers/ftp/command", "providers/ftp/tree/folder", "providers/ftp/tree/shown", "providers/ftp/wire"}, never: []string{"os", "net"}},
	"providers/ftp/external":    {may: []string{"providers", "providers/group", "providers/retry", "providers/payload", "providers/ftp/account", "providers/ftp/wire"}},
	"providers/ftp/facts":       {may: []string{"providers", "providers/ftp/command", "providers/ftp/tree", "providers/ftp/tree/folder", "providers/ftp/tree/shown", "providers/ftp/wire"}},
	"providers/ftp/upload":      {may: []string{"providers", "providers/payload", "providers/resume", "providers/retry", "providers/ftp/command", "providers/ftp/external", "providers/ftp/listing", "providers/ftp/tree", "providers/ftp/wire"}},
	"providers/ftp/certificate": {may: []string{"providers", "providers/regular", "providers/ftp/account"}},
	"providers/ftp/wire": {may: []string{
		"providers", "providers/retry", "providers/payload", "providers/proxy", "providers/ftp/account", "providers/ftp/certificate", "providers/ftp/charset",
	}},

	// The program.
	"cmd/vmxsync/failure":     {may: []string{"apply", "apply/lock", "apply/restore", "apply/verify", "hclconfig/diag", "providers", "state/wording"}, never: []string{"os"}},
	"cmd/vmxsync/cmdline":     {may: []string{"cmd/vmxsync/failure", "state/wording"}, never: []string{"net"}},
	"cmd/vmxsync/files":       {may: []string{"providers", "providers/regular"}},
	"cmd/vmxsync/statedir":    {may: []string{"apply/lastrun", "apply/lock", "apply/sent", "cmd/vmxsync/files", "diff", "providers", "providers/regular", "state", "state/config", "state/known"}},
	"cmd/vmxsync/ui":          {may: []string{"apply/logfile", "apply/outcome", "cmd/vmxsync/failure", "diff", "diff/planfile", "hclconfig/diag", "providers", "state", "state/config"}},
	"cmd/vmxsync/ui/events":   {may: []string{"apply", "apply/event", "apply/lock", "apply/outcome", "cmd/vmxsync/ui", "cmd/vmxsync/ui/progress", "diff", "diff/render", "state", "state/wording"}, never: pureNever},
	"cmd/vmxsync/ui/progress": {may: []string{"apply/event", "cmd/vmxsync/ui", "providers", "state"}, never: []string{"net"}},
	"cmd/vmxsync/ui/status":   {may: []string{"apply/lastrun", "cmd/vmxsync/failure", "cmd/vmxsync/ui", "diff", "providers", "state", "state/config", "state/wording"}, never: pureNever},
	"cmd/vmxsync/ui/listing":  {may: []string{"cmd/vmxsync/failure", "cmd/vmxsync/ui", "diff", "providers", "state", "state/config", "state/wording"}, never: []string{"net"}},
	"cmd/vmxsync/ui/proofs":   {may: []string{"apply/verify", "providers", "state", "state/wording"}, never: pureNever},
	"cmd/vmxsync/ui/checkup":  {may: []string{"cmd/vmxsync/failure", "cmd/vmxsync/ui", "providers", "providers/contract", "state", "state/config", "state/wording"}, never: pureNever},
	"cmd/vmxsync/session": {may: []string{
		"apply/event", "apply/lock", "apply/logfile", "apply/outcome", "apply/readmark", "apply/record", "apply/remote", "apply/verify", "cmd/vmxsync/failure", "cmd/vmxsync/files", "cmd/vmxsync/statedir", "diff", "diff/planfile", "diff/restore", "hclconfig", "hclconfig/diag", "providers", "providers/parallel", "state", "state/config", "state/known", "state/read", "state/wording",
	}, never: []string{"github.com/urfave/cli/v2"}},
	"cmd/vmxsync/report": {may: []string{
		"apply/event", "apply/lastrun", "apply/notify", "apply/outcome", "apply/verify", "cmd/vmxsync/failure", "cmd/vmxsync/session", "cmd/vmxsync/statedir", "cmd/vmxsync/ui/proofs", "diff", "diff/planfile", "diff/render", "hclconfig", "hclconfig/secret", "providers", "state", "state/config", "state/known", "state/wording",
	}},
	"cmd/vmxsync": {may: []string{"providers/grace", "state/vmx", "providers/sftp", "apply/drill", "apply/scratch", "diff/drill", "diff/evidence", "cmd/vmxsync/ui/drills", "cmd/vmxsync/ui/evidence",
		"cmd/vmxsync/cmdline", "cmd/vmxsync/failure", "cmd/vmxsync/files", "cmd/vmxsync/report", "cmd/vmxsync/session", "cmd/vmxsync/statedir",
		"cmd/vmxsync/ui", "cmd/vmxsync/ui/checkup", "cmd/vmxsync/ui/events", "cmd/vmxsync/ui/listing", "cmd/vmxsync/ui/progress", "cmd/vmxsync/ui/proofs", "cmd/vmxsync/ui/status",
		"apply", "apply/event", "apply/journal", "apply/lastrun", "apply/lock", "apply/notify", "apply/outcome", "apply/restore", "apply/verify", "diff", "diff/flags", "diff/planfile", "diff/render", "diff/restore", "hclconfig", "hclconfig/confdir", "hclconfig/diag", "hclconfig/predecessor", "hclconfig/secret", "hclconfig/starter", "providers", "providers/contract", "providers/ftp", "providers/local", "providers/regular", "state", "state/config", "state/known", "state/read", "state/retention", "state/wording",
	}},
}

// exclusiveImports are libraries that only one package may import.
var exclusiveImports = map[string][]string{
	"github.com/hashicorp/hcl/v2":       {"hclconfig", "hclconfig/block", "hclconfig/decode", "hclconfig/eval", "hclconfig/funcs", "hclconfig/limits", "hclconfig/problem", "hclconfig/read", "hclconfig/redact", "hclconfig/starter", "hclconfig/variable"},
	"github.com/zclconf/go-cty":         {"hclconfig", "hclconfig/decode", "hclconfig/eval", "hclconfig/funcs", "hclconfig/limits", "hclconfig/starter", "hclconfig/variable"},
	"github.com/jlaffaye/ftp":           {"providers/ftp", "providers/ftp/command", "providers/ftp/wire"},
	"github.com/sergi/go-diff":          {"diff/render"},
	"github.com/urfave/cli/v2":          {"cmd/vmxsync", "cmd/vmxsync/cmdline"},
	"github.com/vbauerster/mpb/v8":      {"cmd/vmxsync/ui/progress"},
	"github.com/vbauerster/cupwriter":   {"cmd/vmxsync/ui/progress"},
	"github.com/wneessen/go-mail":       {"apply/notify"},
	"github.com/fclairamb/ftpserverlib": {"providers/ftp/ftptest", "providers/ftp/ftptest/disk"},
	"github.com/gofrs/flock":            {"apply/lock"},
}

func TestLayout_importsFollowTheTable(t *testing.T) {
	packages := findPackages(t)
	for name, imports := range packages {
		rule, ok := ruleFor(name)
		if !ok {
			t.Errorf("package %s is not in the table of imports", name)
			continue
		}
		for _, imported := range imports {
			checkImport(t, name, rule, imported)
		}
	}
	for name := range layout {
		if !strings.HasSuffix(name, "*") && packages[name] == nil {
			t.Errorf("the table of imports names %s, which does not exist", name)
		}
	}
}

func TestLayout_everyPackageHasADoc(t *testing.T) {
	for name := range findPackages(t) {
		doc, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name), "doc.go"))
		if err != nil {
			t.Errorf("%s has no doc.go", name)
			continue
		}
		if n := strings.Count(string(doc), "\n"); n > 45 {
			t.Errorf("%s/doc.go has %d lines, at most 40 and a package clause are read", name, n)
		}
	}
}

// Only ui writes to the standard streams: what other packages have to report is the
// result of a function, or goes to a session.Reporter.
func TestLayout_onlyUIPrints(t *testing.T) {
	stream := regexp.MustCompile(`os\.Std(out|err)|fmt\.Print|\bprintln?\(`)
	for _, pattern := range []string{"*.go", "*/*.go", "ui/*/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if name == "main.go" || strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if found := stream.Find(text); found != nil && path.Base(name) != "doc.go" {
				t.Errorf("%s writes to a standard stream: %s", name, found)
			}
		}
	}
}

func ruleFor(name string) (importRule, bool) {
	if r, ok := layout[name]; ok {
		return r, true
	}
	r, ok := layout[path.Dir(name)+"/*"]
	return r, ok
}

func checkImport(t *testing.T, name string, rule importRule, imported string) {
	t.Helper()
	if own, ok := strings.CutPrefix(imported, module+"/"); ok {
		if !slices.Contains(rule.may, own) {
			t.Errorf("%s imports %s: the table does not allow it", name, own)
		}
		return
	}
	for _, never := range rule.never {
		if imported == never || strings.HasPrefix(imported, never+"/") && strings.Contains(never, ".") {
			t.Errorf("%s imports %s, and must never", name, imported)
		}
	}
	for library, packages := range exclusiveImports {
		if (imported == library || strings.HasPrefix(imported, library+"/")) && !slices.Contains(packages, name) {
			t.Errorf("%s imports %s: only %v may", name, imported, packages)
		}
	}
}

// findPackages lists all packages of the module with the imports of their files
// for every platform, tests excluded.
func findPackages(t *testing.T) map[string][]string {
	t.Helper()
	packages := map[string][]string{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if name := d.Name(); p != root && (strings.HasPrefix(name, ".") || name == "testdata") {
			return filepath.SkipDir
		}
		context := build.Default
		context.UseAllFiles = true
		pkg, err := context.ImportDir(p, 0)
		if _, none := err.(*build.NoGoError); none {
			return nil
		}
		if err != nil && pkg.Name == "" {
			return err
		}
		rel, err := filepath.Rel(root, p)
		packages[filepath.ToSlash(rel)] = append([]string{}, pkg.Imports...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

// TestLayout_namesTestsThatAreThere holds the tables of CONTRIBUTING.md.
func TestLayout_namesTestsThatAreThere(t *testing.T) {
	root := filepath.Join("..", "..")
	page, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	there := testsBelow(t, root)
	named := regexp.MustCompile("`(Test[A-Za-z0-9_]+|[a-z_]+\\.txtar)`").FindAllStringSubmatch(string(page), -1)
	if len(named) < 25 { // the promises and the holes
		t.Errorf("only %d tests are named", len(named))
	}
	for _, m := range named {
		if !there[m[1]] {
			t.Errorf("CONTRIBUTING.md names %s, which does not exist", m[1])
		}
	}
}

// testsBelow are the names of all tests and scripts.
func testsBelow(t *testing.T, root string) map[string]bool {
	t.Helper()
	there := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(t \*testing\.T\)`)
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != root && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case strings.HasSuffix(p, ".txtar"):
			there[d.Name()] = true
		case strings.HasSuffix(p, "_test.go"):
			text, err := os.ReadFile(p)
			for _, m := range function.FindAllSubmatch(text, -1) {
				there[string(m[1])] = true
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}

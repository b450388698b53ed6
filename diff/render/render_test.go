package render_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

func reason(code, text string) diff.Reason { return diff.Reason{Code: code, Text: text} }

// reviewed is the plan that the documentation shows.
func reviewed() *diff.Plan {
	return &diff.Plan{
		Places: []diff.Place{
			{Name: "vmexplorer", Role: diff.SourceRole}, {Name: "nas", Role: diff.DestinationRole},
			{Name: "rented", Role: diff.DestinationRole},
		},
		Changes: []diff.Change{
			{
				Address: "nas/Bart/2026-11-21-010000", Action: diff.Create, Mode: diff.Upload, Policy: "standard", Bytes: 44238012416 + 3174,
				Reasons: []diff.Reason{
					reason("selected", "last 1 of 3"), reason("selected", "weekly 1 of 4 (2026-W47)"),
					reason("selected", "monthly 1 of 12 (2026-11)"), reason("missing", "not at the destination"),
				},
				Files: []state.File{{Path: "Bart-flat.vmdk", Size: 44238012416}, {Path: "Bart.vmx", Size: 3174}},
			},
			{
				Address: "nas/Bart/2026-08-02-010000", Action: diff.Delete, Mode: diff.Remove, Policy: "standard", Bytes: 43915891507,
				Reasons: []diff.Reason{
					reason("quota", "quota last 3 of 3 reached at 2026-11-19-010000"),
					reason("superseded", "superseded in 2026-08 by 2026-08-30-010000"),
				},
				Files: []state.File{{Path: "Bart-flat.vmdk", Size: 43915888333}, {Path: "Bart.vmx", Size: 3174}},
			},
		},
		Notices: []diff.Notice{{Text: "nas: 14 sets of 3 VMs are unmarked (1.9 TiB): kept, not counted, never rotated. To take them over: vmxsync plan -adopt=\"nas/*\" -out=plan.out"}},
		Summary: diff.Summary{Add: 1, Destroy: 1, UploadBytes: 44238012416 + 3174, FreeBytes: 43915891507},
	}
}

// updates has an update of every mode.
func updates() *diff.Plan {
	files := []state.File{{Path: "disk.vmdk", Size: 1 << 20}, {Path: "vm.log", Size: 100}, {Path: "vm.vmx", Size: 812}}
	plan := &diff.Plan{
		Places:  reviewed().Places[:2],
		Summary: diff.Summary{Change: 4, UploadBytes: 2<<20 + 1824},
		Cleanups: []diff.Cleanup{
			{Kind: diff.StagingCleanup, Bytes: 3 << 20}, {Kind: diff.TrashCleanup, Bytes: 1}, {Kind: diff.TrashCleanup, Bytes: 1},
			{Kind: diff.ReturnCleanup, Bytes: 5},
		},
	}
	for i, m := range []diff.Mode{diff.Resume, diff.Replace, diff.Adopt, diff.AddSums} {
		c := diff.Change{
			Address: fmt.Sprintf("nas/My VM/2026-11-2%d-010000", i), Action: diff.Update, Mode: m, Policy: "standard", Bytes: 1<<20 + 912, Files: files,
			Reasons: []diff.Reason{reason("selected", fmt.Sprintf("last %d of 3", i+1)), reason(string(m), "why it is to "+string(m))},
		}
		switch m {
		case diff.AddSums:
			c.Sums, c.Reasons = make([]string, len(files)), []diff.Reason{reason("sums", "checksums of the reading of 2026-11-21 go into its manifest")}
		case diff.Resume, diff.Replace:
			c.Before = []state.File{{Path: "disk.vmdk", Size: 17}, {Path: "vm.log", Size: 100}}
		}
		plan.Changes = append(plan.Changes, c)
	}
	return plan
}

// verified reads sets back: more than a list in short shows, within a budget that is too
// small, and beside a change or none.
func verified(changes bool) *diff.Plan {
	plan := unchanged()
	if changes {
		plan = reviewed()
	}
	plan.Now = time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)
	share := diff.Share{
		Destination: "nas", Level: state.ReadProof, Every: config.Span{Days: 30}, Since: plan.Now.AddDate(0, 0, -30),
		MaxBytes: 200 << 30, MaxDuration: providers.Duration(2 * time.Hour), Sets: 41, Bytes: 8 << 40, Due: 12, DueBytes: 2 << 40,
	}
	for i := range 7 {
		r := diff.Read{Address: fmt.Sprintf("nas/Bart/2026-08-%02d-010000", i+1), Bytes: 40 << 30, Reasons: []diff.Reason{reason("never", "never proven")}}
		if i > 1 {
			r.Reasons[0] = reason("due", fmt.Sprintf("proven %d days ago, due every 30d", 50-i))
		}
		share.Reads = append(share.Reads, r)
	}
	few := diff.Share{
		Destination: "rented", Backup: "critical", Level: state.ServerProof, Every: config.Span{Weeks: 1}, Since: plan.Now.AddDate(0, 0, -7),
		MaxBytes: 1 << 40, Sets: 1, Bytes: 5 << 30, Due: 1, DueBytes: 5 << 30, Reads: share.Reads[6:],
	}
	plan.Verify = []diff.Share{share, {Destination: "usb", Level: state.ReadProof, Every: config.Span{Days: 30}}, few}
	return plan
}

func manyFiles() *diff.Plan {
	plan := reviewed()
	plan.Changes = plan.Changes[:1]
	plan.Changes[0].Files = nil
	for i := range 23 {
		plan.Changes[0].Files = append(plan.Changes[0].Files, state.File{Path: fmt.Sprintf("disk-%02d.vmdk", i), Size: int64(i)})
	}
	plan.Summary.Destroy = 0
	return plan
}

func unchanged() *diff.Plan {
	return &diff.Plan{
		Notices:  []diff.Notice{{Text: "vmexplorer: 1 set is still being written (Bart/2026-11-22-010000): younger than settle = 10m."}},
		Cleanups: []diff.Cleanup{{Kind: diff.StagingCleanup, Bytes: 3 << 20}},
	}
}

type printer = func(*bytes.Buffer, *diff.Plan, render.Style) error

func text(w *bytes.Buffer, p *diff.Plan, s render.Style) error    { return render.Text(w, p, s) }
func concise(w *bytes.Buffer, p *diff.Plan, s render.Style) error { return render.Concise(w, p, s) }
func summary(w *bytes.Buffer, p *diff.Plan, s render.Style) error { return render.Summary(w, p, s) }

func markdown(w *bytes.Buffer, p *diff.Plan, s render.Style) error {
	return render.Markdown(w, p, s)
}
func page(w *bytes.Buffer, p *diff.Plan, s render.Style) error { return render.HTML(w, p, s) }

func printed(t testing.TB, print printer, p *diff.Plan, s render.Style) string {
	t.Helper()
	var b bytes.Buffer
	if err := print(&b, p, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRender_golden(t *testing.T) {
	for _, c := range []struct {
		file  string
		print printer
		plan  *diff.Plan
		style render.Style
	}{
		{"reviewed.txt", text, reviewed(), render.Style{}},
		{"reviewed-colour.txt", text, reviewed(), render.Style{Color: true}},
		{"reviewed-narrow.txt", text, reviewed(), render.Style{Width: 60}},
		{"reviewed-concise.txt", concise, reviewed(), render.Style{}},
		{"reviewed-summary.txt", summary, reviewed(), render.Style{}},
		{"updates.txt", text, updates(), render.Style{}},
		{"updates-concise.txt", concise, updates(), render.Style{}},
		{"many-files.txt", text, manyFiles(), render.Style{}},
		{"unchanged.txt", text, unchanged(), render.Style{}},
		{"refused.txt", text, refused(), render.Style{}},
		{"refused-concise.txt", concise, refused(), render.Style{}},
		{"refused-summary.txt", summary, refused(), render.Style{}},
		{"lifted.txt", summary, lifted(), render.Style{}},
		{"waiting.txt", text, held(), render.Style{}},
		{"waiting-all.txt", text, heldAll(), render.Style{}},
		{"reviewed.md", markdown, reviewed(), render.Style{}},
		{"refused.md", markdown, refused(), render.Style{}},
		{"unchanged.md", markdown, unchanged(), render.Style{}},
		{"reviewed.html", page, reviewed(), render.Style{}},
		{"updates.html", page, updates(), render.Style{}},
		{"unchanged.html", page, unchanged(), render.Style{}},
		{"verified.txt", text, verified(true), render.Style{}},
		{"verified-concise.txt", concise, verified(false), render.Style{}},
		{"verified-summary.txt", summary, verified(true), render.Style{}},
		{"verified.md", markdown, verified(false), render.Style{}},
		{"verified.html", page, verified(false), render.Style{}},
		{"deletes.txt", text, reviewed(), render.Style{Only: diff.Delete}},
		{"deletes-concise.txt", concise, reviewed(), render.Style{Only: diff.Delete}},
		{"deletes.md", markdown, reviewed(), render.Style{Only: diff.Delete}},
		{"deletes.html", page, reviewed(), render.Style{Only: diff.Delete}},
	} {
		got := printed(t, c.print, c.plan, c.style)
		file := filepath.Join("testdata", c.file)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.file, got, want)
		}
	}
}

func TestText_listsOnlySymbolsInUse(t *testing.T) {
	got := printed(t, text, manyFiles(), render.Style{})
	if strings.Contains(got, "- destroy") || strings.Contains(got, "~ update") {
		t.Errorf("lists a symbol that is not in use:\n%s", got)
	}
}

// hostile is what a server may call a VM, a set or a file.
const hostile = "a\x1b[2Jb\r\n\x07\u202egpj.\u2066x\u009b31m\xff\u00a0z\"q"

func TestText_hostileNamesReachNoTerminal(t *testing.T) {
	plan := named(hostile)
	update := plan.Changes[0]
	update.Action, update.Mode, update.Before = diff.Update, diff.Replace, []state.File{{Path: hostile + hostile}}
	plan.Changes = append(plan.Changes, update)
	plan.Verify = verified(true).Verify
	plan.Verify[0].Destination, plan.Verify[2].Backup, plan.Verify[0].Reads[0].Address = hostile, hostile, hostile
	for _, print := range []printer{text, concise, summary, markdown, page} {
		for _, r := range printed(t, print, plan, render.Style{}) {
			if r != '\n' && !unicode.IsPrint(r) || r == unicode.ReplacementChar {
				t.Fatalf("%q is printed", r)
			}
		}
	}
}

// wild is what a name may be to break out of a page.
const wild = "<img src=x onerror=alert(1)>|`**b**`[l](http://evil)@all#1 www.evil.com\"'</td><script>x</script>--> &amp;"

func TestMarkdown_namesStayWhatTheyAre(t *testing.T) {
	plan := named(wild)
	got := printed(t, markdown, plan, render.Style{})
	for _, line := range strings.Split(got, "\n") {
		if strings.HasPrefix(line, "| <code>") && strings.Count(line, "|") != 5 {
			t.Errorf("a row has other cells: %s", line)
		}
	}
	for _, tag := range []string{"<code>", "</code>", "<!-- -->"} {
		got = strings.ReplaceAll(got, tag, "")
	}
	if i := strings.IndexAny(strings.ReplaceAll(got, "**", ""), "<>`*[]@!"); i >= 0 {
		t.Errorf("a name means something:\n%s", got)
	}
	if strings.Contains(got, "www.") {
		t.Errorf("a name is a link:\n%s", got)
	}
}

func TestHTML_namesStayWhatTheyAre(t *testing.T) {
	got := printed(t, page, named(wild), render.Style{Color: true})
	if strings.Contains(got, "<img") || strings.Contains(got, "<script") || strings.Contains(got, "\x1b") {
		t.Errorf("a name means something:\n%s", got)
	}
	if strings.Count(got, "&lt;img src=x onerror=alert(1)&gt;") < 5 {
		t.Errorf("names are missing:\n%s", got)
	}
	for _, loads := range []string{"src=\"", "href=", "url(", "@import"} {
		if strings.Contains(strings.ReplaceAll(got, "img src=x", ""), loads) {
			t.Errorf("the page holds %s:\n%s", loads, got)
		}
	}
}

// named is the plan of the documentation, where everything has that name.
func named(name string) *diff.Plan {
	plan := reviewed()
	plan.Notices[0].Text = "nas: " + name
	for i := range plan.Changes {
		c := &plan.Changes[i]
		c.Address, c.Policy = "nas/"+name+"/2026-11-21-010000", name
		c.Files[0].Path, c.Reasons[0].Text = name, name
	}
	return plan
}

func TestText_showsASizeThatChangesByAByte(t *testing.T) {
	plan := updates()
	plan.Changes = plan.Changes[1:2]
	plan.Changes[0].Before = []state.File{{Path: "disk.vmdk", Size: 1<<20 - 1}, {Path: "vm.log", Size: 100}, {Path: "vm.vmx", Size: 812}}
	got := printed(t, text, plan, render.Style{})
	if want := "          - \"disk.vmdk\" (1.0 MiB),\n          + \"disk.vmdk\" (1.0 MiB),\n"; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant in it\n%s", got, want)
	}
}

func TestText_comparesManyFiles(t *testing.T) {
	plan := updates()
	plan.Changes = plan.Changes[1:2]
	c := &plan.Changes[0]
	c.Files, c.Before = nil, nil
	for i := range 150_000 {
		f := state.File{Path: fmt.Sprintf("%06d", i), Size: 1}
		c.Files = append(c.Files, f)
		if i != 70_000 {
			c.Before = append(c.Before, f)
		}
	}
	got := printed(t, text, plan, render.Style{})
	if want := "          + \"070000\" (1 B),\n            # (149999 unchanged files hidden)\n"; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant in it\n%s", got, want)
	}
}

func BenchmarkText(b *testing.B) {
	for _, n := range []int{25_000, 50_000, 100_000} {
		plan := reviewed()
		for len(plan.Changes) < n {
			plan.Changes = append(plan.Changes, plan.Changes[:2]...)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if err := render.Text(io.Discard, plan, render.Style{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

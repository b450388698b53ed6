package evidence_test

import (
	"errors"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	page "github.com/vmxsync/vmxsync/cmd/vmxsync/ui/evidence"
	"github.com/vmxsync/vmxsync/diff/drill"
	"github.com/vmxsync/vmxsync/diff/evidence"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

var pageFile = flag.String("page", "", "write the page to this file, to look at it")

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// nasty is what a server, a file name or a command may contribute to any text.
const nasty = "</td><script>alert(1)</script>\x1b[2J\"'&amp;\n<img src=x onerror=alert(2)>"

func some(name string) page.Document {
	held := func(v state.Verdict, why string) *drill.Held {
		return &drill.Held{Place: "nas", Drill: state.Drill{
			Key: state.Key{VM: name, Stamp: "2026-11-21-010000"}, Name: "quarterly", Verdict: v, Why: why, Host: name,
			Notes: []string{name}, Bytes: 41 << 30, Began: now.AddDate(0, 0, -2), Restored: 42 * time.Minute, Verified: 7 * time.Minute, Tried: 3 * time.Minute,
		}}
	}
	return page.New(evidence.Report{
		Rows: []evidence.Row{
			{Destination: "nas", VM: "dc01", Newest: "2026-11-21-010000", At: now.Add(-35 * time.Hour), Sets: 9, Drill: held(state.Passed, ""),
				Proof: &evidence.Proof{Key: state.Key{VM: "dc01", Stamp: "2026-11-21-010000"}, At: now.AddDate(0, 0, -1), Level: state.ReadProof}},
			{Destination: "nas", VM: name, Newest: "2026-11-10-010000", At: now.AddDate(0, 0, -12), Sets: 3, Drill: held(state.Failed, "the command failed: "+name),
				Proof:   &evidence.Proof{Key: state.Key{VM: name, Stamp: "2026-11-01-010000"}, At: now.AddDate(0, 0, -20), Level: state.ServerProof},
				Overdue: []string{"no backup within 8d", "drill quarterly failed"}},
			{Destination: "nas", VM: "mail", Newest: "2026-11-21-010000", At: now.Add(-35 * time.Hour), Sets: 1},
			{Destination: "usb", VM: "sql01", Unknown: name},
		},
		Drills: []evidence.Rehearsal{
			{Drill: config.Drill{Name: "quarterly", From: []string{"nas"}, Every: config.Span{Days: 90}}, Schedule: drill.Schedule{Due: true, Last: held(state.Failed, name)}},
			{Drill: config.Drill{Name: "yearly", From: []string{"nas", "usb"}, Every: config.Span{Years: 1}}, Schedule: drill.Schedule{Last: held(state.Passed, ""), Next: now.AddDate(0, 11, 0)}},
			{Drill: config.Drill{Name: "offsite", From: []string{"tape"}, Every: config.Span{Years: 1}}, Schedule: drill.Schedule{Due: true}, Unknown: true},
		},
	}, page.About{Name: name, Host: name, At: now, Unread: map[string]error{"tape": errors.New(name)}})
}

func htmlOf(t *testing.T, d page.Document) string {
	t.Helper()
	var b strings.Builder
	if err := d.HTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTML_hostileNamesAreText(t *testing.T) {
	got := htmlOf(t, some(nasty))
	tag := regexp.MustCompile(`<[^>]*>`)
	for _, found := range tag.FindAllString(got, -1) {
		if strings.Contains(found, "alert") || strings.Contains(found, "script") || strings.Contains(found, "img") {
			t.Errorf("a name became %s", found)
		}
	}
	if strings.Contains(got, "\x1b") || !strings.Contains(got, "&lt;script&gt;alert(1)") {
		t.Error("a name was not escaped")
	}
	plain := tag.FindAllString(htmlOf(t, some("web01")), -1)
	if hostile := tag.FindAllString(got, -1); len(hostile) != len(plain) {
		t.Errorf("%d tags with hostile names, %d without", len(hostile), len(plain))
	}
}

// The page needs nothing else: a browser that follows its policy would load nothing.
func TestHTML_isSelfContained(t *testing.T) {
	got := htmlOf(t, some("web01"))
	if found := regexp.MustCompile(`(?i)<(script|link|img|iframe)|url\(|https?://|@import`).FindString(got); found != "" {
		t.Errorf("it has %q", found)
	}
	if !strings.Contains(got, "default-src 'none'") || !strings.HasSuffix(got, "</body>\n</html>\n") {
		t.Error("it has no policy, or no end")
	}
	if *pageFile != "" {
		if err := os.WriteFile(*pageFile, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// A report without any VM proves nothing, nor does one of records that cannot be used.
func TestNew_isNotOKWhereNothingIsKnown(t *testing.T) {
	good := evidence.Report{Rows: []evidence.Row{{Destination: "nas", VM: "dc01", Newest: "2026-11-21-010000", Sets: 1}}}
	for _, c := range []struct {
		report evidence.Report
		about  page.About
		ok     bool
		want   string
	}{
		{good, page.About{}, true, "1 VM at 1 destination; nothing is overdue."},
		{evidence.Report{}, page.About{}, false, "No VM is known: nothing is proven."},
		{good, page.About{Unusable: []error{errors.New("nas: drills/x: torn")}}, false, "  - nas: drills/x: torn"},
		{good, page.About{Unread: map[string]error{"esxi": errors.New("away")}}, false, "  - esxi: away"},
	} {
		d := page.New(c.report, c.about)
		if got := d.Text(ui.Style{Width: 100}); d.OK != c.ok || !strings.Contains(got, c.want) || !strings.Contains(htmlOf(t, d), strings.TrimPrefix(c.want, "  - ")) {
			t.Errorf("got %t and %s\nwant %t and %q", d.OK, got, c.ok, c.want)
		}
	}
}

func TestText_holdsNoControlCharacter(t *testing.T) {
	got := some(nasty).Text(ui.Style{Width: 100})
	if found := regexp.MustCompile(`[\x00-\x09\x0b-\x1f]`).FindString(got); found != "" {
		t.Errorf("it has %q in %s", found, got)
	}
	for _, want := range []string{"35 h", "every byte", "2026-11-20 passed", "52m", "never", "no backup within 8d, drill quarterly failed", "Not read:", "4 VMs at 2 destinations, 3 drills; 5 overdue or not known."} {
		if !strings.Contains(some("web01").Text(ui.Style{Width: 200}), want) {
			t.Errorf("no %q in\n%s", want, some("web01").Text(ui.Style{Width: 200}))
		}
	}
}

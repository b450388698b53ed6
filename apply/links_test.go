package apply_test

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state/read"
)

// warnings are those of all outcomes.
func warnings(r outcome.Result) string {
	var all []string
	for _, o := range r.Outcomes {
		all = append(all, o.Warnings...)
	}
	return strings.Join(all, "\n")
}

// hidingLinks is the chain scene on a server that may show a link as a folder.
func hidingLinks(t *testing.T) *world {
	w := scene(t, "first use")
	w.stores["nas"] = mem.New(yesterday, mem.Sessions(1), mem.HideLinks())
	w.owned("nas")
	scenes[chainScene](w)
	return w
}

// A junk folder may be a link to other people's files where links are hidden.
func TestRun_entersNoJunkThatMayBeALink(t *testing.T) {
	w := hidingLinks(t)
	for _, junk := range []string{"@eaDir", "sub/#recycle", "lost+found"} {
		w.plant("nas", key("Bart", 17).String()+"/"+junk+"/precious", "another's")
	}
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
	must(t, r, err)
	trash := dir.Deleted(key("Bart", 17), thisRun)
	left := w.tree(t, "nas")
	for _, junk := range []string{"@eaDir", "sub/#recycle", "lost+found"} {
		if left[trash+"/"+junk+"/precious"] != "another's" {
			t.Errorf("what lies in %s was removed", junk)
		}
		if !strings.Contains(warnings(r), junk) {
			t.Errorf("no warning names %s:\n%s", junk, warnings(r))
		}
	}
	if w.has(t, "nas", trash+"/disk-flat.vmdk") || w.has(t, "nas", trash+"/Thumbs.db") {
		t.Error("the files of the set, or its junk files, are still there")
	}
	if w.has(t, "nas", dir.Deleted(key("Bart", 18), thisRun)) {
		t.Error("a set without junk folders is still in trash")
	}
	wantStuck(t, w, trash)
}

// wantStuck: nothing is left to do, and a warning names the folder in trash.
func wantStuck(t *testing.T, w *world, trash string) {
	t.Helper()
	next := w.plan(t)
	if len(next.Changes) > 0 || len(next.Cleanups) > 0 {
		t.Errorf("the next plan has %d changes and the cleanups %v", len(next.Changes), next.Cleanups)
	}
	i := slices.IndexFunc(next.Notices, func(n diff.Notice) bool { return n.Warns() && strings.Contains(n.Text, trash) })
	if i < 0 {
		t.Errorf("no warning names %s in %v", trash, next.Notices)
	}
}

// A link that came into the set under a name of system junk, and that the server
// does not let go.
func TestRun_junkThatIsRefusedFailsNoDelete(t *testing.T) {
	w := scene(t, chainScene)
	link := key("Bart", 17).String() + "/.DS_Store"
	w.stores["nas"].Plant(providers.File{Path: link, Kind: providers.Link}, nil)
	trash := dir.Deleted(key("Bart", 17), thisRun)
	refuse := faults.FailAlways(faults.On(trash+"/.DS_Store", faults.Remove), errRefused)
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, script: faults.New(refuse)})
	must(t, r, err)
	if got := warnings(r); !strings.Contains(got, ".DS_Store could not be deleted") {
		t.Errorf("the warnings are %q", got)
	}
	if w.has(t, "nas", trash+"/disk-flat.vmdk") {
		t.Error("the files of the set are still there")
	}
}

// ProFTPD leaves links out of MLSD, and refuses to remove the folder.
func TestRun_whatIsNotListedFailsNoDelete(t *testing.T) {
	for _, refused := range []string{"", "/sub"} {
		w := scene(t, chainScene)
		trash := dir.Deleted(key("Bart", 17), thisRun)
		refuse := faults.FailAlways(func(c faults.Call) bool {
			return c.Op == faults.Remove && (c.Path == trash || c.Path == trash+refused)
		}, errRefused)
		r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, script: faults.New(refuse)})
		must(t, r, err)
		if got := warnings(r); !strings.Contains(got, "a link or a file that the server does not list") {
			t.Errorf("%q refused: the warnings are %q", refused, got)
		}
	}
}

// A link in trash that is listed as one is named every day, and fails nothing.
func TestRun_linkInTrashIsNamedAndStays(t *testing.T) {
	w := scene(t, chainScene)
	trash := dir.Deleted(key("Bart", 11), oldRun)
	w.plant("nas", trash+"/disk-flat.vmdk", "left")
	w.stores["nas"].Plant(providers.File{Path: trash + "/aside", Kind: providers.Link}, nil)
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
	must(t, r, err)
	if got := warnings(r); !strings.Contains(got, "aside is not a regular file (link)") {
		t.Errorf("the warnings are %q", got)
	}
	if _, err := w.stores["nas"].Stat(t.Context(), trash+"/aside"); errors.Is(err, fs.ErrNotExist) {
		t.Error("the link is gone")
	}
	wantStuck(t, w, trash)
}

// A name that cannot be used is nothing that a later apply could remove.
func TestRun_unusableNameInTrashFailsNothing(t *testing.T) {
	w := scene(t, chainScene)
	trash := dir.Deleted(key("Bart", 11), oldRun)
	w.plant("nas", trash+"/\x1b[2Jgone", "left")
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
	must(t, r, err)
	if got := r.Outcomes; len(warnings(r)) > 0 {
		t.Errorf("a folder that holds nothing else was tried: %v", got)
	}
	i := slices.IndexFunc(w.plan(t).Notices, func(n diff.Notice) bool { return n.Warns() && strings.Contains(n.Text, trash) })
	if i < 0 {
		t.Error("no warning names the folder")
	}
}

func TestReadTree_closedJunkIsNoPartOfASet(t *testing.T) {
	w := hidingLinks(t)
	w.plant("nas", key("Bart", 20).String()+"/@eaDir/x", "another's")
	tree, err := read.Folder(t.Context(), w.stores["nas"], key("Bart", 20).String())
	if err != nil || !slices.Equal(tree.Closed, []string{"@eaDir"}) || len(tree.Junk)+len(tree.JunkDirs) > 0 {
		t.Errorf("got %+v, %v", tree, err)
	}
}

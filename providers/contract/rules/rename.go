package rules

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

const (
	renameAdvice = `set publish = "in_place" for this destination, or allow the account to rename folders`
	acrossAdvice = `allow the account to rename files into other folders; publish = "in_place" needs it as well`
)

var renames = []Clause{
	{"rename-file", "a file can be renamed inside its folder and keeps its content",
		`allow the account to rename; publish = "in_place" needs it as well`, renameFile},
	{"rename-file-across", "a file can be renamed into another folder", acrossAdvice, renameFileAcross},
	{"rename-directory", "a directory can be renamed with everything in it", renameAdvice, renameDirectory},
	{"rename-parents", "a rename creates the missing parents of the new name", "", renameParents},
	{"rename-names", "directories with spaces and punctuation in their names can be renamed", namesAdvice, renameNames},
	{"rename-deep", "a file with a long path can be renamed", "choose a short root, work_dir and layout", renameDeep},
	{"rename-together", "concurrent clients can rename their own directories", "lower connections to the number that the server allows", renamesAtOnce},
	{"rename-onto-file", "a rename onto a file fails and changes nothing", "", renameOntoFile},
	{"rename-onto-empty-directory", "a rename onto an empty directory fails and changes nothing", "", renameOntoEmptyDirectory},
	{"rename-onto-full-directory", "a rename onto a directory that is not empty fails and changes nothing", "", renameOntoFullDirectory},
	{"rename-onto-itself", "a rename onto the same name fails and changes nothing", "", renameOntoItself},
	{"rename-into-itself", "a rename of a directory into itself fails and loses nothing", "", renameIntoItself},
	{"rename-missing", "a rename of a missing path reports that it does not exist", "", renameMissing},
}

func renameFile(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "a", "one")
	t.Write(ctx, "c", "beside")
	t.Must(t.Rename(ctx, "a", "b"))
	t.Lists(ctx, ".", "b", "c")
	t.Gone(ctx, "a")
	t.Holds(ctx, "b", bodies.Text("one"))
}

func renameFileAcross(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "staging/a", "one")
	t.Write(ctx, "final/c", "beside")
	t.Must(t.Rename(ctx, "staging/a", "final/b"))
	t.Lists(ctx, "final", "b", "c")
	t.Gone(ctx, "staging/a")
	t.Holds(ctx, "final/b", bodies.Text("one"))
}

func renameNames(ctx context.Context, t *trial.Trial) {
	for _, name := range plainNames {
		t.Write(ctx, "d/"+name+"/in", "in")
		t.Must(t.Rename(ctx, "d/"+name, "moved"))
		t.Must(t.Rename(ctx, "moved", "d/"+name))
		t.Holds(ctx, "d/"+name+"/in", bodies.Text("in"))
		t.Discard(ctx, "d/"+name, "d/"+name+"/in")
	}
}

func renameDeep(ctx context.Context, t *trial.Trial) {
	name, _ := keptDeep(ctx, t)
	t.Must(t.Rename(ctx, name, "short"))
	t.Holds(ctx, "short", bodies.Text("deep"))
}

// Advice is the advice of the rule name where these have failed: publish =
// "in_place" renames files across folders, and helps only where that is done.
func Advice(name, advice string, failed map[string]string) string {
	if name == "rename-directory" && failed["rename-file-across"] != "" {
		return "allow the account to rename folders; " + acrossAdvice
	}
	return advice
}

func renameDirectory(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "staging/set/disk", "disk")
	t.Write(ctx, "staging/set/sub/log", "log")
	t.Write(ctx, "final/other", "other")
	t.Must(t.Rename(ctx, "staging/set", "final/set"))
	t.Lists(ctx, "staging")
	t.Lists(ctx, "final", "other", "set")
	t.Lists(ctx, "final/set", "disk", "sub")
	t.Holds(ctx, "final/set/disk", bodies.Text("disk"))
	t.Holds(ctx, "final/set/sub/log", bodies.Text("log"))
}

func renameParents(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "dir/file", "text")
	t.Must(t.Rename(ctx, "dir", "new/deep/dir"))
	t.Holds(ctx, "new/deep/dir/file", bodies.Text("text"))
	t.Must(t.Rename(ctx, "new/deep/dir/file", "other/file"))
	t.Holds(ctx, "other/file", bodies.Text("text"))
}

func renameOntoFile(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "a", "one")
	t.Write(ctx, "b", "two")
	t.Write(ctx, "dir/file", "three")
	t.Refused("rename of a file onto a file", t.Rename(ctx, "a", "b"), fs.ErrExist)
	t.Refused("rename of a directory onto a file", t.Rename(ctx, "dir", "b"), fs.ErrExist)
	t.Lists(ctx, ".", "a", "b", "dir")
	t.Holds(ctx, "a", bodies.Text("one"))
	t.Holds(ctx, "b", bodies.Text("two"))
	t.Holds(ctx, "dir/file", bodies.Text("three"))
}

func renameOntoEmptyDirectory(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "a", "one")
	t.Write(ctx, "dir/file", "two")
	t.EmptyDir(ctx, "empty")
	t.Refused("rename of a file onto an empty directory", t.Rename(ctx, "a", "empty"), fs.ErrExist)
	t.Refused("rename of a directory onto an empty one", t.Rename(ctx, "dir", "empty"), fs.ErrExist)
	t.Lists(ctx, ".", "a", "dir", "empty")
	t.Lists(ctx, "empty")
	t.Holds(ctx, "dir/file", bodies.Text("two"))
}

func renameOntoFullDirectory(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "a", "one")
	t.Write(ctx, "dir/file", "two")
	t.Write(ctx, "full/file", "three")
	t.Refused("rename of a file onto a directory", t.Rename(ctx, "a", "full"), fs.ErrExist)
	t.Refused("rename of a directory onto a directory", t.Rename(ctx, "dir", "full"), fs.ErrExist)
	t.Lists(ctx, ".", "a", "dir", "full")
	t.Lists(ctx, "full", "file")
	t.Holds(ctx, "dir/file", bodies.Text("two"))
	t.Holds(ctx, "full/file", bodies.Text("three"))
}

func renameOntoItself(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "dir/file", "text")
	t.Refused("rename of a file onto itself", t.Rename(ctx, "dir/file", "dir/file"), fs.ErrExist)
	t.Refused("rename of a directory onto itself", t.Rename(ctx, "dir", "dir"), fs.ErrExist)
	t.Holds(ctx, "dir/file", bodies.Text("text"))
}

func renameIntoItself(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "dir/file", "text")
	t.Refused("rename of a directory into itself", t.Rename(ctx, "dir", "dir/below"), nil)
	t.Refused("rename of a directory deep into itself", t.Rename(ctx, "dir", "dir/new/below"), nil)
	t.Holds(ctx, "dir/file", bodies.Text("text"))
}

func renameMissing(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	t.Refused("rename of a missing file", t.Rename(ctx, "missing", "new"), fs.ErrNotExist)
	t.Refused("rename below a missing folder", t.Rename(ctx, "nowhere/missing", "new"), fs.ErrNotExist)
	t.Lists(ctx, ".", "file")
}

// renamesAtOnce publishes and deletes, each caller a folder of its own.
func renamesAtOnce(ctx context.Context, t *trial.Trial) {
	trial.AtOnce(t, func(own *trial.Trial, i int) {
		dir, body := fmt.Sprintf("vm-%d", i), bodies.Noise{Seed: uint64(i), Bytes: 20 << 10}
		own.Must(own.Put(ctx, dir+"/disk", body))
		own.Must(own.Rename(ctx, dir, "final/"+dir))
		own.Holds(ctx, "final/"+dir+"/disk", body)
		own.Must(own.Remove(ctx, "final/"+dir+"/disk"))
		own.Lists(ctx, "final/"+dir)
	})
	t.Works(ctx)
}

package contract

import (
	"context"
	"io/fs"
)

const (
	renameAdvice = `set publish = "in_place" for this destination, or allow the account to rename folders`
	acrossAdvice = `allow the account to rename files into other folders; publish = "in_place" needs it as well`
)

var renames = []clause{
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

func renameFile(ctx context.Context, t *trial) {
	t.write(ctx, "a", "one")
	t.write(ctx, "c", "beside")
	t.must(t.rename(ctx, "a", "b"))
	t.lists(ctx, ".", "b", "c")
	t.gone(ctx, "a")
	t.holds(ctx, "b", Text("one"))
}

func renameFileAcross(ctx context.Context, t *trial) {
	t.write(ctx, "staging/a", "one")
	t.write(ctx, "final/c", "beside")
	t.must(t.rename(ctx, "staging/a", "final/b"))
	t.lists(ctx, "final", "b", "c")
	t.gone(ctx, "staging/a")
	t.holds(ctx, "final/b", Text("one"))
}

func renameNames(ctx context.Context, t *trial) {
	for _, name := range plainNames {
		t.write(ctx, "d/"+name+"/in", "in")
		t.must(t.rename(ctx, "d/"+name, "moved"))
		t.must(t.rename(ctx, "moved", "d/"+name))
		t.holds(ctx, "d/"+name+"/in", Text("in"))
		t.discard(ctx, "d/"+name, "d/"+name+"/in")
	}
}

func renameDeep(ctx context.Context, t *trial) {
	name, _ := t.deep(ctx)
	t.must(t.rename(ctx, name, "short"))
	t.holds(ctx, "short", Text("deep"))
}

// adviceFor is the advice of a rule where these have failed: publish =
// "in_place" renames files across folders, and helps only where that is done.
func adviceFor(r Rule, failed map[string]string) string {
	if r.Name == "rename-directory" && failed["rename-file-across"] != "" {
		return "allow the account to rename folders; " + acrossAdvice
	}
	return r.Advice
}

func renameDirectory(ctx context.Context, t *trial) {
	t.write(ctx, "staging/set/disk", "disk")
	t.write(ctx, "staging/set/sub/log", "log")
	t.write(ctx, "final/other", "other")
	t.must(t.rename(ctx, "staging/set", "final/set"))
	t.lists(ctx, "staging")
	t.lists(ctx, "final", "other", "set")
	t.lists(ctx, "final/set", "disk", "sub")
	t.holds(ctx, "final/set/disk", Text("disk"))
	t.holds(ctx, "final/set/sub/log", Text("log"))
}

func renameParents(ctx context.Context, t *trial) {
	t.write(ctx, "dir/file", "text")
	t.must(t.rename(ctx, "dir", "new/deep/dir"))
	t.holds(ctx, "new/deep/dir/file", Text("text"))
	t.must(t.rename(ctx, "new/deep/dir/file", "other/file"))
	t.holds(ctx, "other/file", Text("text"))
}

func renameOntoFile(ctx context.Context, t *trial) {
	t.write(ctx, "a", "one")
	t.write(ctx, "b", "two")
	t.write(ctx, "dir/file", "three")
	t.refused("rename of a file onto a file", t.rename(ctx, "a", "b"), fs.ErrExist)
	t.refused("rename of a directory onto a file", t.rename(ctx, "dir", "b"), fs.ErrExist)
	t.lists(ctx, ".", "a", "b", "dir")
	t.holds(ctx, "a", Text("one"))
	t.holds(ctx, "b", Text("two"))
	t.holds(ctx, "dir/file", Text("three"))
}

func renameOntoEmptyDirectory(ctx context.Context, t *trial) {
	t.write(ctx, "a", "one")
	t.write(ctx, "dir/file", "two")
	t.emptyDir(ctx, "empty")
	t.refused("rename of a file onto an empty directory", t.rename(ctx, "a", "empty"), fs.ErrExist)
	t.refused("rename of a directory onto an empty one", t.rename(ctx, "dir", "empty"), fs.ErrExist)
	t.lists(ctx, ".", "a", "dir", "empty")
	t.lists(ctx, "empty")
	t.holds(ctx, "dir/file", Text("two"))
}

func renameOntoFullDirectory(ctx context.Context, t *trial) {
	t.write(ctx, "a", "one")
	t.write(ctx, "dir/file", "two")
	t.write(ctx, "full/file", "three")
	t.refused("rename of a file onto a directory", t.rename(ctx, "a", "full"), fs.ErrExist)
	t.refused("rename of a directory onto a directory", t.rename(ctx, "dir", "full"), fs.ErrExist)
	t.lists(ctx, ".", "a", "dir", "full")
	t.lists(ctx, "full", "file")
	t.holds(ctx, "dir/file", Text("two"))
	t.holds(ctx, "full/file", Text("three"))
}

func renameOntoItself(ctx context.Context, t *trial) {
	t.write(ctx, "dir/file", "text")
	t.refused("rename of a file onto itself", t.rename(ctx, "dir/file", "dir/file"), fs.ErrExist)
	t.refused("rename of a directory onto itself", t.rename(ctx, "dir", "dir"), fs.ErrExist)
	t.holds(ctx, "dir/file", Text("text"))
}

func renameIntoItself(ctx context.Context, t *trial) {
	t.write(ctx, "dir/file", "text")
	t.refused("rename of a directory into itself", t.rename(ctx, "dir", "dir/below"), nil)
	t.refused("rename of a directory deep into itself", t.rename(ctx, "dir", "dir/new/below"), nil)
	t.holds(ctx, "dir/file", Text("text"))
}

func renameMissing(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	t.refused("rename of a missing file", t.rename(ctx, "missing", "new"), fs.ErrNotExist)
	t.refused("rename below a missing folder", t.rename(ctx, "nowhere/missing", "new"), fs.ErrNotExist)
	t.lists(ctx, ".", "file")
}

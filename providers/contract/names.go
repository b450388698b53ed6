package contract

import (
	"context"
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

const namesAdvice = "the destination cannot store backups with such names; rename the VM or its files"

// plainNames are what VMs are called.
var plainNames = []string{"two words.vmdk", "a (1) [2] {3}", "a+b=c,d@e", "100%25", "#1", "it's", "a;b&c$d!e^f`g", "~home"}

var names = []clause{
	{"names-plain", "names with spaces and punctuation are preserved", namesAdvice, named(plainNames...)},
	{"names-case", "upper and lower case are preserved", namesAdvice, named("MixedCase.VMDK")},
	{"names-reserved", "names that are invalid on Windows are preserved or refused", namesAdvice,
		named(`a"b`, "a:b", "a*b", "what?", "a<b>c|d")},
	{"names-unicode", "names with non-ASCII characters are preserved", namesAdvice,
		named("Büro-Server äöüß", "serveur été", "резервная копия", "日本語", "disk 💾")},
	{"names-dash", "names that begin with a dash are not taken as options", namesAdvice, named("-x", "-la", "--help")},
	{"names-dot", "names that begin with a dot are listed",
		"configure the server to list them (vsftpd: force_dot_files=YES), or set a work_dir without a dot",
		named(".hidden", "..two", ".vmxsync")},
	{"names-long", "names are preserved up to the stated length", "keep the names of VMs and of their files short", namesLong},
}

// longPath is the longest path, in bytes below the root, that is tried: Windows
// ends at 260, and no backup needs more.
const longPath = 1000

func named(examples ...string) func(context.Context, *trial) {
	return func(ctx context.Context, t *trial) {
		for _, name := range examples {
			t.keeps(ctx, name)
		}
	}
}

func namesLong(ctx context.Context, t *trial) {
	longest := min(t.env.Store.Traits().NameBytes, 255)
	for _, n := range []int{64, 128, longest} {
		if n <= longest {
			t.keeps(ctx, strings.Repeat("n", n))
		}
	}
}

func pathsLong(ctx context.Context, t *trial) {
	if name, refused := t.deep(ctx); t.err == nil && refused > 0 {
		t.notApplicable("the place refuses paths of more than %d bytes", len(t.path(name)))
	}
}

// deep keeps a file below folders with names of 100 bytes, as deep as the place
// takes it. Of the lengths that it refuses it returns the last one; 0: none.
func (t *trial) deep(ctx context.Context) (name string, refused int) {
	longest := longPath
	if most := t.env.Store.Traits().PathBytes; most > 0 {
		longest = min(longest, most)
	}
	for ; ; longest -= longPath / 10 {
		name = t.deepName(longest)
		err := t.put(ctx, name, Text("deep"))
		if errors.Is(err, providers.ErrName) && longest > longPath/5 {
			refused = longest
			continue
		}
		t.must(err)
		t.holds(ctx, name, Text("deep"))
		return name, refused
	}
}

func (t *trial) deepName(longest int) string {
	name := "n"
	for left := longest - len(t.path(name)); left >= 2; left = longest - len(t.path(name)) {
		name = strings.Repeat("n", min(left-1, 100)) + "/" + name
	}
	return name
}

// keeps demands that name is kept as it is, for files and for directories, or
// refused by providers.ErrName.
func (t *trial) keeps(ctx context.Context, name string) {
	err := t.put(ctx, "f/"+name, Text(name))
	if errors.Is(err, providers.ErrName) {
		t.listsOnly(ctx, "f")
		t.notApplicable("the place refuses the name %q", name)
		return
	}
	t.must(err)
	// Removed by name, because a place that hides it cannot be swept.
	defer t.discard(ctx, "f/"+name)
	t.lists(ctx, "f", name)
	t.holds(ctx, "f/"+name, Text(name))
	t.keepsDirectory(ctx, name)
}

func (t *trial) keepsDirectory(ctx context.Context, name string) {
	err := t.put(ctx, "d/"+name+"/in", Text("in"))
	if errors.Is(err, providers.ErrName) {
		t.notApplicable("the place refuses a directory with the name %q", name)
		return
	}
	t.must(err)
	defer t.discard(ctx, "d/"+name, "d/"+name+"/in")
	t.lists(ctx, "d", name)
	t.lists(ctx, "d/"+name, "in")
	t.isDir(ctx, "d/"+name)
	t.holds(ctx, "d/"+name+"/in", Text("in"))
}

// discard removes paths, the last one first, whatever was recorded before;
// what it cannot remove is left to the sweep.
func (t *trial) discard(ctx context.Context, names ...string) {
	for i := len(names) - 1; i >= 0; i-- {
		_ = t.env.Store.Remove(ctx, t.path(names[i]))
	}
}

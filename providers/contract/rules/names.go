package rules

import (
	"context"
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

const namesAdvice = "the destination cannot store backups with such names; rename the VM or its files"

// plainNames are what VMs are called.
var plainNames = []string{"two words.vmdk", "a (1) [2] {3}", "a+b=c,d@e", "100%25", "#1", "it's", "a;b&c$d!e^f`g", "~home"}

var names = []Clause{
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

func named(examples ...string) func(context.Context, *trial.Trial) {
	return func(ctx context.Context, t *trial.Trial) {
		for _, name := range examples {
			keeps(ctx, t, name)
		}
	}
}

func namesLong(ctx context.Context, t *trial.Trial) {
	longest := min(t.Store.Traits().NameBytes, 255)
	for _, n := range []int{64, 128, longest} {
		if n <= longest {
			keeps(ctx, t, strings.Repeat("n", n))
		}
	}
}

// keeps demands that name is kept as it is, for files and for directories, or
// refused by providers.ErrName.
func keeps(ctx context.Context, t *trial.Trial, name string) {
	err := t.Put(ctx, "f/"+name, bodies.Text(name))
	if errors.Is(err, providers.ErrName) {
		t.ListsOnly(ctx, "f")
		t.NotApplicable("the place refuses the name %q", name)
		return
	}
	t.Must(err)
	// Removed by name, because a place that hides it cannot be swept.
	defer t.Discard(ctx, "f/"+name)
	t.Lists(ctx, "f", name)
	t.Holds(ctx, "f/"+name, bodies.Text(name))
	keepsDirectory(ctx, t, name)
}

func keepsDirectory(ctx context.Context, t *trial.Trial, name string) {
	err := t.Put(ctx, "d/"+name+"/in", bodies.Text("in"))
	if errors.Is(err, providers.ErrName) {
		t.NotApplicable("the place refuses a directory with the name %q", name)
		return
	}
	t.Must(err)
	defer t.Discard(ctx, "d/"+name, "d/"+name+"/in")
	t.Lists(ctx, "d", name)
	t.Lists(ctx, "d/"+name, "in")
	t.IsDir(ctx, "d/"+name)
	t.Holds(ctx, "d/"+name+"/in", bodies.Text("in"))
}

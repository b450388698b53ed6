package cmdline

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

// PowerShell splits -out=plan.out at its dot if it is not quoted, and passes
// "-out=plan" and ".out".

var dotted = regexp.MustCompile(`^\.[A-Za-z0-9]+$`)

// splitAtDot reports whether rest was split off the flag before it. If a file has that
// name, the file is meant.
func splitAtDot(flag, rest string) bool {
	if !strings.HasPrefix(flag, "-") || !strings.Contains(flag, "=") || !dotted.MatchString(rest) {
		return false
	}
	_, err := os.Lstat(rest)
	return err != nil
}

func splitByPowerShell(flag, rest string) error {
	return failure.Usage(fmt.Errorf("unexpected argument %q", rest), fmt.Sprintf("PowerShell splits an argument at its dot: write '%s%s' in quotes.", flag, rest))
}

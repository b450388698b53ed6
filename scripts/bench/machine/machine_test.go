package machine

import "testing"

func TestDescribe_readsFiles(t *testing.T) {
	if got := cpu("processor\t: 0\nmodel name\t: Xeon: 2\n"); got != "Xeon: 2" {
		t.Errorf("processor %q", got)
	}
	if got := distribution("NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n"); got != "Debian GNU/Linux 12" {
		t.Errorf("system %q", got)
	}
}

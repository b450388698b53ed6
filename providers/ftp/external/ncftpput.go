package external

import (
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// ncftpput reads host, username and password from a file. Of a longer path it
// was measured to send a part, and of a longer password to read one.
var ncftpput = Method{
	program:      "ncftpput",
	install:      "Debian: apt install ncftp",
	longestPath:  480,
	longestLogin: 100,
	login: func(d *wire.Dialer, _ string) string {
		host := strings.Trim(d.Settings.Host, "[]")
		return "host " + host + "\nuser " + d.Settings.User() + "\npass " + d.Password + "\n"
	},
	args:    ncftpputArgs,
	meaning: ncftpputMeaning,
}

// ncftpputArgs: it would dial for ever without -r, and says nothing of a
// refusal but in its dialogue, in which it hides the password. Its waits are for
// a reply; that bytes move is watched from here.
func ncftpputArgs(d *wire.Dialer, loginFile, target string) []string {
	return []string{
		"-f", loginFile,
		"-P", strconv.Itoa(d.Settings.PortNumber()),
		"-t", wholeSeconds(d.Waits.Reply),
		"-r", "1",
		"-d", "stdout",
		"-F", "-V", "-Z",
		"-c", target,
	}
}

// ncftpputMeaning knows the exit codes of ncftpput, as its manual lists them,
// and what follows 3.
func ncftpputMeaning(code int, said []string) meaning {
	m := meaning{why: ncftpputWhy(said)}
	if r, begun := ncftpputRefusal(said); r != nil {
		m.kind, m.why = r, r.Text
		switch {
		case code == 1 && r.Code != 421:
			m.kind = &wire.BadLogin{Reply: r}
		case begun:
			m.kind = afterData(r)
		}
		return m
	}
	reason := errors.New(m.why)
	switch code {
	case 1:
		m.kind = &retry.Unreachable{Err: &wire.Step{Name: "connect", Err: reason}}
	case 2:
		m.kind = &retry.Unreachable{Err: &wire.Step{Name: "connect", Err: os.ErrDeadlineExceeded}}
	case 3:
		m.kind = &retry.Lost{Err: reason}
	case 4:
		m.kind = &retry.Lost{Err: os.ErrDeadlineExceeded}
	}
	return m
}

// dialogue are the lines in what ncftpput says of its dialogue.
var dialogue = regexp.MustCompile(`^(Cmd|[1-5][0-9]{2}): (.*)$`)

// ncftpputRefusal is the negative reply that ended the work, and reports whether bytes
// had been sent. Questions about what the server can do may be answered by no.
func ncftpputRefusal(said []string) (last *wire.Refusal, begun bool) {
	verb := ""
	for _, line := range said {
		found := dialogue.FindStringSubmatch(line)
		switch {
		case found == nil:
			continue
		case found[1] == "Cmd":
			verb, _, _ = strings.Cut(found[2], " ")
			continue
		}
		code, _ := strconv.Atoi(found[1])
		begun = begun || verb == "STOR" && code < 200
		if code >= 400 && ncftpputNeeds(verb) {
			last = wire.Refused(code, found[2])
		}
	}
	return last, begun
}

func ncftpputNeeds(verb string) bool {
	switch verb {
	case "", "USER", "PASS", "TYPE", "PASV", "STOR":
		return true
	}
	return false
}

// ncftpputWhy is the last line that is no part of the dialogue.
func ncftpputWhy(said []string) string {
	for i := len(said) - 1; i >= 0; i-- {
		if !dialogue.MatchString(said[i]) {
			return said[i]
		}
	}
	return ""
}

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

func curlOptions(j job) []string {
	options := []string{"--silent", "--show-error", "--fail-early", "--user", j.server.User + ":" + j.server.Password, "--ftp-create-dirs"}
	if j.server.TLS != ftptest.Off {
		options = append(options, "--ssl-reqd", "--cacert", j.server.CAFile)
	}
	return options
}

func (t peers) curlFile() program {
	return t.peer("curl -T", "curl", func(j job) ([]string, []string, error) {
		return append(curlOptions(j), "-T", filepath.Join(j.source, j.largest()), j.url(j.largest())), nil, nil
	})
}

// curlTree names the files in a file, because a command line may be too short.
func (t peers) curlTree() program {
	return t.peer("curl -T", "curl", func(j job) ([]string, []string, error) {
		list := filepath.Join(j.home, "curlrc")
		var text strings.Builder
		for _, vm := range j.folders {
			for _, set := range vm {
				for _, file := range j.filesOf(set) {
					fmt.Fprintf(&text, "upload-file = %q\nurl = %q\n", filepath.Join(j.source, file), j.url(file))
				}
			}
		}
		args := append(curlOptions(j), "--config", list)
		if j.connections > 1 {
			args = append(args, "--parallel", "--parallel-immediate", "--parallel-max", strconv.Itoa(j.connections))
		}
		return args, nil, os.WriteFile(list, []byte(text.String()), 0o600)
	})
}

func noTLS(j job) error {
	if j.server.TLS != ftptest.Off {
		return errors.New("its Debian package has no TLS")
	}
	return nil
}

func ncftpOptions(j job) []string {
	return []string{"-V", "-u", j.server.User, "-p", j.server.Password, "-P", strconv.Itoa(j.port)}
}

func (t peers) ncftpFile() program {
	p := t.peer("ncftpput", "ncftpput", func(j job) ([]string, []string, error) {
		dir := filepath.Dir(j.largest())
		return append(ncftpOptions(j), "-m", j.host, dir, filepath.Join(j.source, j.largest())), nil, nil
	})
	p.refuse = noTLS
	return p
}

func (t peers) ncftpTree() program {
	p := t.peer("ncftpput -R, 1 connection", "ncftpput", func(j job) ([]string, []string, error) {
		args := append(ncftpOptions(j), "-R", j.host, ".")
		for _, vm := range j.vmNames() {
			args = append(args, filepath.Join(j.source, vm))
		}
		return args, nil, nil
	})
	p.refuse = noTLS
	return p
}

// lftp runs a script in the folder of the login.
func (t peers) lftp(name string, script func(j job) string) program {
	return t.peer(name, "lftp", func(j job) ([]string, []string, error) {
		return []string{"--norc", "-c", lftpOpen(j) + script(j)}, nil, nil
	})
}

// lftpOpen asks for EPSV under TLS, where a relay cannot change the address in the reply
// to PASV.
func lftpOpen(j job) string {
	lines := []string{"set cmd:fail-exit true", "set net:max-retries 2", fmt.Sprintf("set net:connection-limit %d", j.connections)}
	if j.server.TLS == ftptest.Off {
		lines = append(lines, "set ftp:ssl-allow false")
	} else {
		lines = append(lines, "set ftp:ssl-force true", "set ftp:ssl-protect-data true", "set ftp:prefer-epsv true", "set ssl:ca-file "+j.server.CAFile)
	}
	lines = append(lines, fmt.Sprintf("open -u %s,%s %s://%s", j.server.User, j.server.Password, j.scheme(), j.addr()), "")
	return strings.Join(lines, "; ")
}

func (t peers) lftpFile() program {
	return t.lftp("lftp put", func(j job) string {
		dir := filepath.Dir(j.largest())
		return fmt.Sprintf("mkdir -p %s; put -O %s %s", dir, dir, filepath.Join(j.source, j.largest()))
	})
}

func (t peers) lftpTree() program {
	return t.lftp("lftp mirror -R --parallel", func(j job) string {
		return fmt.Sprintf("mirror -R --parallel=%d %s .", j.connections, j.source)
	})
}

func (t peers) lftpFind() program {
	return t.lftp("lftp find", func(job) string { return "find ." })
}

func (t peers) lftpRemove() program {
	return t.lftp("lftp rm -r", func(j job) string { return "rm -r " + strings.Join(j.superseded(), " ") })
}

func (t peers) lftpGet() program {
	return t.lftp("lftp pget", func(j job) string {
		dir := filepath.Join(j.target, filepath.Dir(j.largest()))
		return fmt.Sprintf("local mkdir -p %s; pget -n %d -O %s %s", dir, j.connections, dir, j.largest())
	})
}

func (t peers) curlGet() program {
	return t.peer("curl -o, 1 connection", "curl", func(j job) ([]string, []string, error) {
		return append(curlOptions(j), "--create-dirs", "-o", filepath.Join(j.target, j.largest()), j.url(j.largest())), nil, nil
	})
}

// rcloneGet has one connection: with several, rclone 1.60 ended well on vsftpd, and the file
// had other bytes.
func (t peers) rcloneGet() program {
	return t.rclone("rclone copyto, 1 connection", func(j job) []string {
		return []string{"copyto", remote(j.largest()), filepath.Join(j.target, j.largest()), "--multi-thread-streams", "0"}
	})
}

// rclone takes its configuration from the environment.
func (t peers) rclone(name string, build func(j job) []string) program {
	return t.peer(name, "rclone", func(j job) ([]string, []string, error) {
		secret, err := t.Obscure(j.server.Password)
		if err != nil {
			return nil, nil, err
		}
		n := strconv.Itoa(j.connections)
		args := append(build(j), "--quiet", "--transfers", n, "--checkers", n, "--config", filepath.Join(j.home, "rclone.conf"))
		env := []string{"RCLONE_CONFIG_SERVER_TYPE=ftp", "RCLONE_CONFIG_SERVER_HOST=" + j.host, "RCLONE_CONFIG_SERVER_PORT=" + strconv.Itoa(j.port),
			"RCLONE_CONFIG_SERVER_USER=" + j.server.User, "RCLONE_CONFIG_SERVER_PASS=" + secret}
		switch j.server.TLS {
		case ftptest.Explicit:
			env = append(env, "RCLONE_CONFIG_SERVER_EXPLICIT_TLS=true")
		case ftptest.Implicit:
			env = append(env, "RCLONE_CONFIG_SERVER_TLS=true")
		}
		if j.server.TLS != ftptest.Off {
			// --ca-cert is not for FTP, and 1.60 cannot resume a session of TLS 1.3, as vsftpd wants.
			env = append(env, "SSL_CERT_FILE="+j.server.CAFile, "RCLONE_CONFIG_SERVER_DISABLE_TLS13=true")
		}
		return args, env, os.WriteFile(filepath.Join(j.home, "rclone.conf"), nil, 0o600)
	})
}

func remote(path string) string { return "server:" + filepath.ToSlash(path) }

func (t peers) rcloneFile() program {
	return t.rclone("rclone copyto", func(j job) []string {
		return []string{"copyto", filepath.Join(j.source, j.largest()), remote(j.largest())}
	})
}

func (t peers) rcloneTree() program {
	return t.rclone("rclone copy", func(j job) []string { return []string{"copy", j.source, remote("")} })
}

func (t peers) rcloneList() program {
	return t.rclone("rclone lsf -R", func(j job) []string { return []string{"lsf", "-R", remote("")} })
}

// rcloneDelete makes the destination a mirror of the newest sets. With delete --rmdirs,
// rclone 1.60 removes some folders twice and fails.
func (t peers) rcloneDelete() program {
	return t.rclone("rclone sync", func(j job) []string {
		args := []string{"sync", j.source, remote(""), "--size-only", "--delete-excluded"}
		for _, set := range j.kept() {
			args = append(args, "--include", "/"+filepath.ToSlash(set)+"/**")
		}
		return args
	})
}

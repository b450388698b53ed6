package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

const configuration = `source "local" "vmexplorer" {
  path = "backups"
}

destination "ftp" "nas" {
  host     = %q
  port     = %d
  username = %q
  password = env("NAS_PASSWORD")
  root     = "/"

  tls {
    ca_file = %q
  }
}

retention "standard" {
  keep_last = 3
}

backup "default" {
  source       = source.local.vmexplorer
  destinations = [destination.ftp.nas]
  retention    = retention.standard
}
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "vmxsync-quickstart-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	server, err := ftptest.Start(ftptest.Options{User: "backup", Password: "s3cret", TLS: ftptest.Explicit})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()

	s := &demo{dir: dir, server: server, today: time.Now()}
	fmt.Println("An FTP server with TLS runs in this process; building vmxsync ...")
	if err := s.build(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{s.lastWeek, s.tonight, s.plan, s.apply, s.after} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	fmt.Println("\nThis was the whole demonstration. The temporary folder is deleted.")
	return nil
}

// demo is one run, from an old server to a plan without changes.
type demo struct {
	dir    string // holds the configuration, the backups, and the program
	server *ftptest.Server
	today  time.Time
}

// lastWeek leaves two sets on the server: one that vmxsync uploaded, with a
// manifest, and one that another tool put there.
func (s *demo) lastWeek(ctx context.Context) error {
	config := fmt.Sprintf(configuration, s.server.Host, s.server.Port, s.server.User, filepath.ToSlash(s.server.CAFile))
	if err := os.WriteFile(filepath.Join(s.dir, "vmxsync.hcl"), []byte(config), 0o644); err != nil {
		return err
	}
	old := filepath.Join("Bart", s.stamp(9))
	if err := writeSet(filepath.Join(s.dir, "backups", old), "Bart", s.day(9)); err != nil {
		return err
	}
	if _, err := s.vmxsync(ctx, exitDone, "apply", "-auto-approve", "-quiet"); err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(s.dir, "backups", old)); err != nil {
		return err
	}
	return writeSet(filepath.Join(s.server.Root, "Homer", s.stamp(30)), "Homer", s.day(30))
}

// tonight makes the backups that are to be copied.
func (s *demo) tonight(context.Context) error {
	for _, vm := range []string{"Bart", "Homer", "Lisa"} {
		for _, age := range []int{3, 2, 1} {
			if err := writeSet(filepath.Join(s.dir, "backups", vm, s.stamp(age)), vm, s.day(age)); err != nil {
				return err
			}
		}
	}
	fmt.Print("\nThe configuration, vmxsync.hcl:\n\n", indent(readFile(filepath.Join(s.dir, "vmxsync.hcl"))))
	return nil
}

func (s *demo) plan(ctx context.Context) error {
	if err := s.show(ctx, exitChanges, []string{
		"Plan: 9 to add, 0 to change, 1 to destroy.",
		"nas/Bart/" + s.stamp(9) + " will be destroyed",
		"unmarked",
	}, "plan", "-out=plan.out", "-detailed-exitcode"); err != nil {
		return err
	}
	return s.show(ctx, exitDone, []string{"Plan: 9 to add, 0 to change, 1 to destroy."}, "show", "plan.out")
}

func (s *demo) apply(ctx context.Context) error {
	if err := s.show(ctx, exitDone, []string{"Apply complete! Resources: 9 added, 0 changed, 1 destroyed."}, "apply", "plan.out"); err != nil {
		return err
	}
	return s.sameOnDisk()
}

func (s *demo) after(ctx context.Context) error {
	if err := s.show(ctx, exitDone, []string{"complete", "unmarked"}, "list"); err != nil {
		return err
	}
	return s.show(ctx, exitDone, []string{"No changes."}, "plan", "-detailed-exitcode")
}

func (s *demo) day(age int) time.Time {
	y, m, d := s.today.AddDate(0, 0, -age).Date()
	return time.Date(y, m, d, 1, 0, 0, 0, time.Local)
}

func (s *demo) stamp(age int) string { return s.day(age).Format("2006-01-02-150405") }

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ") + "\n"
}

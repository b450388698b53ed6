package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
)

// byURL are the flags that name a destination without a configuration: for the day when
// the machine with the configuration is gone.
type byURL struct{ session.URL }

// flags are those of a command that does so: "restore from", "list".
func (u *byURL) flags(does string) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "url", Destination: &u.Text, Usage: "without a configuration: " + does + " `URL` (ftp://user@host/root, ftps://, sftp://, file:///folder); the password is that of VMXSYNC_PASSWORD, or asked for"},
		&cli.StringFlag{Name: "layout", Destination: &u.Layout, Usage: "with -url: where sets are below the root, as the attribute `LAYOUT`", DefaultText: "found by the manifests"},
		&cli.StringFlag{Name: "work-dir", Destination: &u.WorkDir, Usage: "with -url: `NAME` of vmxsync's own folder below the root", Value: ".vmxsync"},
	}
}

// config is the configuration of -url, or that of the folder.
func (u byURL) config(ctx context.Context, env *session.Env, g given, vars []hclconfig.VarArg) (session.Config, error) {
	if !g.set("url") {
		for _, flag := range []string{"layout", "work-dir"} {
			if g.set(flag) {
				return session.Config{}, failure.Usage(fmt.Errorf("-%s is for -url", flag), "A configuration has its own.")
			}
		}
		return env.Configuration(vars)
	}
	config, err := u.Config(env)
	if err == nil && u.Layout == "" {
		err = u.explained(session.FindLayout(ctx, env, config))
	}
	return config, err
}

// explained names the URL to use where err is about a server that is not trusted: its own way
// out is a line of a configuration.
func (u byURL) explained(err error) error {
	untrusted, ok := errors.AsType[providers.Untrusted](err)
	if u.Text == "" || !ok {
		return err
	}
	attribute, fingerprint := untrusted.Trust()
	problem, ok := errors.AsType[*failure.Problem](err)
	if attribute == "" || !ok {
		return err
	}
	mark := "?"
	if strings.Contains(u.Text, mark) {
		mark = "&"
	}
	hint := fmt.Sprintf("The server has the fingerprint %s. If that is not the one that you expect, somebody may be "+
		"intercepting the connection. If it is, add it to the URL:\n  -url=\"%s%s%s=%s\"", fingerprint, u.Text, mark, attribute, fingerprint)
	return failure.New(problem.Summary, failure.Hinted(problem.Err, hint))
}

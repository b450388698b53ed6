package session

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// PasswordVariable holds the password of a place that is named by its URL.
const PasswordVariable = "VMXSYNC_PASSWORD"

// URLName is the name of a place that is named by its URL.
const URLName = "url"

// URL is a destination without a configuration, as a person names it: for the day when
// the machine with the configuration is gone.
type URL struct {
	Text    string // ftp://user@host:port/root, ftps:// for implicit TLS, sftp://, file:///folder
	Layout  string // "": found by the manifests
	WorkDir string
	Ask     func(prompt string) (string, error) // for the password; nil: there is nobody to ask
}

// urlOptions are the parameters of a URL, with the attribute that each sets.
var urlOptions = map[string]map[string]string{
	"ftp":  {"tls": "tls.mode", "pin_sha256": "tls.pin_sha256", "ca_file": "tls.ca_file", "encoding": "encoding", "connections": "connections"},
	"sftp": {"host_key": "host_key", "known_hosts": "known_hosts", "private_key": "private_key", "connections": "connections"},
}

// Config is a configuration of that destination alone. The layout is that of the text, or
// the default.
func (u URL) Config(e *Env) (Config, error) {
	kind, settings, err := u.settings()
	if err != nil {
		return Config{}, failure.Usage(fmt.Errorf("-url: %w", err), "Write -url=ftp://user@host/root, ftps:// for implicit TLS, sftp://user@host/root or file:///folder.")
	}
	layout, err := state.ParseLayout(cmp.Or(u.Layout, state.DefaultLayout))
	if err != nil {
		return Config{}, failure.Usage(fmt.Errorf("-layout: %w", err), "Write it as the attribute layout: -layout=\"{vm}/%Y-%m-%d-%H%M%S\"")
	}
	if err := providers.CheckName(u.WorkDir); err != nil {
		return Config{}, failure.Usage(fmt.Errorf("-work-dir: %w", err), "It is the name of vmxsync's own folder below the root: .vmxsync")
	}
	d, err := e.driver(kind)
	if err != nil {
		return Config{}, err
	}
	into := d.New()
	text, err := json.Marshal(settings)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err == nil {
		err = checkSettings(into)
	}
	if err != nil {
		return Config{}, failure.Usage(fmt.Errorf("-url: %w", err), "Parameters: "+strings.Join(slices.Sorted(maps.Keys(urlOptions[kind])), ", ")+".")
	}
	spec := &config.Spec{Name: URLName, Destinations: []config.Destination{{Name: URLName, Type: kind, Settings: into, Layout: layout, WorkDir: u.WorkDir}}}
	return Config{Spec: spec, Secrets: u.secrets(e, into.Place())}, nil
}

// settings are the type of the place and its attributes.
func (u URL) settings() (kind string, attributes map[string]any, err error) {
	at, err := url.Parse(u.Text)
	if err != nil {
		return "", nil, errors.New("it is not a URL") // the text may hold a password
	}
	if _, secret := at.User.Password(); secret {
		return "", nil, fmt.Errorf("it contains a password, which other users of this machine can read: set %s instead", PasswordVariable)
	}
	switch at.Scheme {
	case "file":
		return "local", map[string]any{"path": folderOf(at.Path, runtime.GOOS == "windows")}, nil
	case "ftp", "ftps":
		kind = "ftp"
	case "sftp":
		kind = "sftp"
	default:
		return "", nil, fmt.Errorf("unknown scheme %q: want ftp, ftps, sftp or file", at.Scheme)
	}
	root := cmp.Or(at.Path, "/")
	attributes = map[string]any{"host": at.Hostname(), "root": root}
	if name := at.User.Username(); name != "" {
		attributes["username"] = name
		attributes["password"] = providers.Reference{Kind: providers.EnvReference, Name: PasswordVariable}
	}
	if port := at.Port(); port != "" {
		if attributes["port"], err = strconv.Atoi(port); err != nil {
			return "", nil, fmt.Errorf("%q is not a port", port)
		}
	}
	if at.Scheme == "ftps" {
		set(attributes, "tls.mode", "implicit")
	}
	at.RawQuery = strings.ReplaceAll(at.RawQuery, "+", "%2B") // keys and fingerprints have it, and are pasted
	return kind, attributes, addOptions(attributes, kind, at.Query())
}

// folderOf is the folder that the path of a file URL names. On Windows a drive has a slash
// before it there: file:///E:/backups is E:/backups.
func folderOf(p string, windows bool) string {
	if windows && len(p) > 2 && p[0] == '/' && p[2] == ':' {
		p = p[1:]
	}
	return filepath.FromSlash(p)
}

func addOptions(attributes map[string]any, kind string, query url.Values) error {
	for name, values := range query {
		attribute, known := urlOptions[kind][name]
		if !known {
			return fmt.Errorf("unknown parameter %q", name)
		}
		switch name {
		case "connections":
			n, err := strconv.Atoi(values[0])
			if err != nil {
				return fmt.Errorf("%q is not a number of connections", values[0])
			}
			set(attributes, attribute, n)
		case "pin_sha256", "host_key":
			set(attributes, attribute, values)
		case "private_key":
			delete(attributes, "password")
			fallthrough
		case "ca_file", "known_hosts":
			file, err := filepath.Abs(values[0])
			if err != nil {
				return err
			}
			set(attributes, attribute, file)
		default:
			set(attributes, attribute, values[0])
		}
	}
	return nil
}

// set sets "name", or "block.name".
func set(attributes map[string]any, name string, value any) {
	block, inner, nested := strings.Cut(name, ".")
	if !nested {
		attributes[name] = value
		return
	}
	if attributes[block] == nil {
		attributes[block] = map[string]any{}
	}
	attributes[block].(map[string]any)[inner] = value
}

// secrets is the password of the environment, or else of the person, who is asked once.
func (u URL) secrets(e *Env, place string) providers.Secrets {
	var asked string
	return func(_ context.Context, r providers.Reference) (string, error) {
		if r.IsZero() {
			return "", nil
		}
		if value, ok := e.Lookup(PasswordVariable); ok && value != "" {
			return value, nil
		}
		if asked == "" && u.Ask != nil {
			value, err := u.Ask("Password for " + place + ": ")
			if err != nil {
				return "", err
			}
			asked = value
		}
		if asked == "" {
			return "", failure.Hinted(fmt.Errorf("no password for %s", place), "Set "+PasswordVariable+" in the environment; on a terminal it is asked for.")
		}
		return asked, nil
	}
}

package config_test

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/state/config"
)

// No template runs for ever, and none takes the memory: each of these would, and
// ends by what it may spend.
func TestTemplate_endsWhateverItSays(t *testing.T) {
	doubling := `{{$x := "0123456789abcdef"}}` + strings.Repeat(`{{$x = print $x $x}}`, 60)
	for name, text := range map[string]string{
		"range":             `{{range 9223372036854775807}}{{end}}`,
		"range with else":   `{{range 9223372036854775807}}{{if .}}{{else}}{{end}}{{else}}x{{end}}`,
		"range with skip":   `{{range 9223372036854775807}}{{continue}}{{end}}`,
		"ranges in a range": strings.Repeat(`{{range $}}`, 30) + strings.Repeat(`{{end}}`, 30),
		"ranges in if":      strings.Repeat(`{{if true}}{{with $}}{{range $}}`, 30) + strings.Repeat(`{{end}}{{end}}{{end}}`, 30),
		"else of a range":   `{{range ""}}{{else}}{{range 9223372036854775807}}{{end}}{{end}}`,
		"templates":         `{{define "a"}}{{if .}}{{template "a" (slice . 1)}}{{template "a" (slice . 1)}}{{end}}{{end}}{{template "a" "` + strings.Repeat("x", 60) + `"}}`,
		"print":             doubling,
		"printf":            strings.ReplaceAll(doubling, "print $x", `printf "%s%s" $x`),
		"println":           strings.ReplaceAll(doubling, "print $x", "println $x"),
		"html":              strings.ReplaceAll(doubling, "print $x", "html $x"),
		"js":                strings.ReplaceAll(doubling, "print $x", "js $x"),
		"urlquery":          strings.ReplaceAll(doubling, "print $x", "urlquery $x"),
		"json":              `{{$x := "\\"}}` + strings.Repeat(`{{$x = json $x}}`, 100),
		"indexed":           `{{$x := printf "%999999d" 1}}{{printf "` + strings.Repeat("%[1]s", 10_000) + `" $x}}`,
		"widths":            `{{printf "` + strings.Repeat("%999999d", 5_000) + `" 1}}`,
		"many arguments":    `{{$x := printf "%999999d" 1}}{{print` + strings.Repeat(" $x", 10_000) + `}}`,
		"output":            `{{$x := printf "%999999d" 1}}{{range 1000}}{{$x}}{{end}}`,
	} {
		if out, err := config.Template(text).Fill(config.TemplateNames()); err == nil || len(out) > 32<<20 {
			t.Errorf("%s: got %d bytes, %v; want an error", name, len(out), err)
		}
	}
}

func TestTemplate_ordinaryOnesHaveRoom(t *testing.T) {
	for text, want := range map[string]string{
		`{{range $k, $v := $}}{{end}}{{.summary}}`:                                      "1 uploaded, 2 failed",
		`{{range 3}}{{.}}{{break}}{{end}}`:                                              "0",
		`{{range 0}}{{else}}none{{end}}`:                                                "none",
		`{{printf "%-5s|%3d" .name .failed}}`:                                           "site |  2",
		`{{json .text}} {{html "<"}} {{js "'"}} {{urlquery "a b"}} {{print 1 "x"}}`:     `"...\n" &lt; \' a+b 1x`,
		`{{define "a"}}{{.}}{{end}}{{template "a" .host}}{{block "b" .name}}{{end}}`:    "backup1",
		`{{if eq .exit_code 3}}{{with .name}}{{.}}{{end}}{{else}}x{{end}}{{println 1}}`: "site1\n",
	} {
		if got, err := config.Template(text).Fill(config.TemplateNames()); got != want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", text, got, err, want)
		}
	}
}

package ftp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
)

// A server that repeats the password in another spelling is not shown with it.
func TestTrace_masksThePasswordInEverySpelling(t *testing.T) {
	const password = "hunter2 <&\"/ü"
	quoted, err := json.Marshal(password)
	if err != nil {
		t.Fatal(err)
	}
	for name, spelling := range map[string]string{
		"as it is": password, "capitals": strings.ToUpper(password), "in a query": url.QueryEscape(password), "in a path": url.PathEscape(password),
		"base64": base64.StdEncoding.EncodeToString([]byte(password)), "JSON": strings.Trim(string(quoted), `"`),
		"base64 of the line": base64.StdEncoding.EncodeToString([]byte("PASS " + password)),
	} {
		var log bytes.Buffer
		srv := newScript(t, verbs{"MLST": said("550 you said " + spelling + " before")})
		store := openWith(providers.WithTrace(t.Context(), &log), t, srv.settings(), password)
		_, err := store.Stat(t.Context(), "file")
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error is %v", name, err)
		}
		if shown := log.String(); !strings.Contains(shown, "550 you said **** before") {
			t.Errorf("%s: the trace shows %q", name, shown[strings.LastIndex(shown, "550"):])
		}
	}
}

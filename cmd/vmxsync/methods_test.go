package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// TestMethods runs plan, apply and plan again with each program that can upload.
func TestMethods(t *testing.T) {
	t.Parallel()
	testscript.Run(t, params(filepath.Join("testdata", "methods"), nil, []string{"PROGRAMS=" + ftptest.Programs(t)}))
}

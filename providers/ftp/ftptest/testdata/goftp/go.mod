module github.com/vmxsync/vmxsync/providers/ftp/ftptest/testdata/goftp

go 1.26

require goftp.io/server/v2 v2.0.3

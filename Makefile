# make test runs every check. It needs Go and, for the real FTP servers, Debian's apt;
# nothing is installed: everything is unpacked into .cache/.

GO ?= go
PLATFORMS := windows/amd64 darwin/arm64 linux/arm64
SERVERS := $(CURDIR)/.cache/servers

# Tests without what the linters have done already, and linked without the tables of
# debuggers: both would be made anew for each of fifty packages.
TESTED := -vet=off -ldflags=-w

# Temporary files in memory, where there is room: tests write small ones, thousands of
# them, and wait until each is on the disk.
QUICKLY = TMPDIR="$$(scripts/test-tmp)"

# The packages, those first whose tests take longest: go test begins in that order, and
# the last one would otherwise be alone for minutes.
PACKAGES := ./cmd/vmxsync ./providers/ftp ./apply ./providers/sftp ./...

# The race detector waits for a second at the end of each process, and takes long for
# the keys of a handshake that no quantum computer breaks; the first pass has these.
RACING := GORACE=atexit_sleep_ms=0 GODEBUG=tlsmlkem=0

# Linters let garbage wait longer: a third of their time went into the collection.
LAZY_GC := GOGC=400

.PHONY: test check lint cross servers build matrix soak bench bench-peers fuzz wine-test clean

# All tests without the race detector, which makes the same code four to ten times
# slower; then every package with it, where long tests try some of their cases, on the
# servers in process: it looks at our side of a connection alone. Three packages at a
# time, and four tests of each: with more of them servers answer too late on two cores. The
# first pass has its files in memory, the second on the disk.
test: servers lint cross
	@VMXSYNC_TEST_SERVERS="$(SERVERS)" $(GO) test -count=1 -v -run '^TestReal_available$$' ./providers/ftp/ftptest | grep 'not tested' || true
	$(QUICKLY) VMXSYNC_TEST_SERVERS="$(SERVERS)" $(GO) test $(TESTED) -p 3 -parallel 4 -timeout 25m $(PACKAGES)
	$(RACING) VMXSYNC_REQUIRE_SERVERS= VMXSYNC_TEST_SERVERS="$(CURDIR)/.cache/none" $(GO) test $(TESTED) -race -p 3 -parallel 4 -timeout 25m $(PACKAGES)

# Checks that take a minute: gofmt, vet, staticcheck, and some cases of the long tests,
# without real servers. Many tests at a time, because most of them wait.
check: lint
	$(QUICKLY) VMXSYNC_TEST_SERVERS="$(CURDIR)/.cache/none" $(GO) test $(TESTED) -short -p 3 -parallel 12 $(PACKAGES)

lint:
	@test -z "$$(gofmt -l .)" || { echo "gofmt -w is needed on:"; gofmt -l .; exit 1; }
	$(LAZY_GC) $(GO) vet ./...
	$(LAZY_GC) $(GO) tool staticcheck ./...

# Builds for every platform, and vets what make lint has not: another processor alone
# changes no file.
FILES := list -f '{{.ImportPath}} {{.GoFiles}} {{.TestGoFiles}} {{.XTestGoFiles}}' ./...
cross:
	@here=$$(CGO_ENABLED=0 $(GO) $(FILES)) || exit 1; \
	for p in $(PLATFORMS); do \
		export GOOS=$${p%/*} GOARCH=$${p#*/} CGO_ENABLED=0; \
		echo "build $$p"; \
		$(GO) build -o /dev/null ./cmd/vmxsync || exit 1; \
		if test "$$($(GO) $(FILES))" = "$$here"; then echo "vet $$p: the same files as here"; continue; fi; \
		$(LAZY_GC) $(GO) vet ./... || exit 1; \
	done

# The real servers and restic, extracted from Debian's packages without
# installing them. If that fails, make test prints a line for each server that is not
# tested; with VMXSYNC_REQUIRE_SERVERS, as in CI, it fails.
servers:
	@GO="$(GO)" VMXSYNC_TEST_SERVERS="$(SERVERS)" scripts/fetch-servers || test -z "$$VMXSYNC_REQUIRE_SERVERS"

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags="-s -w" -o vmxsync ./cmd/vmxsync

# Tests that take too long for every change: a file of 5 GiB in 64 MiB of memory, and
# every size of file on every server in every mode, which writes the table of
# docs/servers.md; and complete runs on the server from npm.
matrix: servers
	VMXSYNC_MATRIX=1 VMXSYNC_TEST_SERVERS="$(SERVERS)" $(GO) test -count=1 -v -timeout 30m -run '^TestMatrix|^TestSoak_upload' ./cmd/vmxsync ./providers/ftp
	VMXSYNC_MATRIX=1 VMXSYNC_TEST_SERVERS="$(SERVERS)" $(GO) test -count=1 -v -timeout 30m -run '/ftp-srv' ./cmd/vmxsync ./providers/ftp/...

# Bad networks for minutes: an upload of 90 s against idle limits of 5 s, and
# 500 files through connections that are cut at random; 100 killed applies and 30
# pairs of concurrent applies on real servers; 16,000 interleavings of two applies, and
# two crashes at all pairs of calls. Before that, 100,000 cases of each property of
# retention.
soak: servers
	VMXSYNC_SOAK=1 $(GO) test -count=1 -timeout 30m ./state/retention
	VMXSYNC_SOAK=1 VMXSYNC_TEST_SERVERS="$(SERVERS)" $(GO) test -count=1 -v -timeout 30m -run '^TestSoak' ./providers/ftp
	VMXSYNC_SOAK=1 VMXSYNC_TEST_SERVERS="$(SERVERS)" $(GO) test -count=1 -v -timeout 30m -run '^TestServers_(killedAnywhere|twoMachinesAtOnce)' ./cmd/vmxsync
	VMXSYNC_SOAK=1 $(GO) test -count=1 -v -timeout 90m -run '^TestRun_(rivals|crash)' ./apply

# The time and memory of the pure packages, and how they grow: listings, manifests,
# retention of a million sets, plans of 100,000 changes, their files and their text; and of
# reading and hashing a file.
bench:
	$(GO) test -run '^$$' -bench . -benchmem ./providers/ftp/listing ./state ./state/retention ./diff ./diff/render ./apply/source

# vmxsync and other programs on real servers, as tables in Markdown: BENCH has the
# options, and "go run ./scripts/bench -help" lists them.
BENCH ?= -quick
bench-peers:
	@VMXSYNC_TEST_SERVERS="$(SERVERS)" $(GO) run ./scripts/bench $(BENCH)

# The tests for Windows, in wine from Debian's packages; nothing is installed. Not a
# part of make test: wine differs from Windows, and is slow.
wine-test:
	scripts/wine-test -count=1 -timeout 25m ./hclconfig/... ./diff/... ./state/... ./apply/... \
		./providers ./providers/local ./providers/mem
	scripts/wine-test -count=1 -timeout 25m -run '^TestScript' ./cmd/vmxsync

# Fuzzing of every reader of bytes from outside, FUZZTIME for each.
FUZZTIME ?= 2m
fuzz:
	@$(GO) list -f '{{.ImportPath}}' ./... | while read -r pkg; do \
		$(GO) test -list '^Fuzz' "$$pkg" | grep '^Fuzz' | while read -r name; do \
			echo "$$pkg $$name"; \
			$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) "$$pkg" || exit 1; \
		done || exit 1; \
	done

clean:
	rm -rf .cache vmxsync dist

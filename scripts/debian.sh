# The common part of fetch-servers and fetch-wine: Debian's packages with their
# dependencies, unpacked into $dir/tree without installing anything. To be sourced,
# with $tool (the name of the script), $dir and $wanted (lists of packages) set. The
# script defines `prepare`, which is called once for the unpacked tree.

# Dependencies that are not unpacked: the C library must be the one of this machine,
# and the others are only needed for the installation.
unwanted='^(libc6|libc-bin|gcc-.*-base|dpkg|tar|.*perl.*|debconf|.*usrmerge|init-system-helpers|lsb-base|sysvinit-utils|adduser|passwd|libpam-modules.*|libpam-runtime|libsemanage.*|libsepol.*|netbase|procps|libproc.*|ucf|sensible-utils|openbsd-inetd|inetutils-syslogd|update-inetd|media-types|tzdata)$'

die() { echo "$tool: $*" >&2; exit 1; }

is_ready() { [[ -e $dir/ready && $(<"$dir/ready") == "$key" ]]; }

# apt with a status file of its own, in which nothing is installed.
apt() {
  local command=$1; shift
  "$command" -qq -o Dir::State::status="$dir/apt/status" -o Dir::State::lists="$lists" -o Dir::Cache="$dir/apt/cache" \
    -o Debug::NoLocking=1 -o APT::Install-Recommends=no -o APT::Sandbox::User= "$@"
}

# closure NAME... prints these packages and their dependencies.
closure() { apt apt-get --simulate install "$@" | awk '$1 == "Inst" { print $2 }'; }

# The package lists of the machine are used, unless they lack a package or are so old
# that it can no longer be downloaded.
closures() { local w; for w in "${wanted[@]}"; do closure $w || return; done | sort -u | grep -Ev "$unwanted"; }

download() {
  local names
  names=$(closures) && cd "$dir/apt/debs" && rm -f ./*.deb && apt apt-get download $names
}

fetch() {
  lists=/var/lib/apt/lists
  (download) >/dev/null 2>&1 && return
  lists=$dir/apt/lists
  mkdir -p "$lists/partial"
  apt apt-get update >"$dir/apt/log" 2>&1 || true # one source may be bad and the others good
  (download) >>"$dir/apt/log" 2>&1 || die "$(grep -m1 '^[EW]:' "$dir/apt/log" || tail -n1 "$dir/apt/log")"
}

unpack() {
  rm -rf "$dir/tree" && mkdir "$dir/tree"
  local deb
  for deb in "$dir"/apt/debs/*.deb; do
    dpkg -x "$deb" "$dir/tree" || die "cannot unpack ${deb##*/}"
  done
}

fetch_once() {
  key=$(cat "${BASH_SOURCE[0]}" "$0" /etc/os-release | sha256sum) || die "no /etc/os-release: the packages are Debian's"
  is_ready && return
  local needed
  for needed in apt-get dpkg flock; do
    type -P "$needed" >/dev/null || die "$needed is missing: the packages are Debian's"
  done
  mkdir -p "$dir" 2>/dev/null || die "cannot write to $dir"
  exec 9>"$dir/lock"
  flock 9
  is_ready && return # another run was faster
  echo '*' >"$dir/.gitignore"
  rm -f "$dir/ready"
  mkdir -p "$dir"/apt/{debs,cache/archives/partial}
  : >"$dir/apt/status"
  fetch
  unpack
  prepare
  rm -rf "$dir/apt"
  echo "$key" >"$dir/ready"
}

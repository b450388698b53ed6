# What fetch-servers and fetch-wine have in common: Debian's packages and all
# that they need, unpacked into $dir/tree without installing anything. To be
# sourced, with $tool (who asks), $dir and $wanted (lists of packages) set, and
# $unwanted (an expression). `prepare`, if it is there, gets the tree once.

# What the packages need but do not run with: the C library must be the one of
# this machine, and the rest only serves installation.
unwanted='^(libc6|libc-bin|gcc-.*-base|dpkg|tar|.*perl.*|debconf|.*usrmerge|init-system-helpers|lsb-base|sysvinit-utils|adduser|passwd|libpam-modules.*|libpam-runtime|libsemanage.*|libsepol.*|netbase|procps|libproc.*|ucf|sensible-utils|openbsd-inetd|inetutils-syslogd|update-inetd|media-types|tzdata)$'

die() { echo "$tool: $*" >&2; exit 1; }

is_ready() { [[ -e $dir/ready && $(<"$dir/ready") == "$key" ]]; }

# apt with an account book of its own, in which nothing is installed yet.
apt() {
  local command=$1; shift
  "$command" -qq -o Dir::State::status="$dir/apt/status" -o Dir::State::lists="$lists" -o Dir::Cache="$dir/apt/cache" \
    -o Debug::NoLocking=1 -o APT::Install-Recommends=no -o APT::Sandbox::User= "$@"
}

# closure NAME... prints these packages and all that they need.
closure() { apt apt-get --simulate install "$@" | awk '$1 == "Inst" { print $2 }'; }

# The lists of the machine will do, if they know the packages and are not so old
# that these are gone.
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

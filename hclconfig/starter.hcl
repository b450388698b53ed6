# What is backed up, where to, and how much of it is kept. Change what is yours:
# the lines marked with <-- first.
#
#   vmxsync validate       is this file right?
#   vmxsync check nas      does the server do what vmxsync relies on?
#   vmxsync plan           what would change, and why? Changes nothing.
#
# Lines that begin with # and no blank are settings to try; vmxsync fmt indents.

vmxsync {
  # Who owns the folders on the servers; without it, the name of this machine. A
  # folder that belongs to another name is refused.
  #name = "site-berlin"
}

# Where the backup program leaves its backups: {VM}/{YYYY-MM-DD-HHMMSS}/.
# Nothing is deleted here, unless a backup below says prune_source.
source "local" "backups" {
  path = @FOLDER@ # <--

  # ghettoVCB names its folders in another way.
  #layout = "{vm}/{vm}-%Y-%m-%d_%H-%M-%S"

  # A backup with a file younger than this is still being written, and waits.
  # Where the backup program starts vmxsync when it has finished: "0s".
  #settle = "10m"
}

# Where they go. FTP is encrypted, unless you say otherwise.
destination "ftp" "nas" {
  host     = "nas.example.com"               # <--
  username = "backup"                        # <--
  password = file("secrets/nas.password")    # its first line; git ignores it
  root     = "/vm-backups"                   # <-- this folder must exist

  # Where the server listens elsewhere than at port 21.
  #port = 2121

  # Some providers allow few sessions at one time.
  #connections = 2

  # Where the certificate is the server's own, the error of plan prints the block
  # to paste here, which trusts that one alone.

  #transfer { rate_limit = "08:00,2MiB/s 19:00,off" }
}

# A disk, or a mounted share. Add destination.local.usb to a backup below.
#destination "local" "usb" {
#path = "@USB@"
#optional = true # unplugged is a notice, not a failure
#}

# What is kept of each VM at each destination. Backups that are not complete
# never count, and the newest complete one is never deleted.
retention "standard" {
  keep_last = 3

  # One a week for a month, one a month for a year. Try it out:
  # vmxsync retention simulate
  #keep_weekly  = 4
  #keep_monthly = 12
}

# Which VMs go where. A VM belongs to the backup that names it exactly, then to
# the one whose pattern is closest.
backup "default" {
  source       = source.local.backups
  destinations = [destination.ftp.nas]
  retention    = retention.standard

  #vms     = ["dc01", "sql-*"]
  #exclude = ["test-*"]
}

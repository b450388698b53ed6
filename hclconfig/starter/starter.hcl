# What is backed up, where to, and how much of it is kept. First edit the lines
# marked <--.
#
#   vmxsync validate       is this file valid?
#   vmxsync check nas      does the server do what vmxsync relies on?
#   vmxsync plan           what would change, and why? It changes nothing itself.
#
# Lines that begin with # and no blank are optional settings; vmxsync fmt indents.

vmxsync {
  # The owner of the folders on the servers; by default, the name of this machine.
  # A folder that belongs to another owner is refused.
  #name = "site-berlin"
}

# Where the backup program leaves its backups: {VM}/{YYYY-MM-DD-HHMMSS}/.
# Nothing is deleted here, unless a backup below sets prune_source.
source "local" "backups" {
  path = @FOLDER@ # <--

  # ghettoVCB names its folders differently.
  #layout = "{vm}/{vm}-%Y-%m-%d_%H-%M-%S"

  # A backup with a file younger than this is still being written, and waits.
  # If the backup program starts vmxsync when it has finished: "0s".
  #settle = "10m"
}

# Where the copies are kept. FTP is encrypted by default.
destination "ftp" "nas" {
  host     = "nas.example.com"               # <--
  username = "backup"                        # <--
  password = file("secrets/nas.password")    # its first line; git ignores it
  root     = "/vm-backups"                   # <-- this folder must exist

  # If the server does not listen on port 21.
  #port = 2121

  # Some providers allow only a few sessions at a time.
  #connections = 2

  # If the certificate is self-signed, vmxsync check nas prints the block to paste
  # here, which trusts this certificate alone.

  #transfer { rate_limit = "08:00,2MiB/s 19:00,off" }
}

# A disk, or a mounted share. Add destination.local.usb to a backup below.
#destination "local" "usb" {
#path = "@USB@"
#optional = true # an unplugged disk is a notice, not a failure
#}

# How many sets of each VM are kept at each destination. Incomplete sets never
# count, and the newest complete set is never deleted.
retention "standard" {
  keep_last = 3

  # One set a week for a month, one a month for a year. Try it with
  # vmxsync retention simulate
  #keep_weekly  = 4
  #keep_monthly = 12
}

# Which VMs are copied where. A VM belongs to the backup that names it exactly, or
# else to the one whose pattern has the longest literal prefix.
backup "default" {
  source       = source.local.backups
  destinations = [destination.ftp.nas]
  retention    = retention.standard

  #vms     = ["dc01", "sql-*"]
  #exclude = ["test-*"]
}

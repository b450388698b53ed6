# All VMs are copied to an SFTP server, with a key that is used for nothing else.
#
#   ssh-keygen -t ed25519 -f /etc/vmxsync/nas_ed25519     a key without a passphrase
#   ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub      on the server: its fingerprint

variable "backups" {
  type    = string
  default = "/srv/backups"
}

variable "host" {
  type    = string
  default = "nas.example.com"
}

variable "port" {
  type    = number
  default = 22
}

variable "host_key" {
  type    = string
  default = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
}

variable "private_key" {
  type    = string
  default = "/etc/vmxsync/nas_ed25519"
}

variable "root" {
  type    = string
  default = "/vm-backups" # in a chroot, paths begin at its top
}

source "local" "esxi" {
  path = var.backups
}

destination "sftp" "nas" {
  host        = var.host
  port        = var.port
  username    = "u"
  private_key = var.private_key
  host_key    = var.host_key
  root        = var.root

  transfer {
    verify = "readback"
  }
}

retention "standard" {
  keep_last = 3
}

backup "all" {
  source       = source.local.esxi
  destinations = [destination.sftp.nas]
  retention    = retention.standard
}

# Copies of the newest three sets of each VM, and a rehearsal: once a month one set is
# restored and its VM is started. The first one is due at once.
#
#   export NAS_PASSWORD=...
#   vmxsync apply -auto-approve -var 'host=nas.example.com'     (each night)
#   vmxsync drill -var 'host=nas.example.com'                   (after it: it says when the next is due)
#   vmxsync report -var 'host=nas.example.com' -format=html > report.html

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
  default = 21
}

variable "scratch" {
  type        = string
  description = "Folder with room for the largest VM; it must be there."
  default     = "/scratch"
}

source "local" "vmexplorer" {
  path = var.backups
}

destination "ftp" "nas" {
  host     = var.host
  port     = var.port
  username = "backup"
  password = env("NAS_PASSWORD")
  root     = "/"

  tls {
    mode = "off" # only where nobody else is on the network
  }
}

retention "standard" {
  keep_last = 3
}

backup "default" {
  source       = source.local.vmexplorer
  destinations = [destination.ftp.nas]
  retention    = retention.standard
}

drill "monthly" {
  from    = destination.ftp.nas
  every   = "1mo"
  to      = var.scratch
  command = ["./try-vm"]
  timeout = "30m"
}

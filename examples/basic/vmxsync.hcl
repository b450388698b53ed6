# One folder of finished backups, one NAS, the newest three of each VM.
#
#   export NAS_PASSWORD=...
#   vmxsync plan -var 'backups=/srv/backups' -var 'host=nas.example.com' -out=plan.out
#   vmxsync apply plan.out

variable "backups" {
  type        = string
  description = "Folder in which the backup program leaves {VM}/{YYYY-MM-DD-HHMMSS}."
  default     = "C:/VirtualMachinesTemp"
}

variable "host" {
  type    = string
  default = "nas.example.com"
}

variable "port" {
  type    = number
  default = 21
}

variable "ca_file" {
  type        = string
  description = "Certificate of the authority that signed the NAS's own; null for a public one."
  default     = null
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
    ca_file = var.ca_file
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

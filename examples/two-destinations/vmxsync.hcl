# Critical VMs are copied to a NAS and to a USB disk, all others to the NAS only.

variable "backups" {
  type    = string
  default = "/srv/backups"
}

variable "usb" {
  type    = string
  default = "/mnt/usb/vm-backups"
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
  type    = string
  default = null
}

locals {
  critical = ["dc01", "sql-*"]
}

source "local" "esxi" {
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

  # each night reads back what was not proven for a month, the oldest first
  verify {
    every        = "30d"
    max_bytes    = "200GiB"
    max_duration = "2h"
  }
}

destination "local" "usb" {
  path     = var.usb
  optional = true # an unplugged disk is a notice, not a failure
}

retention "standard" {
  keep_last = 3
}

retention "newest" {
  keep_last = 1
}

backup "critical" {
  source       = source.local.esxi
  vms          = local.critical
  destinations = [destination.ftp.nas, destination.local.usb]
  retention    = retention.standard
}

backup "others" {
  source       = source.local.esxi
  exclude      = ["test-*"]
  destinations = [destination.ftp.nas]
  retention    = retention.newest
}

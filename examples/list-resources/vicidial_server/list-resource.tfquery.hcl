# terraform query -generate-config-out=servers.tf
list "vicidial_server" "all" {
  provider = vicidial
  limit    = 10000
}

list "vicidial_server" "active" {
  provider = vicidial
  limit    = 10000

  config {
    active = true
  }
}

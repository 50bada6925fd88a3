# terraform query -generate-config-out=servers.tf
list "vicidial_server" "all" {
  provider = vicidial
}

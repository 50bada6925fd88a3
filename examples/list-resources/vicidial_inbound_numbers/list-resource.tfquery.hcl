# terraform query -generate-config-out=numbers.tf
list "vicidial_inbound_numbers" "all" {
  provider = vicidial
}

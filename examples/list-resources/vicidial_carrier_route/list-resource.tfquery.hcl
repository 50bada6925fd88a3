# terraform query -generate-config-out=carriers.tf
list "vicidial_carrier_route" "all" {
  provider = vicidial
}

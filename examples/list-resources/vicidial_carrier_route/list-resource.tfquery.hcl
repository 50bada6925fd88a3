# terraform query -generate-config-out=carriers.tf
list "vicidial_carrier_route" "all" {
  provider = vicidial
  limit    = 10000
}

list "vicidial_carrier_route" "east" {
  provider = vicidial
  limit    = 10000

  config {
    match  = "EAST*"
    active = true
  }
}

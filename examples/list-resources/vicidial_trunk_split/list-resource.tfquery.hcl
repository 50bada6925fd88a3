# terraform query -generate-config-out=splits.tf
list "vicidial_trunk_split" "all" {
  provider = vicidial
  limit    = 10000
}

list "vicidial_trunk_split" "on_dial1" {
  provider = vicidial
  limit    = 10000

  config {
    server = "dial1"
  }
}

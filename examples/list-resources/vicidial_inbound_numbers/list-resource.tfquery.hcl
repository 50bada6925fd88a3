# terraform query -generate-config-out=numbers.tf
list "vicidial_inbound_numbers" "all" {
  provider = vicidial
  limit    = 10000
}

list "vicidial_inbound_numbers" "sales" {
  provider = vicidial
  limit    = 10000

  config {
    group_id = "SALESLINE"
  }
}

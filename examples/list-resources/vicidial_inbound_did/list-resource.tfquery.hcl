# terraform query -generate-config-out=dids.tf
list "vicidial_inbound_did" "all" {
  provider = vicidial
  limit    = 10000
}

list "vicidial_inbound_did" "sales" {
  provider = vicidial
  limit    = 10000

  config {
    group_id = "SALESLINE"
  }
}

# terraform query -generate-config-out=dids.tf
list "vicidial_inbound_did" "all" {
  provider = vicidial
}

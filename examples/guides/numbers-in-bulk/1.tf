resource "vicidial_inbound_did" "first" {
  did_pattern = "8005550100"
  did_route   = "IN_GROUP"
  group_id    = "SALESLINE"
}

resource "vicidial_inbound_did" "second" {
  did_pattern = "8005550101"
  did_route   = "IN_GROUP"
  group_id    = "SALESLINE"
}

removed {
  from = vicidial_inbound_did.first

  lifecycle {
    destroy = false
  }
}

removed {
  from = vicidial_inbound_did.second

  lifecycle {
    destroy = false
  }
}

resource "vicidial_inbound_numbers" "sales" {
  name      = "sales"
  dids      = ["8005550100-8005550199"]
  did_route = "IN_GROUP"
  group_id  = "SALESLINE"

  overrides = {
    "8005550199" = { did_active = "false" }
  }
}

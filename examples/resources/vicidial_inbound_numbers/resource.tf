# A block of numbers and two single ones go to the sales line. Ten of them are for
# important callers, and one is off.
resource "vicidial_inbound_numbers" "sales" {
  name = "sales"
  dids = ["8005550100-8005550199", "8005550300", "+18005550400"]

  did_route               = "IN_GROUP"
  group_id                = "SALESLINE"
  did_carrier_description = "Telco"

  overrides = {
    "8005550100-8005550109" = { group_id = "VIPLINE", did_description = "Important callers" }
    "8005550199"            = { did_active = "false" }
  }
}

# Ten numbers of a menu.
resource "vicidial_inbound_numbers" "support" {
  name      = "support"
  dids      = ["8005550200-8005550209"]
  did_route = "CALLMENU"
  menu_id   = "support"
}

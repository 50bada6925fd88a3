import {
  to = vicidial_inbound_did.sales
  identity = {
    did_pattern = "8005550100"
  }
}

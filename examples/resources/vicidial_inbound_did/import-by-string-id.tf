import {
  to = vicidial_inbound_did.sales
  id = "8005550100"
}

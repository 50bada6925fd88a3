import {
  to = vicidial_inbound_numbers.support
  identity = {
    name = "support"
    dids = "8005550200-8005550209"
  }
}

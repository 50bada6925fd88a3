import {
  to = vicidial_carrier_route.main
  identity = {
    name = "MAIN"
  }
}

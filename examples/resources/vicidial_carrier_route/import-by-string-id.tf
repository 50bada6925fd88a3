import {
  to = vicidial_carrier_route.telco
  id = "TELCO=TELCO-1,TELCO-2"
}

import {
  to = vicidial_carrier_route.backup
  id = "BACKUP=TELCO-1,TELCO-2"
}

import {
  to = vicidial_inbound_numbers.sales
  id = "sales=8005550100-8005550199,8005550300,+18005550400"
}

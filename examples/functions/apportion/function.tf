# { "dial1" = 98, "dial2" = 59, "dial3" = 23 }
output "shares" {
  value = provider::vicidial::apportion(180, { dial1 = 250, dial2 = 150, dial3 = 60 })
}

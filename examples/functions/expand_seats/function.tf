# ["2000", "2001", "2002", "2200"]
output "seats" {
  value = provider::vicidial::expand_seats(["2000-2002", "2200"])
}

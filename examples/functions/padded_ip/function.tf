# "010*010*010*015"
output "dialled" {
  value = provider::vicidial::padded_ip("10.10.10.15")
}

# { "10.10.10.5" = "59E", "10.10.10.11" = "123468C", "10.10.10.12" = "1234678", "10.10.10.31" = "X" }
output "letters" {
  value = provider::vicidial::keepalives({
    "10.10.10.5"  = ["database"]
    "10.10.10.11" = ["telephony", "confbridge"]
    "10.10.10.12" = ["telephony", "balance_fill"]
    "10.10.10.31" = ["web"]
  })
}

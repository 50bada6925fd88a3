data "vicidial_agent_phones" "floor1" {
  login_matches = "^2[0-9]{3}[a-z]$"
}

check "aliases_are_sound" {
  assert {
    condition     = length(data.vicidial_agent_phones.floor1.broken_aliases) == 0
    error_message = "Agents may be refused at: ${join(", ", data.vicidial_agent_phones.floor1.broken_aliases)}."
  }
}

output "phones_per_server" {
  value = data.vicidial_agent_phones.floor1.phones_per_server
}

# 40 agents of SALES on two nodes at a dial level of 2.5, and 10 of SURVEY on one.
data "vicidial_dial_forecast" "evening" {
  goals = {
    SALES  = { "10.10.10.11" = 50, "10.10.10.12" = 50 }
    SURVEY = { "10.10.10.11" = 20 }
  }
}

check "lines_suffice" {
  assert {
    condition     = length(data.vicidial_dial_forecast.evening.shortfalls) == 0
    error_message = join("\n", data.vicidial_dial_forecast.evening.shortfalls)
  }
}

# What the dialers are about to do with the agents who are logged in now.
data "vicidial_dial_forecast" "now" {}

output "missing_lines" {
  value = { for id, campaign in data.vicidial_dial_forecast.now.campaigns : id => campaign.missing if campaign.missing > 0 }
}

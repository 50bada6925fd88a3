# Campaigns that are dialed automatically.
data "vicidial_campaigns" "dialed" {
  active       = true
  dial_methods = ["RATIO", "ADAPT_HARD_LIMIT", "ADAPT_TAPERED", "ADAPT_AVERAGE"]
}

# Each has a split, so that the reservations of others leave lines to each of them.
variable "lines" {
  type        = map(number)
  description = "Lines of each campaign, by campaign_id."
}

check "every_campaign_has_a_split" {
  assert {
    condition     = length(setsubtract(data.vicidial_campaigns.dialed.campaign_ids, keys(var.lines))) == 0
    error_message = "Campaigns without a split: ${join(", ", setsubtract(data.vicidial_campaigns.dialed.campaign_ids, keys(var.lines)))}."
  }
}

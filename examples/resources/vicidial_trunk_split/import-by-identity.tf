import {
  to = vicidial_trunk_split.survey
  identity = {
    campaign_id = "SURVEY"
  }
}

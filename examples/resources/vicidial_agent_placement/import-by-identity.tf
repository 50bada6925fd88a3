import {
  to = vicidial_agent_placement.floor2
  identity = {
    name      = "floor2"
    alias_ids = "3000z-3059z"
  }
}

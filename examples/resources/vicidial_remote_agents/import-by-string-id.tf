import {
  to = vicidial_remote_agents.night
  id = "9000"
}

import {
  to = vicidial_remote_agents.night
  identity = {
    user_start = "9000"
  }
}

import {
  to = vicidial_agent_placement.floor1
  id = "floor1=2000-2148,2200"
}

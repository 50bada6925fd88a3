# By user_start.
terraform import vicidial_remote_agents.night 9000

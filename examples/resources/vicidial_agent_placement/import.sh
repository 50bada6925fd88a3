# A name of your choice, and the aliases of the seats.
terraform import vicidial_agent_placement.floor1 "floor1=2000-2148,2200"

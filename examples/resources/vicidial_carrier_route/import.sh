# By name, for carriers whose ids this provider gave, and for a single carrier
# whose id is the name.
terraform import vicidial_carrier_route.main MAIN

# Carriers that were made by hand: a name for the route, and their carrier_ids.
terraform import vicidial_carrier_route.backup BACKUP=TELCO-1,TELCO-2

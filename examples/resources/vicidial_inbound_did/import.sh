# By did_pattern.
terraform import vicidial_inbound_did.sales 8005550100
